"""What a speech engine is to us: something that opens recognisers, one per side of a call.

Audio goes in as signed 16-bit little-endian PCM, 8000 Hz, mono. What was heard comes out as partial
and final pieces whose times are milliseconds of the audio *fed so far*, from 0 when the recogniser
was opened. Whoever feeds may leave out silence; mapping fed time to the recording's clock is the
feeder's work (`asr.segments.Timeline`).

An engine that streams gives partial and final pieces while it is fed. One that works by utterance
only listens, and speaks when `flush` says that the utterance is over. Its work is done then, so it
is told how much effort the moment allows, and may work ahead in a pause (`prepare`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

SAMPLE_RATE_HZ = 8000
BYTES_PER_MS = SAMPLE_RATE_HZ * 2 // 1000
FRAME_MS = 20
FRAME_BYTES = FRAME_MS * BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a final piece; `confidence` is 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Partial:
    """What the engine believes at the moment; the next partial or final piece replaces it."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Final:
    """What the engine settled on.

    Attributes:
        confidence: 0 to 1, or None when the engine does not say.
        words: The words with their times; empty when the engine does not give them.
        engine: Who heard it, when another took over for the engine that was asked.
        model: With which model.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    engine: str = ""
    model: str = ""


Heard = Partial | Final


class Effort(Enum):
    """How much work an utterance is worth at the moment."""

    FULL = "full"
    """The best words that the engine can find."""
    QUICK = "quick"
    """Others wait: good words soon, and no second thoughts."""


class EngineLostError(Exception):
    """An engine on other machines is not to be had at the moment; it may come back."""


class Recogniser(Protocol):
    """Listens to one side of one call; used by one thread at a time."""

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        """Takes the next audio, any whole number of samples; returns what became known by it."""
        ...

    def prepare(self) -> None:
        """Works ahead in a pause, so that a `flush` right after it is quick.

        What will be heard is the same without it; audio that comes after it makes it void. Engines
        that stream have nothing to do.
        """
        ...

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        """Ends the utterance and returns what is still owed; the recogniser can go on.

        Args:
            effort: What it is worth; engines whose work is done by now do not ask.
        """
        ...

    def close(self) -> None:
        """Gives the memory back; nothing may be called afterwards."""
        ...


class Engine(Protocol):
    """A loaded speech engine, shared by every recogniser that it opens."""

    @property
    def name(self) -> str:
        """The engine's name, such as vosk."""
        ...

    @property
    def model(self) -> str:
        """The model's name, kept with every segment."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """The languages it can be opened for."""
        ...

    @property
    def is_streaming(self) -> bool:
        """Whether it speaks while it is fed, or only when an utterance is over."""
        ...

    @property
    def sets_marks(self) -> bool:
        """Whether its words come with punctuation."""
        ...

    def open(self, language: str) -> Recogniser:
        """A recogniser for one side of a call.

        Raises:
            InvalidInput: The engine has no such language.
        """
        ...
