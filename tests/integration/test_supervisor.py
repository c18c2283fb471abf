"""Watching over small real processes."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from hotline.supervisor import LAST_STOP_SECONDS, STOP_SECONDS, Program, Supervisor

# What a child of each kind does; each first writes its process id to a file.
CHILDREN = {
    "good": "signal.pause()",
    "stubborn": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()",
    "short": "",
    "parent": textwrap.dedent(
        """
        import subprocess
        code = "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"
        child = subprocess.Popen([sys.executable, "-c", code])
        draft = pathlib.Path(sys.argv[1] + ".child.draft")
        draft.write_text(str(child.pid))
        draft.rename(sys.argv[1] + ".child")
        signal.pause()
        """
    ),
}


def program(tmp_path: Path, kind: str, name: str | None = None) -> Program:
    name = name or kind
    code = (
        "import os, pathlib, signal, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "draft = path.with_suffix('.draft')\n"
        "draft.write_text(str(os.getpid()))\n"
        "draft.rename(path)\n" + CHILDREN[kind]
    )
    return Program(name, (sys.executable, "-c", code, str(tmp_path / name)), os.environ)


LIMIT_SECONDS = 60.0


def pid_in(path: Path) -> int:
    return int(path.read_text()) if path.exists() else 0


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, *, seconds: float = LIMIT_SECONDS) -> bool:  # type: ignore[no-untyped-def]
    deadline = monotonic() + seconds
    while not condition() and monotonic() < deadline:
        sleep(0.02)
    return bool(condition())


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    with Supervisor() as made:
        yield made


def test_attend__starts_again_what_was_killed(tmp_path: Path, supervisor: Supervisor) -> None:
    supervisor.add(program(tmp_path, "good"))
    path = tmp_path / "good"
    assert supervisor.attend(path.exists, timeout_seconds=LIMIT_SECONDS)
    first = pid_in(path)
    os.kill(first, signal.SIGKILL)
    assert supervisor.attend(lambda: pid_in(path) not in (0, first), timeout_seconds=LIMIT_SECONDS)
    assert is_running(pid_in(path))


def test_attend__slows_down_for_what_does_not_stay(
    tmp_path: Path, supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor.add(program(tmp_path, "short"))

    def delays() -> list[float]:
        return [
            record.__dict__["delay_seconds"]
            for record in caplog.records
            if "died" in record.message
        ]

    assert supervisor.attend(lambda: len(delays()) >= 3, timeout_seconds=LIMIT_SECONDS)
    assert delays()[:3] == [0.2, 0.4, 0.8]


def test_attend__what_cannot_be_started_does_not_end_the_others(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    supervisor.add(Program("none", ("/nonexistent",), os.environ))
    supervisor.add(program(tmp_path, "good"))
    assert supervisor.attend((tmp_path / "good").exists, timeout_seconds=LIMIT_SECONDS)


def test_attend__takes_the_family_of_the_dead_along(tmp_path: Path, supervisor: Supervisor) -> None:
    supervisor.add(program(tmp_path, "parent"))
    path = tmp_path / "parent.child"
    assert supervisor.attend(path.exists, timeout_seconds=LIMIT_SECONDS)
    child = pid_in(path)
    os.kill(supervisor.pids()["parent"], signal.SIGKILL)
    assert supervisor.attend(lambda: not is_running(child), timeout_seconds=LIMIT_SECONDS)


def test_attend__ends_on_sigterm(tmp_path: Path, supervisor: Supervisor) -> None:
    supervisor.add(program(tmp_path, "good"))
    os.kill(os.getpid(), signal.SIGTERM)
    assert not supervisor.attend()
    assert supervisor.is_stopping


def test_exit__stops_all_stubborn_ones_too(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        for kind in ("good", "stubborn", "parent"):
            supervisor.add(program(tmp_path, kind))
        paths = [tmp_path / name for name in ("good", "stubborn", "parent.child")]
        assert supervisor.attend(
            lambda: all(path.exists() for path in paths), timeout_seconds=LIMIT_SECONDS
        )
    assert wait_for(lambda: not [path for path in paths if is_running(pid_in(path))])


def test_exit__has_less_than_ten_seconds_for_all() -> None:
    """As the machine gives them; how long it stands still meanwhile is not the supervisor's."""
    assert STOP_SECONDS + LAST_STOP_SECONDS < 10


def test_kill_9__leaves_nobody(tmp_path: Path) -> None:
    code = textwrap.dedent(
        f"""
        from pathlib import Path
        from hotline.supervisor import Supervisor
        from tests.integration.test_supervisor import program
        path = Path({str(tmp_path)!r})
        with Supervisor() as supervisor:
            for kind in ("good", "stubborn"):
                supervisor.add(program(path, kind))
            supervisor.attend()
        """
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root) as process:
        paths = [tmp_path / "good", tmp_path / "stubborn"]
        assert wait_for(lambda: all(path.exists() for path in paths))
        process.kill()
    assert wait_for(lambda: not [path for path in paths if is_running(pid_in(path))])
