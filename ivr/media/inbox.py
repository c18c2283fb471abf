"""What other threads want done by the engine's own thread."""

import logging
import os
from collections.abc import Callable
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)

Task = Callable[[], None]


class Inbox:
    """Takes tasks from any thread; its owner runs them.

    Attributes:
        wake: A file descriptor that becomes readable when a task has come.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self.wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def post(self, task: Task) -> None:
        """Asks the owner to run a task soon."""
        self._tasks.put(task)
        os.eventfd_write(self.wake, 1)

    def run_all(self) -> None:
        """Runs what has come; called by the owner only."""
        try:
            os.eventfd_read(self.wake)
        except BlockingIOError:
            return
        while True:
            try:
                task = self._tasks.get_nowait()
            except Empty:
                return
            try:
                task()
            except Exception:
                # A fault of ours for one leg or recording must not end everybody's calls.
                log.exception("task failed")
