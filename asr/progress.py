"""How far a side of a call has been heard and understood, and what of it was missed."""

from collections.abc import Sequence

from asr.ear import Missed, Note, Said
from asr.engine import FRAME_MS
from asr.fork import Frame
from asr.scribe import Facts
from asr.vad import HANGOVER_MS


class Progress:
    """Places on the recording's clock; what is missed is told when it becomes known.

    A lapse is a stretch that nobody listens to; it begins with `rest` and grows with what is
    dropped.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._is_first = True
        self._heard_until_ms = 0
        self._words_until_ms = 0
        self._lapse_from_ms = self._lapse_until_ms = 0
        # The end of the utterance whose words are owed, for whoever asks from another thread.
        self._owed_since_ms: int | None = None

    @property
    def owed_ms(self) -> int:
        """How long words have been owed, beyond the pause that ends an utterance."""
        since_ms = self._owed_since_ms
        owed_ms = 0 if since_ms is None else self._heard_until_ms - since_ms - HANGOVER_MS
        return max(0, owed_ms)

    def owe(self, since_ms: int | None) -> None:
        """Words of an utterance that ended there are owed; None when none are."""
        self._owed_since_ms = since_ms

    def begin(self, frame: Frame) -> list[Note]:
        """Notes where the audio of the side begins, be it listened to or not."""
        if not self._is_first:
            return []
        self._is_first = False
        self._heard_until_ms = self._lapse_from_ms = self._lapse_until_ms = frame.position_ms
        return self._facts.missed_before(frame.position_ms)

    def hear(self, frame: Frame) -> None:
        """A frame is listened to."""
        self._heard_until_ms = frame.position_ms + FRAME_MS

    def understand(self, notes: Sequence[Note]) -> bool:
        """Takes in what became known; returns whether final words are among it."""
        finals = [note for note in notes if isinstance(note, Said) and note.is_final]
        for final in finals:
            self._words_until_ms = final.end_ms
        return bool(finals)

    def rest(self) -> None:
        """A lapse begins where listening ended."""
        self._lapse_from_ms = self._lapse_until_ms = self._heard_until_ms

    def drop(self, frame: Frame) -> list[Note]:
        """A frame is not listened to."""
        notes = self.begin(frame)
        self._lapse_until_ms = max(self._lapse_until_ms, frame.position_ms + FRAME_MS)
        return notes

    @property
    def lapse(self) -> list[Note]:
        """What is to be told of the lapse: nothing of one that is empty."""
        is_empty = self._lapse_until_ms <= self._lapse_from_ms
        return [] if is_empty else [Missed(self._lapse_from_ms, self._lapse_until_ms)]

    def lose(self, due_from_ms: int) -> list[Note]:
        """An engine will not give the words of the utterance that began there any more."""
        return [Missed(max(due_from_ms, self._words_until_ms), self._heard_until_ms)]
