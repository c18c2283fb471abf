"""How each language is transcribed on this machine."""

from collections.abc import Iterable
from typing import Protocol

from hotline.speech_board import ServerNow
from hotline.views.reader import Shape


class LanguageSupport(Protocol):
    """What asr says of a language; this package may not import it."""

    @property
    def language(self) -> str:
        """Its code."""

    @property
    def engine(self) -> str:
        """vosk, whisper, or empty."""

    @property
    def model(self) -> str:
        """The model's name, or empty."""

    @property
    def state(self) -> str:
        """live, by_utterance or missing."""

    @property
    def remedy(self) -> str:
        """What to do when it is missing."""


class SpeechShape(Shape):
    """One language's transcription; `state` is live, by_utterance or missing.

    `engine` and `model` are None when no engine was chosen: calls in that language are recorded
    only. `remedy` says what to do about it.
    """

    language: str
    engine: str | None
    model: str | None
    state: str
    is_live: bool
    remedy: str


class SpeechModelShape(Shape):
    """One speech model, installed or to be had.

    `live` is whether its words come during the sentence; else they come after it. `source` is where
    it comes from, `sha256` what it must add up to: both empty where that is not known. `used_for`
    are the languages that it transcribes at present.
    """

    name: str
    engine: str
    languages: list[str]
    size_bytes: int
    licence: str
    source: str
    sha256: str
    is_installed: bool
    live: bool
    used_for: list[str]


class SpeechServerShape(Shape):
    """One speech server on another machine.

    `state` is well, failed (calls are kept away from it and try it twice a minute) or unknown
    (speech recognition is away, or has not begun to use it). `is_reachable` is None before anybody
    has connected; `sides` is how many sides of calls it listens to at this moment; `error` is what
    was wrong the last time, which was `failed_seconds_ago`; `failures` counts from the start of
    speech recognition.
    """

    language: str
    url: str
    state: str
    is_reachable: bool | None
    sides: int
    failures: int
    error: str
    failed_seconds_ago: int | None


def server_shapes(
    known: Iterable[tuple[str, str]], told: Iterable[ServerNow]
) -> list[SpeechServerShape]:
    """Every speech server.

    Args:
        known: Language and address of those that are set.
        told: What speech recognition says of them.
    """
    now = {(server.language, server.url): server for server in told}
    return [_server(language, url, now.get((language, url))) for language, url in known]


def _server(language: str, url: str, now: ServerNow | None) -> SpeechServerShape:
    if now is None:
        return SpeechServerShape(
            language=language,
            url=url,
            state="unknown",
            is_reachable=None,
            sides=0,
            failures=0,
            error="",
            failed_seconds_ago=None,
        )
    is_tried = now.is_reachable is not None
    is_well = now.is_well and now.is_reachable is not False
    return SpeechServerShape(
        language=language,
        url=url,
        state=("well" if is_well else "failed") if is_tried else "unknown",
        is_reachable=now.is_reachable,
        sides=now.sides,
        failures=now.failures,
        error=now.error,
        failed_seconds_ago=None if now.failed_seconds_ago is None else int(now.failed_seconds_ago),
    )


def speech_shapes(rows: Iterable[LanguageSupport]) -> list[SpeechShape]:
    """Every language of the hotline."""
    return [
        SpeechShape(
            language=row.language,
            engine=row.engine or None,
            model=row.model or None,
            state=str(row.state),
            is_live=row.state == "live",
            remedy=row.remedy,
        )
        for row in rows
    ]
