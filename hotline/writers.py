"""Turns to write on SQLite: whoever waits longest among the processes of a machine is next.

SQLite lets writers that find the database locked sleep and try again by chance, ever longer: one of
many may be unlucky for seconds while others write again and again. Here they queue at two locks of
files beside the database: whoever holds the first is the next to write and waits for the second;
whoever has just written goes to the end of the line. The kernel wakes them and frees the locks of
a process that dies. The locks are a courtesy: SQLite's own lock still decides, so that a writer who
waits in vain goes on without.

Whose turn it is goes before everything else on the processors, where the machine allows it: all
others wait for it, and a job that nobody hurries would keep them waiting.
"""

import contextlib
import fcntl
import os
import threading
from pathlib import Path

_NEXT_SUFFIX, _WRITING_SUFFIX = ".next", ".writing"
_MODE = 0o600

MOST_URGENT = -15
"""The niceness of whoever writes: before the telephone line, after the media engine's clock."""


class Turns:
    """The line of writers of one database."""

    def __init__(self, database: Path) -> None:
        self._next = database.with_name(database.name + _NEXT_SUFFIX)
        self._writing = database.with_name(database.name + _WRITING_SUFFIX)

    def turn(self, *, timeout_seconds: float) -> "Turn":
        """One writer's turn, not taken yet."""
        return Turn(self._next, self._writing, timeout_seconds=timeout_seconds)


class Turn:
    """One transaction's place in the line."""

    def __init__(self, next_path: Path, writing_path: Path, *, timeout_seconds: float) -> None:
        self._next_path, self._writing_path = next_path, writing_path
        self._timeout_seconds = timeout_seconds
        self._writing: int | None = None
        self._hurrying: tuple[int, int] | None = None

    def take(self) -> bool:
        """Waits for the turn; taken twice is as once.

        Returns:
            Whether it is ours; False when the time is over or the files cannot be locked.
        """
        if self._writing is not None:
            return True
        first = _lock(self._next_path, timeout_seconds=self._timeout_seconds)
        if first is None:
            return False
        try:
            self._writing = _lock(self._writing_path, timeout_seconds=self._timeout_seconds)
        finally:
            _unlock(first)
        if self._writing is None:
            return False
        self._hurrying = _hurry()
        return True

    def give_back(self) -> None:
        """Lets the next one write."""
        if self._writing is not None:
            _unlock(self._writing)
            self._writing = None
        if self._hurrying is not None:
            # The thread may be another one than this, and may be gone.
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, *self._hurrying)
            self._hurrying = None


def _hurry() -> tuple[int, int] | None:
    """Makes this thread go before others; returns it and how nice it was, None where it may not."""
    thread = threading.get_native_id()
    try:
        niceness = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, MOST_URGENT)
    except OSError:
        return None
    return thread, niceness


def _lock(path: Path, *, timeout_seconds: float) -> int | None:
    """An open file that holds the lock; closing it gives the lock back. None: not to be had."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _Waiter(file).wait(timeout_seconds)
    except OSError:
        # No locks on this file system.
        os.close(file)
        return None
    return file


def _unlock(file: int) -> None:
    # A child that was forked meanwhile has the same open file: closing it alone frees nothing.
    fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)


class _Waiter:
    """Waits for a lock in a thread of its own: the system call itself knows no time limit."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._mutex = threading.Lock()
        self._is_over = threading.Event()
        self._has_lock = False
        self._is_given_up = False

    def wait(self, timeout_seconds: float) -> int | None:
        threading.Thread(target=self._lock, daemon=True, name="turn to write").start()
        self._is_over.wait(timeout_seconds)
        with self._mutex:
            self._is_given_up = not self._has_lock
        return self._file if self._has_lock else None

    def _lock(self) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_EX)
            with self._mutex:
                self._has_lock = not self._is_given_up
        if not self._has_lock:
            os.close(self._file)
        self._is_over.set()
