"""The pool: a few threads that work for many sides of calls, one side at a time each.

A worker is an inbox that is due or not. It never runs on two threads at once, and after a short
turn it goes to the end of the line, so that a talkative side cannot starve the others. Long work,
such as understanding a whole utterance, has a line of its own: whoever has waited longest comes
first there, a short utterance before a long one that ended a little sooner. One thread takes short
turns only, so that somebody always listens.
"""

import heapq
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

log = logging.getLogger(__name__)

# A second of speech is worth so much waiting: six seconds of it go behind two that end 1.2 s later.
# Short answers come sooner for it, and nobody waits for ever, since waiting outgrows any length.
_MS_PER_SECOND_OF_SPEECH = 300


class Due(Enum):
    """What a worker wants after a turn."""

    NOTHING = "nothing"
    MORE = "more"
    """Another turn."""
    SPARE = "spare"
    """Long work if a thread has nothing better to do this moment, else another turn."""


@dataclass(frozen=True, slots=True)
class Long:
    """Long work that has to be done.

    Attributes:
        waited_ms: How long it has been wanted.
        speech_ms: How much speech it is about.
    """

    waited_ms: int
    speech_ms: int


Wish = Due | Long


class Worker(Protocol):
    """Something with work in its inbox."""

    def turn(self) -> Wish:
        """Does some of the work; returns what else there is. Must not raise."""
        ...

    def labour(self, *, waiting: int) -> Wish:
        """Does the long work that was wished for. Must not raise.

        Args:
            waiting: How many others wait for the same, and one more where this takes the last of
                several threads: the next will have to wait.
        """
        ...


class Pool:
    """Threads and the lines of workers that are due."""

    def __init__(
        self, threads: int, *, labourers: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Args:
        threads: How many there are.
        labourers: How many of them do long work at the same time, fewer than all.
        now: Seconds of a clock that never goes back.
        """
        self._labourers = labourers
        self._now = now
        self._short: deque[Worker] = deque()
        self._long: list[tuple[float, int, Worker]] = []
        self._count = 0
        self._at_labour = 0
        self._is_closing = False
        self._due: set[int] = set()
        self._again: set[int] = set()
        lock = threading.Lock()
        self._is_called = threading.Condition(lock)
        self._is_idle = threading.Condition(lock)
        self._threads = [
            threading.Thread(target=self._run, name=f"asr-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def call(self, worker: Worker) -> None:
        """Lets a worker have its turn soon; cheap when it is in line already."""
        with self._is_called:
            if id(worker) in self._due:
                self._again.add(id(worker))
                return
            self._due.add(id(worker))
            self._short.append(worker)
            self._is_called.notify()

    def drain(self, *, timeout_seconds: float) -> bool:
        """Waits until nobody has work; returns whether that came in time."""
        with self._is_idle:
            return self._is_idle.wait_for(lambda: not self._due, timeout_seconds)

    def close(self, *, timeout_seconds: float) -> None:
        """Ends the threads after their present turns."""
        with self._is_called:
            self._is_closing = True
            self._is_called.notify_all()
        for thread in self._threads:
            thread.join(timeout_seconds)

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            worker, waiting = taken
            wish: Wish = Due.NOTHING
            try:
                wish = worker.turn() if waiting is None else worker.labour(waiting=waiting)
            except Exception:
                log.exception("a turn failed")
            with self._is_called:
                self._at_labour -= waiting is not None
                self._put_back(worker, wish)

    def _take(self) -> tuple[Worker, int | None] | None:
        """The next worker, and for long work how many wait; None when the pool closes."""
        with self._is_called:
            self._is_called.wait_for(
                lambda: self._is_closing or self._short or (self._long and self._has_labourer)
            )
            if self._is_closing:
                return None
            if self._short:
                return self._short.popleft(), None
            self._at_labour += 1
            takes_last = self._at_labour == self._labourers > 1
            return heapq.heappop(self._long)[2], len(self._long) + takes_last

    def _put_back(self, worker: Worker, wish: Wish) -> None:
        if wish is Due.SPARE:
            is_spare = self._has_labourer and not self._long
            wish = Long(0, 0) if is_spare else Due.MORE
        if isinstance(wish, Long):
            self._count += 1
            wanted_at = self._now() - wish.waited_ms / 1000
            rank = wanted_at + wish.speech_ms / 1e6 * _MS_PER_SECOND_OF_SPEECH
            heapq.heappush(self._long, (rank, self._count, worker))
        elif wish is Due.MORE or id(worker) in self._again:
            self._again.discard(id(worker))
            self._short.append(worker)
        else:
            self._due.discard(id(worker))
            self._is_idle.notify_all()
        # This thread takes one; another may be needed for what it leaves.
        self._is_called.notify()

    @property
    def _has_labourer(self) -> bool:
        return self._at_labour < self._labourers
