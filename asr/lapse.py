"""What a side of a call misses while it rests."""

from asr.ear import Missed, Note


class Lapse:
    """A stretch that nobody listens to, as it grows."""

    def __init__(self, at_ms: int = 0) -> None:
        """Begins at a place of the recording."""
        self._start_ms = self._end_ms = at_ms

    def extend(self, until_ms: int) -> None:
        """Nobody has listened up to here."""
        self._end_ms = max(self._end_ms, until_ms)

    @property
    def notes(self) -> list[Note]:
        """What is to be told of it: nothing of one that is empty."""
        is_empty = self._end_ms <= self._start_ms
        return [] if is_empty else [Missed(self._start_ms, self._end_ms)]
