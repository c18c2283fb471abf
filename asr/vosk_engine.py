"""Vosk: speech as it comes, partial words and final ones. The only module that knows Vosk."""

import ctypes
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import vosk

from asr.choices import Choice
from asr.engine import (
    BYTES_PER_MS,
    SAMPLE_RATE_HZ,
    Effort,
    Engine,
    Final,
    Heard,
    Partial,
    Recogniser,
    Word,
)
from asr.resample import Doubler
from asr.segments import in_words
from hotline.errors import InvalidInput, NotConfigured

log = logging.getLogger(__name__)

_WIDE_RATE_HZ = 16000

# Kaldi writes pages about every model to standard error; -1 leaves what went wrong.
_LOG_LEVEL = -1

_libc = ctypes.CDLL(None)


class VoskEngine:
    """One Vosk model, shared by its recognisers."""

    name = "vosk"
    is_streaming = True
    sets_marks = False

    def __init__(self, directory: Path, *, model: str, language: str) -> None:
        """Loads a model, which takes seconds and hundreds of megabytes.

        Raises:
            NotConfigured: The directory holds no model that can be loaded.
        """
        vosk.SetLogLevel(_LOG_LEVEL)
        try:
            self._model = vosk.Model(str(directory))
        except Exception as error:
            # Vosk raises nothing more exact.
            raise NotConfigured(
                f"Speech model {model} cannot be loaded: run `hotline models verify`."
            ) from error
        self.model = model
        self.languages = frozenset({language})
        self._rate_hz = SAMPLE_RATE_HZ if takes_telephone_rate(directory) else _WIDE_RATE_HZ

    def open(self, language: str) -> Recogniser:
        """A recogniser for one side of a call."""
        if language not in self.languages:
            raise InvalidInput(f"Speech model {self.model} does not know {language}.")
        return VoskRecogniser(self._model, rate_hz=self._rate_hz, language=language)


class VoskRecogniser:
    """Listens to one side of a call, all of it with one recogniser of Kaldi's.

    That one remembers which paths through the language it has been on: with a small model 160 MB
    after 20 utterances, 225 after 100 and 240 after 300. A fresh one after every twenty would save
    60 of them, and find each path anew (measured 2026-11-23).
    """

    def __init__(self, model: Any, *, rate_hz: int, language: str) -> None:
        self._model = model
        self._rate_hz = rate_hz
        self._language = language
        self._kaldi: Any = None
        self._doubler: Doubler | None = None
        self._fed_bytes = 0
        self._begin_ms = 0
        self._partial = ""

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        """Takes the next audio; gives partial words when they change, final ones at a pause."""
        if self._kaldi is None:
            self._begin()
        audio = self._doubler.push(pcm) if self._doubler else pcm
        is_pause = self._kaldi.AcceptWaveform(audio)
        self._fed_bytes += len(pcm)
        if is_pause:
            return self._final(self._kaldi.Result())
        text = in_words(self._language, json.loads(self._kaldi.PartialResult())["partial"].split())
        if not text or text == self._partial:
            return []
        self._partial = text
        return [Partial(text, self._begin_ms, self._fed_ms)]

    def prepare(self) -> None:
        """Does nothing: the words are found while they are spoken."""

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:  # noqa: ARG002 - the Protocol's
        """Gives what is owed."""
        return [] if self._kaldi is None else self._final(self._kaldi.FinalResult())

    def close(self) -> None:
        """Gives the memory back to the system, which the C library would keep."""
        self._kaldi = None
        _libc.malloc_trim(0)

    def _begin(self) -> None:
        self._kaldi = vosk.KaldiRecognizer(self._model, float(self._rate_hz))
        self._kaldi.SetWords(True)
        self._doubler = Doubler() if self._rate_hz != SAMPLE_RATE_HZ else None

    def _final(self, answer: str) -> list[Heard]:
        self._partial = ""
        self._begin_ms = self._fed_ms
        words = [self._word(word) for word in json.loads(answer).get("result", [])]
        if not words:
            return []
        text = in_words(self._language, (word.text for word in words))
        confidence = sum(word.confidence for word in words) / len(words)
        return [Final(text, words[0].start_ms, words[-1].end_ms, confidence, tuple(words))]

    def _word(self, word: dict[str, Any]) -> Word:
        start, end = (round(1000 * word[key]) for key in ("start", "end"))
        return Word(word["word"], start, end, float(word["conf"]))

    @property
    def _fed_ms(self) -> int:
        return self._fed_bytes // BYTES_PER_MS


def takes_telephone_rate(directory: Path) -> bool:
    """Whether a model for wide-band speech accepts 8000 Hz; else Vosk would hear noise."""
    for name in ("conf/mfcc.conf", "mfcc.conf"):
        path = directory / name
        if path.is_file():
            return "--allow-upsample=true" in path.read_text().split()
    return False


def load(choice: Choice) -> Engine:
    """Loads the chosen model.

    Raises:
        NotConfigured: It is missing or cannot be loaded.
    """
    return VoskEngine(choice.directory, model=choice.model, language=choice.language)
