"""One side of a call as it is heard: frames in, words on the recording's clock out.

An ear owns a recogniser and a cutter. Only speech reaches the recogniser; small losses are filled
with silence, larger ones end the utterance and are told of. The words of an engine by utterance are
not asked for at its end: that is work for a better moment, which whoever owns the ear chooses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from asr.engine import (
    BYTES_PER_MS,
    FRAME_BYTES,
    FRAME_MS,
    Effort,
    Final,
    Heard,
    Recogniser,
    Word,
)
from asr.fork import Frame, lost_between
from asr.segments import Timeline
from asr.vad import Audio, Begun, Cut, Cutter, Ended, Paused, Resumed

_SILENT_FRAME = bytes(FRAME_BYTES)

# Streaming engines are fed 100 ms at a time (measured 2026-11-21: smaller pieces cost more, and
# partial words do not come sooner); half a second when the words are already late.
_PIECE_BYTES = 100 * BYTES_PER_MS
_LATE_PIECE_BYTES = 500 * BYTES_PER_MS

# A hole up to this long is filled with silence, so that the word around it can still be understood.
_FILL_MS = 200
# A hole from this length on is shown to people, when datagrams are missing there.
_TELL_MS = 1000
# Frames that come later than this after their successors mean that the clock began anew.
_RESTART_MS = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """Words on the recording's clock; not final ones are replaced by the next.

    `engine` and `model` are set when another took over for the engine that was asked.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None
    is_final: bool
    words: tuple[Word, ...] = ()
    engine: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """A stretch of the call that could not be listened to."""

    start_ms: int
    end_ms: int


Note = Said | Missed


@dataclass(frozen=True, slots=True)
class Owed:
    """An utterance that is over and whose words have not been asked for.

    Attributes:
        end_ms: Where its last voice was.
        length_ms: How much audio there is of it.
    """

    end_ms: int
    length_ms: int


