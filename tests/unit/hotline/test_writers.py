"""Writers of one database come in turn, whichever process they are in."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from hotline.database import Database
from hotline.writers import Turn, Turns

DEADLINE_SECONDS = 60

Result = TypeVar("Result")

HOLDER = """
import sys, time
from pathlib import Path
from hotline.writers import Turns
turn = Turns(Path(sys.argv[1])).turn(timeout_seconds=5)
print(turn.take(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the database would be."""
    return tmp_path / "hotline.db"


def turn(database: Path, *, timeout_seconds: float = DEADLINE_SECONDS) -> Turn:
    return Turns(database).turn(timeout_seconds=timeout_seconds)


def wait_until_next(database: Path) -> None:
    """Waits until somebody is the next to write."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    with database.with_name(database.name + ".next").open("w") as file:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.002)
    raise AssertionError("nobody waits")


def test_take__who_waits_comes_before_who_has_just_written(database: Path) -> None:
    order: list[str] = []
    first = turn(database)
    assert first.take()

    def write() -> None:
        other = turn(database)
        other.take()
        order.append("who waited")
        other.give_back()

    thread = threading.Thread(target=write)
    thread.start()
    wait_until_next(database)
    first.give_back()
    again = turn(database)
    assert again.take()
    order.append("who had just written")
    again.give_back()
    thread.join(DEADLINE_SECONDS)

    assert order == ["who waited", "who had just written"]


def test_take__in_vain_for_so_long_is_told(database: Path) -> None:
    first, second = turn(database), turn(database, timeout_seconds=0.05)
    assert first.take()
    assert not second.take()
    first.give_back()


def test_take__who_gave_up_keeps_nobody(database: Path) -> None:
    first, second = turn(database), turn(database, timeout_seconds=0.05)
    first.take()
    second.take()
    first.give_back()

    third = turn(database)
    assert third.take()
    third.give_back()


def test_take__twice_is_as_once(database: Path) -> None:
    first = turn(database)
    assert (first.take(), first.take()) == (True, True)
    first.give_back()
    first.give_back()
    second = turn(database)
    assert second.take()
    second.give_back()


def test_take__where_no_file_can_be_made_goes_on_without(tmp_path: Path) -> None:
    assert not turn(tmp_path / "not there" / "hotline.db").take()


def test_take__after_the_death_of_the_writer(database: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "True"
    process.kill()
    process.wait(DEADLINE_SECONDS)
    process.stdout.close()

    heir = turn(database)
    assert heir.take()
    heir.give_back()


def test_session__gives_the_turn_back_whatever_happens(tmp_path: Path) -> None:
    path = tmp_path / "hotline.db"
    database = Database(f"sqlite:///{path}")
    with database.session() as session:
        session.connection().exec_driver_sql("CREATE TABLE words (word TEXT)")

    def write_in_vain() -> None:
        with database.session() as session:
            session.connection().exec_driver_sql("INSERT INTO words VALUES ('x')")
            assert not turn(path, timeout_seconds=0.01).take()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_in_vain()

    heir = turn(path)
    assert heir.take()
    heir.give_back()
    database.close()


def test_reading__waits_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "hotline.db"
    database = Database(f"sqlite:///{path}")
    writer = turn(path)
    assert writer.take()
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT 1").scalar() == 1
    writer.give_back()
    database.close()


def test_take__whoever_writes_goes_before_others_until_they_have(database: Path) -> None:
    before, meanwhile, after = _in_a_thread(lambda: _niceness_around(turn(database)))

    assert after == before
    assert meanwhile == (-15 if _in_a_thread(_may_hurry) else before)


def _niceness_around(writer: Turn) -> tuple[int, int, int]:
    before = _niceness()
    assert writer.take()
    meanwhile = _niceness()
    writer.give_back()
    return before, meanwhile, _niceness()


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def _may_hurry() -> bool:
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -15)
    except OSError:
        return False
    return True


def _in_a_thread(work: Callable[[], Result]) -> Result:
    """In a thread of its own, which takes its niceness along when it ends."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result(DEADLINE_SECONDS)
