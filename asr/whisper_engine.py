"""faster-whisper: one utterance at a time. The only module that knows it.

Whisper always looks at a window of 30 s, most of it padding for a telephone utterance. We pad by
4 s only and look again through the whole window when what came out looks made up (2026-11-22, 26
telephone utterances: CPU per audio second 0.33 -> 0.12, error rate 17 % -> 19 % without the second
look; 2 s of padding give 22 %, 1 s gives 30 %).
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from asr import hearsay
from asr.catalogue import WHISPER_BASE
from asr.choices import Choice
from asr.engine import BYTES_PER_MS, Effort, Engine, Final, Heard, Recogniser
from asr.resample import doubled
from asr.weights import join
from hotline.errors import InvalidInput, NotConfigured

# Steers towards simplified characters and punctuation; one sentence in sixty would still be written
# in traditional ones, so what only they need is not to be had (`_suppressed`).
_PROMPTS = {"zh": "以下是普通话的句子。"}

# CPU-seconds per second of speech, and errors of 42 telephone utterances (2026-11-22): 0.086 and
# 20.6 % with five beams, 0.073 and 20.9 % with two, 0.070 and 21.2 % with one. Half of what is left
# is the encoder's. Several utterances in one call cost as much as one after the other: what the
# decoder saves goes into windows that have to be as long as the longest.
_BEAMS = {Effort.FULL: 5, Effort.QUICK: 2}
_FEATURES_PER_SECOND = 100
_WINDOW = 30 * _FEATURES_PER_SECOND
_PADDING = 4 * _FEATURES_PER_SECOND
# Whisper's own list of what is never written, such as brackets and notes of music.
_OWN_LIST = -1
# Fast speech has six characters a second, two tokens each; more is a loop.
_TOKENS_PER_SECOND = 14
_TOKENS_AT_LEAST = 16

# One thread an utterance: two utterances at once cost less than one on two threads. The weights are
# shared, so there may be as many as there are processors.
_THREADS = 1
_PARALLEL = max(2, os.cpu_count() or 2)

# Longer pieces than this are cut by whoever feeds; whisper itself could not see beyond 30 s.
LONGEST_MS = 12_000
_LONGEST_BYTES = 28_000 * BYTES_PER_MS

_COMPUTE_TYPE = "int8"


@dataclass(frozen=True, slots=True)
class Guess:
    """What an utterance may have been.

    Attributes:
        text: The words.
        log_probability: The average of its tokens.
        silence_probability: 0 to 1, that nobody spoke.
        is_loop: Whether it says the same again and again.
    """

    text: str
    log_probability: float
    silence_probability: float
    is_loop: bool


class WhisperEngine:
    """One whisper model, shared by its recognisers; utterances of several run side by side."""

    name = "whisper"
    is_streaming = False
    sets_marks = True

    def __init__(self, directory: Path, *, model: str, languages: frozenset[str]) -> None:
        """Loads a model from a directory in faster-whisper's layout.

        Raises:
            NotConfigured: It cannot be loaded.
        """
        self.model = model
        self.languages = languages
        try:
            self._whisper = WhisperModel(
                str(directory),
                device="cpu",
                compute_type=_COMPUTE_TYPE,
                cpu_threads=_THREADS,
                num_workers=_PARALLEL,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise NotConfigured(
                f"Speech model {model} cannot be loaded: run `hotline models verify`."
            ) from error
        self._tokenizers = {
            language: Tokenizer(
                self._whisper.hf_tokenizer, True, task="transcribe", language=language
            )
            for language in languages
        }
        self._suppressed = {
            language: [_OWN_LIST, *(self._traditional() if language == "zh" else ())]
            for language in languages
        }

    def open(self, language: str) -> Recogniser:
        """A recogniser for one side of a call."""
        if language not in self.languages:
            raise InvalidInput(f"Speech model {self.model} is not used for {language}.")
        return WhisperRecogniser(self, language)

    def first_guess(self, pcm: bytes, language: str, effort: Effort = Effort.FULL) -> Guess:
        """What an utterance sounds like at first hearing."""
        return self._guess(pcm, language, padding=_PADDING, effort=effort)

    def understand(
        self, pcm: bytes, language: str, *, guess: Guess, effort: Effort
    ) -> tuple[str, float] | None:
        """The words of an utterance and how sure they are; None when nothing was said.

        Args:
            pcm: The utterance.
            language: What is spoken.
            guess: What it sounded like at first hearing.
            effort: Whether it is worth a second look.
        """
        is_unsure = guess.is_loop or hearsay.is_doubtful(guess.log_probability)
        if is_unsure and effort is Effort.FULL:
            guess = self._guess(pcm, language, padding=_WINDOW, effort=effort)
        text = hearsay.without_loops(guess.text)
        if hearsay.is_made_up(
            text,
            log_probability=guess.log_probability,
            silence_probability=guess.silence_probability,
            prompt=_PROMPTS.get(language, ""),
        ):
            return None
        return text, math.exp(min(0.0, guess.log_probability))

    def _traditional(self) -> list[int]:
        """The tokens that hold characters of traditional Chinese."""
        written = self._whisper.hf_tokenizer
        return [
            token
            for token in range(written.get_vocab_size())
            if hearsay.is_traditional(written.decode([token]))
        ]

    def _guess(self, pcm: bytes, language: str, *, padding: int, effort: Effort) -> Guess:
        features = self._whisper.feature_extractor(doubled(pcm))
        seconds = features.shape[-1] / _FEATURES_PER_SECOND
        window = min(_WINDOW, features.shape[-1] + padding)
        tokenizer = self._tokenizers[language]
        spoken_before = _PROMPTS.get(language)
        earlier = tokenizer.encode(f" {spoken_before}") if spoken_before else []
        prompt = self._whisper.get_prompt(tokenizer, earlier, without_timestamps=True)
        tokens = _TOKENS_AT_LEAST + int(_TOKENS_PER_SECOND * seconds)
        # The encoder halves the rate, so the window must be even.
        result = self._whisper.model.generate(
            self._whisper.encode(pad_or_trim(features, window - window % 2)),
            [prompt],
            beam_size=_BEAMS[effort],
            max_length=min(self._whisper.max_length, len(prompt) + tokens),
            suppress_tokens=self._suppressed[language],
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
        text = tokenizer.decode(ids).strip()
        return Guess(
            text,
            log_probability=result.scores[0],
            silence_probability=result.no_speech_prob,
            is_loop=len(ids) >= tokens - 1 or hearsay.has_loop(text),
        )


class WhisperRecogniser:
    """Keeps an utterance until it is over, then understands it."""

    def __init__(self, engine: WhisperEngine, language: str) -> None:
        self._engine = engine
        self._language = language
        self._audio = bytearray()
        self._begin_bytes = 0
        # Of all that is kept.
        self._guess: Guess | None = None

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        """Keeps the audio; says something only when more has come than whisper can look at."""
        self._audio += pcm
        self._guess = None
        return self.flush() if len(self._audio) >= _LONGEST_BYTES else []

    def prepare(self) -> None:
        """Listens a first time to what is kept."""
        if self._audio and self._guess is None:
            self._guess = self._engine.first_guess(bytes(self._audio), self._language)

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        """Understands what was kept."""
        pcm, guess = bytes(self._audio), self._guess
        self.close()
        begin = self._begin_bytes
        self._begin_bytes += len(pcm)
        if not pcm:
            return []
        guess = guess or self._engine.first_guess(pcm, self._language, effort)
        understood = self._engine.understand(pcm, self._language, guess=guess, effort=effort)
        if understood is None:
            return []
        text, confidence = understood
        end = self._begin_bytes // BYTES_PER_MS
        return [Final(text, begin // BYTES_PER_MS, end, round(confidence, 3))]

    def close(self) -> None:
        """Forgets what was kept."""
        self._audio.clear()
        self._guess = None


def load(choice: Choice) -> Engine:
    """Loads the chosen model, putting it together first if it comes in parts.

    Raises:
        NotConfigured: It is missing or cannot be loaded.
    """
    if choice.model == WHISPER_BASE.name:
        join(choice.directory)
    return WhisperEngine(
        choice.directory, model=choice.model, languages=frozenset(WHISPER_BASE.languages)
    )