class Ear:
    """Listens to one side of a call; used by one thread at a time.

    Attributes:
        settles_later: Whether words at an utterance's end wait for `settle`.
        owed: The utterance whose words wait.
        due_from_ms: Where the utterance begins not all of whose words have come; None when there
            is none. It stays when the recogniser raises: those words will not come any more.
    """

    def __init__(
        self, recogniser: Recogniser, cutter: Cutter, *, settles_later: bool = False
    ) -> None:
        """Args:
        recogniser: Understands; the ear closes it.
        cutter: Finds the utterances.
        settles_later: Whether words at an utterance's end wait for `settle`.
        """
        self._recogniser = recogniser
        self._cutter = cutter
        self._timeline = Timeline()
        self._expected_ms: int | None = None
        self._sequence = 0
        self._fed_bytes = 0
        self._piece = bytearray()
        self._has_partial = False
        self.settles_later = settles_later
        self._begun_bytes = 0
        self.due_from_ms: int | None = None
        self._is_paused = False
        self._may_prepare = False
        self.owed: Owed | None = None

    def hear(self, frame: Frame, *, is_late: bool = False) -> list[Note]:
        """Takes the next frame.

        Args:
            frame: A frame of this side.
            is_late: The words will be late anyway: save work rather than hurry.
        """
        notes: list[Note] = []
        ahead_ms = 0 if self._expected_ms is None else frame.position_ms - self._expected_ms
        if -_RESTART_MS < ahead_ms <= -FRAME_MS:
            return notes
        if 0 < ahead_ms <= _FILL_MS:
            for position in range(frame.position_ms - ahead_ms, frame.position_ms, FRAME_MS):
                notes += self._push(None, position, is_late=is_late)
        elif abs(ahead_ms) >= FRAME_MS:
            notes += self._skip(frame)
        self._expected_ms = frame.position_ms + FRAME_MS
        self._sequence = frame.sequence
        return notes + self._push(frame.pcm, frame.position_ms, is_late=is_late)

    def succeed(self, other: "Ear") -> None:
        """Goes on where another ear, whose utterance is over, stopped."""
        self._cutter.inherit(other._cutter)
        self._expected_ms = other._expected_ms
        self._sequence = other._sequence

    @property
    def is_hearing(self) -> bool:
        """Whether somebody speaks."""
        return self._cutter.is_speaking

    @property
    def may_prepare(self) -> bool:
        """Whether there is a pause in which work might be done that will be owed soon."""
        return self._may_prepare

    def prepare(self) -> None:
        """Works ahead on an utterance that may be over."""
        self._may_prepare = False
        self._recogniser.prepare()

    def waive(self) -> None:
        """Lets the chance to work ahead go by."""
        self._may_prepare = False

    def settle(self, effort: Effort = Effort.FULL) -> list[Note]:
        """The words that are owed."""
        owed, notes = self.owed, list[Note]()
        if owed is not None:
            try:
                notes = self._said(self._recogniser.flush(effort), not_after_ms=owed.end_ms)
            finally:
                self.owed = None
            self.due_from_ms = None
            notes += self._take_back(owed.end_ms)
            self._timeline.forget_before(self._fed_ms)
        return notes

    def end(self) -> list[Note]:
        """Ends the utterance, such as when the call is over; the ear can go on."""
        return self._take(self._cutter.end(), is_late=False)

    def close(self) -> None:
        """Gives the recogniser back."""
        self._recogniser.close()

    def _skip(self, frame: Frame) -> list[Note]:
        notes = self.end()
        start = self._expected_ms or 0
        is_lost = lost_between(self._sequence, frame.sequence) > 0
        if is_lost and frame.position_ms - start >= _TELL_MS:
            notes.append(Missed(start, frame.position_ms))
        return notes

    def _push(self, pcm: bytes | None, position_ms: int, *, is_late: bool) -> list[Note]:
        cuts = self._cutter.push(pcm or _SILENT_FRAME, position_ms, is_silence=pcm is None)
        return self._take(cuts, is_late=is_late)

    def _take(self, cuts: Sequence[Cut], *, is_late: bool) -> list[Note]:
        notes: list[Note] = []
        for cut in cuts:
            match cut:
                case Begun(position_ms):
                    notes += self.settle()
                    self.due_from_ms = position_ms
                    self._timeline.jump(self._fed_ms, position_ms)
                    self._begun_bytes = self._fed_bytes
                case Audio(pcm):
                    notes += self._keep(pcm, is_late=is_late)
                case Paused():
                    notes += self._feed()
                    self._is_paused = self._may_prepare = True
                case Resumed():
                    self._is_paused = self._may_prepare = False
                case Ended(position_ms):
                    notes += self._finish(position_ms)
                case _:
                    assert_never(cut)
        return notes

    def _keep(self, pcm: bytes, *, is_late: bool) -> list[Note]:
        self._piece += pcm
        is_piece = len(self._piece) >= (_LATE_PIECE_BYTES if is_late else _PIECE_BYTES)
        # What comes in a pause makes void what was prepared, and may never be needed.
        return self._feed() if is_piece and not self._is_paused else []

    def _finish(self, position_ms: int) -> list[Note]:
        """The utterance is over: asks for its words, or notes that they are owed."""
        if self._is_paused:
            self._piece.clear()
        self._is_paused = self._may_prepare = False
        notes = self._feed()
        length_ms = (self._fed_bytes - self._begun_bytes) // BYTES_PER_MS
        self.owed = Owed(position_ms, length_ms)
        return notes if self.settles_later else notes + self.settle()

    def _feed(self) -> list[Note]:
        if not self._piece:
            return []
        pcm = bytes(self._piece)
        self._piece.clear()
        heard = self._recogniser.accept(pcm)
        self._fed_bytes += len(pcm)
        return self._said(heard)

    def _said(self, heard: Sequence[Heard], *, not_after_ms: int | None = None) -> list[Note]:
        notes: list[Note] = []
        for piece in heard:
            start = self._timeline.start(piece.start_ms)
            end = self._timeline.end(piece.end_ms)
            if not_after_ms is not None:
                # Engines by utterance count the pause at its end in.
                end = min(end, not_after_ms)
            end = max(start, end)
            if isinstance(piece, Final):
                notes.append(self._settled(piece, start, end))
            else:
                notes.append(Said(piece.text, start, end, None, is_final=False))
            self._has_partial = not isinstance(piece, Final)
        return notes

    def _settled(self, final: Final, start_ms: int, end_ms: int) -> Said:
        words = tuple(
            Word(
                word.text,
                self._timeline.start(word.start_ms),
                self._timeline.end(word.end_ms),
                word.confidence,
            )
            for word in final.words
        )
        return Said(
            final.text,
            start_ms,
            end_ms,
            final.confidence,
            is_final=True,
            words=words,
            engine=final.engine,
            model=final.model,
        )

    def _take_back(self, position_ms: int) -> list[Note]:
        """Partial words that came to nothing are replaced by none."""
        if not self._has_partial:
            return []
        self._has_partial = False
        return [Said("", position_ms, position_ms, None, is_final=False)]

    @property
    def _fed_ms(self) -> int:
        return self._fed_bytes // BYTES_PER_MS
