"""Jobs through a real server and a real worker process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis  # noqa: TID251 - the peer

from hotline import jobs, valkey
from hotline.bus import Bus
from hotline.clock import SystemClock
from hotline.house import House
from hotline.settings import Settings
from hotline.worker import work_off

HERE = "tests.integration.test_jobs"
LIMIT_SECONDS = 60.0


def note(house: House, *, text: str) -> None:
    """A job: appends a line to a file."""
    with (house.settings.data_dir / "notes").open("a") as file:
        file.write(f"{text}\n")


def note_the_time(house: House) -> None:
    """A job: notes when it is done."""
    note(house, text=house.clock.now().isoformat())


def note_once_more(house: House, *, text: str) -> None:
    """A job that fails at its first try."""
    first = not (house.settings.data_dir / "notes").exists()
    note(house, text=text)
    if first:
        raise RuntimeError("not yet")


def stay(house: House) -> None:
    """A job that tells its process id and never ends."""
    note(house, text=str(os.getpid()))
    signal.pause()


def notes(settings: Settings) -> list[str]:
    path = settings.data_dir / "notes"
    return path.read_text().split() if path.exists() else []


def wait_for_notes(settings: Settings, count: int, *, seconds: float = LIMIT_SECONDS) -> list[str]:
    deadline = monotonic() + seconds
    while len(notes(settings)) < count and monotonic() < deadline:
        sleep(0.05)
    return notes(settings)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def house_with_bus(house: House) -> Iterator[House]:
    with valkey.running(house.settings) as url:
        bus = Bus(url)
        yield replace(house, bus=bus)
        bus.close()
        jobs.queue_of(url).connection.close()
        jobs.queue_of.cache_clear()


@pytest.fixture
def worker(house_with_bus: House) -> Iterator[subprocess.Popen[bytes]]:
    with start_worker(house_with_bus.settings) as process:
        yield process
        process.kill()


def start_worker(settings: Settings) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "HOTLINE_DATA_DIR": str(settings.data_dir)}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    return subprocess.Popen([sys.executable, "-m", "hotline.worker"], env=environment)


def enqueue_note(house: House, text: str, **options: object) -> None:
    jobs.enqueue(None, house, f"{HERE}.note", {"text": text}, **options)  # type: ignore[arg-type]


def test_enqueue__runs_after_the_commit_and_not_before(house_with_bus: House) -> None:
    with house_with_bus.database.session() as session:
        jobs.enqueue(session, house_with_bus, f"{HERE}.note", {"text": "one"})
        assert work_off(house_with_bus) == 0
    assert work_off(house_with_bus) == 1
    assert notes(house_with_bus.settings) == ["one"]


def test_enqueue__is_forgotten_with_a_transaction_that_failed(house_with_bus: House) -> None:
    def fail() -> None:
        with house_with_bus.database.session() as session:
            jobs.enqueue(session, house_with_bus, f"{HERE}.note", {"text": "never"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert work_off(house_with_bus) == 0


def test_enqueue__unique_name_is_taken_once_until_it_is_done(house_with_bus: House) -> None:
    for _ in range(3):
        enqueue_note(house_with_bus, "once", unique="rec_1")
    assert work_off(house_with_bus) == 1
    enqueue_note(house_with_bus, "again", unique="rec_1")
    assert work_off(house_with_bus) == 1
    assert notes(house_with_bus.settings) == ["once", "again"]


def test_enqueue__unique_name_of_any_letters_is_taken(house_with_bus: House) -> None:
    enqueue_note(house_with_bus, "x", unique="通话 1/2")
    enqueue_note(house_with_bus, "x", unique="通话 1/2")
    assert work_off(house_with_bus) == 1


def test_enqueue__bus_away_is_no_error(house: House) -> None:
    enqueue_note(house, "lost")
    with house.database.session() as session:
        jobs.enqueue(session, house, f"{HERE}.note", {"text": "lost"})


def test_enqueue__redis_holds_no_description_of_arguments(house_with_bus: House) -> None:
    enqueue_note(house_with_bus, "secret")
    job = jobs.queue_of(house_with_bus.settings.redis_url_used).jobs[0]
    assert job.description == f"{HERE}.note"


def test_worker__runs_jobs_now_and_later(
    house_with_bus: House, worker: subprocess.Popen[bytes]
) -> None:
    asked_at = SystemClock().now()
    jobs.enqueue(None, house_with_bus, f"{HERE}.note_the_time", {}, after_seconds=1.5)
    enqueue_note(house_with_bus, "now")
    later = set(wait_for_notes(house_with_bus.settings, 2)) - {"now"}
    # The queue keeps whole seconds.
    assert datetime.fromisoformat(later.pop()) - asked_at > timedelta(seconds=0.5)


def test_worker__tries_again_after_a_failure(
    house_with_bus: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_RETRY_SECONDS", [1])
    jobs.enqueue(None, house_with_bus, f"{HERE}.note_once_more", {"text": "try"})
    with start_worker(house_with_bus.settings) as process:
        assert wait_for_notes(house_with_bus.settings, 2) == ["try", "try"]
        process.terminate()
        assert process.wait(LIMIT_SECONDS) == 0


def test_worker__kill_9_takes_the_running_job_with_it(
    house_with_bus: House, worker: subprocess.Popen[bytes]
) -> None:
    jobs.enqueue(None, house_with_bus, f"{HERE}.stay", {})
    horse = int(wait_for_notes(house_with_bus.settings, 1)[0])
    assert is_running(horse)
    worker.kill()
    worker.wait()
    deadline = monotonic() + LIMIT_SECONDS
    while is_running(horse) and monotonic() < deadline:
        sleep(0.02)
    assert not is_running(horse)


def test_worker__stops_though_a_job_never_ends(
    house_with_bus: House, worker: subprocess.Popen[bytes]
) -> None:
    jobs.enqueue(None, house_with_bus, f"{HERE}.stay", {})
    wait_for_notes(house_with_bus.settings, 1)
    worker.terminate()
    assert worker.wait(LIMIT_SECONDS) == 0


def test_worker__finds_the_jobs_again_when_the_server_was_killed(house: House) -> None:
    settings = house.settings
    with valkey.running(settings) as url:
        enqueue_note(house, "first")
        connection = redis.Redis.from_url(url)
        connection.set("after", "the job")
        assert connection.waitaof(1, 0, 60_000)[0] == 1
        os.kill(int(connection.info("server")["process_id"]), signal.SIGKILL)
    with valkey.running(settings):
        enqueue_note(house, "second")
        with start_worker(settings) as process:
            assert wait_for_notes(settings, 2) == ["first", "second"]
            process.terminate()
            assert process.wait(LIMIT_SECONDS) == 0
    jobs.queue_of.cache_clear()


def test_worker__goes_on_or_ends_when_the_server_is_killed_under_it(house: House) -> None:
    settings = house.settings
    with valkey.running(settings):
        process = start_worker(settings)
        try:
            enqueue_note(house, "first")
            assert wait_for_notes(settings, 1) == ["first"]
            connection = jobs.queue_of(settings.redis_url_used).connection
            os.kill(int(connection.info("server")["process_id"]), signal.SIGKILL)
            with valkey.running(settings):
                enqueue_note(house, "second")
                deadline = monotonic() + LIMIT_SECONDS
                while len(notes(settings)) < 2 and monotonic() < deadline:
                    # As `hotline up` does: a worker with a job in hand ends, an idle one waits.
                    if process.poll() is not None:
                        process = start_worker(settings)
                    sleep(0.05)
                assert notes(settings)[-1] == "second"
        finally:
            process.kill()
            process.wait()
    jobs.queue_of.cache_clear()
