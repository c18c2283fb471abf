"""The pool: a few threads that work for many sides of calls, one side at a time each.

A worker is an inbox that is due or not. It never runs on two threads at once, and after a short
turn it goes to the end of the line, so that a talkative side cannot starve the others.
"""

import logging
import queue
import threading
from typing import Protocol

log = logging.getLogger(__name__)


class Worker(Protocol):
    """Something with work in its inbox."""

    def turn(self) -> bool:
        """Does some of the work; returns whether more is waiting. Must not raise."""
        ...


class Pool:
    """Threads and the line of workers that are due."""

    def __init__(self, threads: int) -> None:
        self._line: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        self._due: set[int] = set()
        self._again: set[int] = set()
        self._lock = threading.Lock()
        self._is_idle = threading.Condition(self._lock)
        self._threads = [
            threading.Thread(target=self._run, name=f"asr-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def call(self, worker: Worker) -> None:
        """Lets a worker have its turn soon; cheap when it is in line already."""
        with self._lock:
            if id(worker) in self._due:
                self._again.add(id(worker))
                return
            self._due.add(id(worker))
        self._line.put(worker)

    def drain(self, *, timeout_seconds: float) -> bool:
        """Waits until nobody has work; returns whether that came in time."""
        with self._is_idle:
            return self._is_idle.wait_for(lambda: not self._due, timeout_seconds)

    def close(self, *, timeout_seconds: float) -> None:
        """Ends the threads after their present turns."""
        for _ in self._threads:
            self._line.put(None)
        for thread in self._threads:
            thread.join(timeout_seconds)

    def _run(self) -> None:
        while (worker := self._line.get()) is not None:
            has_more = False
            try:
                has_more = worker.turn()
            except Exception:
                log.exception("a turn failed")
            with self._lock:
                has_more = has_more or id(worker) in self._again
                self._again.discard(id(worker))
                if not has_more:
                    self._due.discard(id(worker))
                    self._is_idle.notify_all()
            if has_more:
                self._line.put(worker)
