"""The engines of this process, each loaded once, when it is first needed or warmed up.

An engine's module is imported by name, so that a machine without one of the libraries works with
the others, and a process that needs no engine loads none.
"""

import importlib
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from asr.choices import Choice
from asr.engine import Engine
from hotline.errors import NotConfigured

log = logging.getLogger(__name__)

_MODULES = {
    "vosk": "asr.vosk_engine",
    "whisper": "asr.whisper_engine",
    "fake": "asr.fake_engine",
}

_Key = tuple[str, Path, str]


class _EngineModule(Protocol):
    def load(self, choice: Choice) -> Engine: ...


class Engines:
    """Finds a language's engine; safe to use from several threads."""

    def __init__(self, choices: Mapping[str, Choice]) -> None:
        self._choices = choices
        self._loaded: dict[_Key, Engine] = {}
        self._refused: dict[_Key, str] = {}
        self._lock = threading.Lock()

    def has(self, language: str) -> bool:
        """Whether an engine is chosen and was not found wanting so far."""
        choice = self._choices.get(language)
        return choice is not None and not choice.remedy and _key(choice) not in self._refused

    def of(self, language: str) -> Engine:
        """The language's engine, loaded if it is not yet; that may take seconds.

        Raises:
            NotConfigured: There is none; the message says what to do. A model that could not be
                loaded once is not tried again by this process.
        """
        choice = self._choices.get(language)
        if choice is None:
            raise NotConfigured(f"No speech engine is set for {language}.")
        if choice.remedy:
            raise NotConfigured(choice.remedy)
        with self._lock:
            return self._load(choice)

    def warm_up(self) -> None:
        """Loads every chosen engine that is there; what is missing is one line in the log."""
        for language, choice in self._choices.items():
            try:
                engine = self.of(language)
            except NotConfigured as error:
                log.warning(
                    "speech model is missing",
                    extra={"language": language, "model": choice.model, "remedy": str(error)},
                )
                continue
            log.info(
                "speech model is ready",
                extra={"language": language, "engine": engine.name, "model": engine.model},
            )

    def _load(self, choice: Choice) -> Engine:
        key = _key(choice)
        if key in self._refused:
            raise NotConfigured(self._refused[key])
        if key not in self._loaded:
            try:
                module = cast(_EngineModule, importlib.import_module(_MODULES[choice.engine]))
                self._loaded[key] = module.load(choice)
            except (ImportError, OSError, RuntimeError) as error:
                self._refused[key] = f"Speech engine {choice.engine} cannot be loaded."
                raise NotConfigured(self._refused[key]) from error
            except NotConfigured as error:
                self._refused[key] = str(error)
                raise
        return self._loaded[key]


def _key(choice: Choice) -> _Key:
    # Vosk has one model per language; whisper's serves many.
    return (choice.engine, choice.directory, choice.language if choice.engine == "vosk" else "")
