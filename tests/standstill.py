"""Telling a machine that stood still from a program that was slow.

On a machine whose host takes the processor away, sound that is sent and heard in real time has
holes, and no program is at fault. Whoever compares sound asks here how long the machine stood
still meanwhile, and asks the media engine how late it was; where both say that nothing was amiss,
nothing is forgiven.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

_STEP_SECONDS = 0.01


class Standstill:
    """How long this process got no processor.

    Attributes:
        worst_seconds: At most at one time.
    """

    def __init__(self) -> None:
        self.worst_seconds = 0.0
        self._stopped = threading.Event()

    def watch(self) -> None:
        """Looks until `stop`, in a thread of its own."""
        before = monotonic()
        while not self._stopped.wait(_STEP_SECONDS):
            now = monotonic()
            self.worst_seconds = max(self.worst_seconds, now - before - _STEP_SECONDS)
            before = now

    def stop(self) -> None:
        """Looks no more."""
        self._stopped.set()


@contextmanager
def watching() -> Iterator[Standstill]:
    """Watches as long as the block lasts."""
    standstill = Standstill()
    thread = threading.Thread(target=standstill.watch, daemon=True)
    thread.start()
    try:
        yield standstill
    finally:
        standstill.stop()
        thread.join()
