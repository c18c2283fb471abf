"""How each language is transcribed on this machine."""

from collections.abc import Iterable
from typing import Protocol

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
