"""Quiet for those who compare sound: the other worker starts no hotline meanwhile.

The tests from end to end run in two pieces beside each other (tests/lanes.py). Starting a hotline
takes both cores for seconds, and sound that is late is not recognised. So starting waits for those
who listen, and they for it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.peers import eventually

# Longer than any start and any talk that is listened to; tests that wait have more time than that.
_LONGEST_SECONDS = 400.0

_shared_with: list[Path] = []


def share(directory: Path | None) -> None:
    """Names a directory that both workers know; None where nobody else is there."""
    _shared_with[:] = [] if directory is None else [directory / "hush.lock"]


@contextmanager
def listening() -> Iterator[None]:
    """Sound is played and compared inside; several may listen at once."""
    with _holding(fcntl.LOCK_SH, what="the end of others' noise"):
        yield


@contextmanager
def noise() -> Iterator[None]:
    """Takes the whole machine inside; nobody listens meanwhile. Not within `listening`."""
    with _holding(fcntl.LOCK_EX, what="the end of others' listening"):
        yield


@contextmanager
def _holding(kind: int, *, what: str) -> Iterator[None]:
    if not _shared_with:
        yield
        return
    with _shared_with[0].open("ab") as file:

        def is_ours() -> bool:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        eventually(is_ours, what=what, timeout_seconds=_LONGEST_SECONDS)
        yield
