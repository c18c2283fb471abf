"""The last messages that were told, for pages that come back. Pure."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator

from agent_console.audience import Told


class Ring:
    """Messages in the order of telling, and where the batches that they came in begin."""

    def __init__(self, length: int) -> None:
        """Args:
        length: How many messages a page may miss and still resume.
        """
        self._told: deque[Told] = deque(maxlen=length)
        self._batches: deque[int] = deque(maxlen=length)
        self._is_in_batch = False
        self.begins_after = 0
        self.seq = 0

    def __iter__(self) -> Iterator[Told]:
        return iter(self._told)

    def clear(self, seq: int) -> None:
        """Forgets everything; what follows `seq` will be told."""
        self._told.clear()
        self._batches.clear()
        self._is_in_batch = False
        self.begins_after = self.seq = seq

    def begin_batch(self) -> None:
        """What is added from here on was read together."""
        self._batches.append(self.seq)
        self._is_in_batch = True

    def end_batch(self, seq: int) -> None:
        """Everything up to this event has been told."""
        self._is_in_batch = False
        self.seq = seq

    def add(self, told: Told) -> None:
        """Keeps a message; the oldest is forgotten for it."""
        if len(self._told) == self._told.maxlen:
            self.begins_after = self._told[0].seq
        self._told.append(told)
        self.seq = told.seq

    def can_resume(self, after: int) -> bool:
        """Whether everything that was told after this number is still here."""
        return self.begins_after <= after <= self.seq

    def safe_after(self, event: int) -> int | None:
        """After which number a page must listen that knows everything up to an event.

        Within a batch numbers say nothing of what happened earlier or later, so the page listens
        from the batch's beginning and is told some things again.

        Returns:
            None when too much has been told since.
        """
        bounds = list(self._batches)
        if not self._is_in_batch:
            bounds.append(self.seq)
        place = bisect_right(bounds, event)
        after = bounds[place - 1] if place else None
        return after if after is not None and after >= self.begins_after else None
