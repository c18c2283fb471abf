"""Who keeps quiet for whom in the tests from end to end."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import hush


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[Path]:
    """The lock as another worker sees it."""
    hush.share(tmp_path)
    yield tmp_path / "hush.lock"
    hush.share(None)


def is_free_for(lock: Path, kind: int) -> bool:
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_listening__keeps_noise_out_but_no_listeners(lock: Path) -> None:
    with hush.listening():
        assert is_free_for(lock, fcntl.LOCK_SH)
        assert not is_free_for(lock, fcntl.LOCK_EX)
    assert is_free_for(lock, fcntl.LOCK_EX)


def test_noise__keeps_everybody_out(lock: Path) -> None:
    with hush.noise():
        assert not is_free_for(lock, fcntl.LOCK_SH)
    assert is_free_for(lock, fcntl.LOCK_SH)


def test_noise__alone__locks_nothing(tmp_path: Path) -> None:
    hush.share(None)
    with hush.noise(), hush.listening():
        assert list(tmp_path.iterdir()) == []
