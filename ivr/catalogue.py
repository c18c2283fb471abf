"""Prompts and menus on disk: finds the audio, reads the definition, says what is wrong with both.

The shipped files lie in `ivr/prompts/`. An operator replaces any prompt by dropping a WAV into
`<data-dir>/prompts/<language>/<key>.wav`; it counts from the next time it is played.
"""

import hashlib
import logging
import re
import tomllib
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

from hotline.errors import NotFound
from ivr.flow.definition import EVERY_LANGUAGE, FlowDefinition
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.reading import parse_definition
from recordings.prompt_sound import PromptRefused, slower

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "prompts"

PROMPT_RATE_HZ = 8_000

_KEY = re.compile(r"[a-z0-9_]+")

Texts = Mapping[str, Mapping[str, str]]
"""What each prompt says, by key and language."""


class PromptMissing(NotFound):
    """No usable audio for a prompt, not even in the default language."""


def load_definition(
    path: Path | None = None, *, languages: Sequence[str] | None = None
) -> FlowDefinition:
    """Reads the flow definition.

    Args:
        path: The operator's own file (`HOTLINE_FLOW_FILE`); None for the shipped one.
        languages: Those to offer in the menu (`HOTLINE_LANGUAGES`); None for all in the file.

    Raises:
        FlowDefinitionError: The file cannot be read or says something that cannot be.
    """
    definition = parse_definition(read_flow_file(path))
    return definition if languages is None else definition.with_languages(languages)


def read_flow_file(path: Path | None = None) -> str:
    """The text of the operator's flow file, or of the shipped one.

    Raises:
        FlowDefinitionError: The file cannot be read.
    """
    path = path or SHIPPED / "flow.toml"
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FlowDefinitionError(f"The flow file {path} cannot be read: {error}.") from error


def load_texts() -> Texts:
    """The shipped prompts' words; shown to whoever records them in another language."""
    texts: Texts = tomllib.loads((SHIPPED / "texts.toml").read_text(encoding="utf-8"))
    return texts


def prompt_directories(data_dir: Path) -> tuple[Path, ...]:
    """Where prompts are looked for: uploaded ones, the operator's own files, then the shipped."""
    return (data_dir / "prompts-uploaded", data_dir / "prompts", SHIPPED / "audio")


def slow_directory(data_dir: Path) -> Path:
    """Where slower copies of prompts are kept once they are made."""
    return data_dir / "prompts-slow"


def wav_problem(path: Path) -> str | None:
    """Why a file cannot be played as a prompt, or None when it can."""
    try:
        with wave.open(str(path), "rb") as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth() * 8)
            if shape != (PROMPT_RATE_HZ, 1, 16):
                return "is {} Hz, {} channel(s), {} bit; it must be 8000 Hz, 1, 16".format(*shape)
            return None if file.getnframes() else "has no sound in it"
    except (wave.Error, EOFError, OSError) as error:
        return f"cannot be read as WAV ({error})"


class PromptCatalogue:
    """Finds the audio of prompts.

    A file that cannot be played is passed over for the next best one, so that a wrong recording
    never makes a call silent; `check` reports it.

    Args:
        directories: See `prompt_directories`.
        slow: See `slow_directory`; without it nothing is spoken slowly.
    """

    def __init__(self, directories: Sequence[Path], *, slow: Path | None = None) -> None:
        self._directories = tuple(directories)
        self._slow = slow
        self._problems: dict[tuple[Path, int, int], str | None] = {}

    def path(
        self, key: str, language: str, *, default_language: str | None = None, slow: bool = False
    ) -> Path:
        """The WAV to play: 8000 Hz, mono, signed 16 bit.

        Args:
            key: A prompt's key; `key@language` overrides `language`.
            language: Wanted.
            default_language: The flow's, heard where the wanted one has no audio; calls that go
                on at the same time may be led by flows with different ones. None: nothing is.
            slow: Spoken more slowly; the first time that costs a tenth of a second.

        Raises:
            PromptMissing: There is no usable audio.
        """
        key, _, own_language = key.partition("@")
        wanted = own_language or language
        for each in (wanted, default_language or wanted, EVERY_LANGUAGE):
            found = self.find(key, each)
            if found is not None:
                return self._slower(found) if slow and each != EVERY_LANGUAGE else found
        raise PromptMissing(f"There is no audio for the prompt {key}.")

    def find(self, key: str, language: str) -> Path | None:
        """The WAV in exactly this language, or None."""
        if not (_KEY.fullmatch(key) and _KEY.fullmatch(language)):
            return None
        candidates = (each / language / f"{key}.wav" for each in self._directories)
        return next((path for path in candidates if self._usable(path)), None)

    def _slower(self, path: Path) -> Path:
        """The slower copy of a file, made at first need; the file itself where that fails."""
        if self._slow is None:
            return path
        status = path.stat()
        # Another recording of the same prompt is another copy.
        version = f"{path}:{status.st_mtime_ns}:{status.st_size}"
        digest = hashlib.sha256(version.encode()).hexdigest()[:16]
        copy = self._slow / path.parent.name / f"{path.stem}-{digest}.wav"
        if copy.exists():
            return copy
        try:
            slower(path, copy)
        except PromptRefused:
            log.exception("prompt could not be slowed down")
            return path
        return copy

    def _usable(self, path: Path) -> bool:
        try:
            status = path.stat()
        except OSError:
            return False
        version = (path, status.st_mtime_ns, status.st_size)
        if version not in self._problems:
            self._problems[version] = problem = wav_problem(path)
            if problem is not None:
                log.warning("prompt passed over", extra={"path": str(path), "problem": problem})
        return self._problems[version] is None
