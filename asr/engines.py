"""The engines of this process, each loaded once, when it is first needed or warmed up.

An engine's module is imported by name, so that a machine without one of the libraries works with
the others, and a process that needs no engine loads none.
"""

import importlib
import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from asr.choices import Choice
from asr.engine import Engine
from hotline.errors import NotConfigured

log = logging.getLogger(__name__)

_MODULES = {
    "vosk": "asr.vosk_engine",
    "whisper": "asr.whisper_engine",
    "remote": "asr.remote_engine",
    "fake": "asr.fake_engine",
}

_Key = tuple[str, Path, str]


class _EngineModule(Protocol):
    def load(self, choice: Choice) -> Engine: ...


class _RemoteModule(Protocol):
    def load(self, choice: Choice, alternative: Callable[[], Engine] | None) -> Engine: ...


class Engines:
    """Finds a language's engine; safe to use from several threads."""

    def __init__(self, choices: Mapping[str, Choice]) -> None:
        self._choices = choices
        self._loaded: dict[_Key, Engine] = {}
        self._refused: dict[_Key, str] = {}
        self._lock = threading.Lock()

    @property
    def is_remote(self) -> bool:
        """Whether some language is understood by other machines."""
        return any(choice.engine == "remote" for choice in self._choices.values())

    def loaded(self) -> list[tuple[str, Engine]]:
        """The languages whose engine is loaded, and that engine."""
        found = {
            language: self._loaded.get(_key(choice)) for language, choice in self._choices.items()
        }
        return [(language, engine) for language, engine in found.items() if engine is not None]

    def is_set(self, language: str) -> bool:
        """Whether an engine is chosen, be it there or not."""
        return language in self._choices

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
        return self._of(choice)

    def _of(self, choice: Choice) -> Engine:
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
                self._loaded[key] = self._import(choice)
            except (ImportError, OSError, RuntimeError) as error:
                self._refused[key] = f"Speech engine {choice.engine} cannot be loaded."
                raise NotConfigured(self._refused[key]) from error
            except NotConfigured as error:
                self._refused[key] = str(error)
                raise
        return self._loaded[key]

    def _import(self, choice: Choice) -> Engine:
        module = importlib.import_module(_MODULES[choice.engine])
        if choice.engine != "remote":
            return cast(_EngineModule, module).load(choice)
        fallback = choice.fallback
        alternative = partial(self._of, fallback) if fallback is not None else None
        return cast(_RemoteModule, module).load(choice, alternative)


def _key(choice: Choice) -> _Key:
    # Vosk has one model per language, and each language its servers; whisper's serves many.
    is_shared = choice.engine not in {"vosk", "remote"}
    return (choice.engine, choice.directory, "" if is_shared else choice.language)
