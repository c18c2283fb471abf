"""`hotline up` as an operator meets it: the real command with the real processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from hotline.up import PROCESSES
from tests.ports import free_port

# Seven Python processes start at once; a busy machine of two cores needs its time.
START_SECONDS = 120.0
# `hotline up` takes less than ten (tests/integration/test_supervisor.py), if it is let.
STOP_SECONDS = 60.0

pytestmark = pytest.mark.timeout(600)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def processes_of(directory: Path) -> dict[int, str]:
    """Every process that has the data directory in its environment or command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            if os.fsencode(directory) in text and is_running(int(entry.name)):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(entry.name)] = command
    return found


def wait_for(condition: Callable[[], object], *, seconds: float) -> bool:
    deadline = monotonic() + seconds
    while not condition() and monotonic() < deadline:
        sleep(0.05)
    return bool(condition())


class Hotline:
    """A running `hotline up` and what it printed."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hotline.cli", "up", "--data-dir", str(directory), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **_ports()},
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=arguments, daemon=True)
            for arguments in (
                (self.process.stdout, self.lines),
                (self.process.stderr, self.errors),
            )
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(pipe: Iterator[str], lines: list[str]) -> None:
        for line in pipe:
            lines.append(line)

    @property
    def ready_line(self) -> str | None:
        return next((line for line in self.lines if line.startswith("hotline ready")), None)

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.ready_line or self.process.poll() is not None, seconds=START_SECONDS)
        assert self.ready_line, "".join(self.errors[-30:])

    @property
    def web(self) -> str:
        assert self.ready_line
        words = self.ready_line.split()
        return words[words.index("console") + 1].rstrip("/")

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.web}/readyz", timeout=20) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def pid_of(self, module: str) -> int | None:
        return next(
            (
                pid
                for pid, command in processes_of(self.directory).items()
                if command.rstrip().endswith(f"-m {module}")
            ),
            None,
        )

    def started(self) -> list[str]:
        """The programs started, in order, as the log tells."""
        records = [json.loads(line) for line in list(self.errors) if line.startswith("{")]
        return [row["program"] for row in records if row["message"] == "process started"]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        # The pipes end with the last child that holds them.
        for reader in self._readers:
            reader.join(60)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


def _ports() -> dict[str, str]:
    """Ports that no other worker takes before the processes have them."""
    names = ("HTTP", "AUDIO", "SIP", "ASR")
    return {f"HOTLINE_{name}_PORT": str(free_port()) for name in names}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextlib.contextmanager
def running(directory: Path, *options: str) -> Iterator[Hotline]:
    hotline = Hotline(directory, *options)
    try:
        hotline.wait_until_ready()
        yield hotline
    finally:
        hotline.end()


def refusal(directory: Path, **environment: str) -> str:
    """What `hotline up` says when it does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "hotline.cli", "up", "--data-dir", str(directory)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=START_SECONDS,
    )
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("hotline: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_up__runs_heals_and_stops(directory: Path) -> None:
    with running(directory, "--demo") as hotline:
        assert "/callback" in (hotline.ready_line or "")
        assert "sip:12348@127.0.0.1:" in (hotline.ready_line or "")
        assert wait_for(lambda: any("lawyer1" in line for line in hotline.lines), seconds=60)
        assert wait_for(hotline.is_ready, seconds=START_SECONDS)

        for name, module in (*PROCESSES, ("valkey", "")):
            pid = hotline.pid_of(module) if module else valkey_pid(hotline)
            assert pid, name
            started = hotline.started().count(name)
            os.kill(pid, signal.SIGKILL)
            assert wait_for(
                lambda name=name, started=started: hotline.started().count(name) > started,  # type: ignore[misc]
                seconds=60,
            ), name
        assert wait_for(hotline.is_ready, seconds=START_SECONDS)

        hotline.process.terminate()
        assert hotline.process.wait(STOP_SECONDS) == 0
        assert wait_for(lambda: not processes_of(directory), seconds=60), processes_of(directory)


def valkey_pid(hotline: Hotline) -> int | None:
    return next(
        (pid for pid, command in processes_of(hotline.directory).items() if "valkey" in command),
        None,
    )


def test_up__kill_9_leaves_no_process_and_the_next_start_works(directory: Path) -> None:
    with running(directory) as hotline:
        assert len(processes_of(directory)) > len(PROCESSES)
        hotline.process.kill()
        assert wait_for(lambda: not processes_of(directory), seconds=60), processes_of(directory)
    with running(directory) as hotline:
        assert wait_for(hotline.is_ready, seconds=START_SECONDS)

        second = refusal(directory)
        assert f"already running on {directory}" in second
        assert "--data-dir" in second

        hotline.process.send_signal(signal.SIGINT)
        assert hotline.process.wait(STOP_SECONDS) == 0


def test_up__busy_sip_port_is_one_clear_sentence(directory: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as busy:
        busy.bind(("127.0.0.1", 0))
        port = busy.getsockname()[1]
        said = refusal(directory, HOTLINE_SIP_PORT=str(port), HOTLINE_HTTP_PORT="0")
    assert f"UDP port {port} on 127.0.0.1 (SIP) is used by another program" in said
    assert "--sip-port" in said
    assert not processes_of(directory)


def test_up__busy_web_port_is_one_clear_sentence(directory: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        said = refusal(directory, HOTLINE_SIP_PORT="0", HOTLINE_HTTP_PORT=str(port))
    assert f"TCP port {port} on 127.0.0.1 (web) is used by another program" in said
    assert "--http-port" in said


def test_up__directory_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    # Root may write anywhere, so a file stands in the way instead of missing rights.
    (tmp_path / "file").write_text("")
    said = refusal(tmp_path / "file" / "data")
    assert "cannot be written" in said
    assert "--data-dir" in said


def test_up__setting_that_cannot_be_used_is_one_clear_sentence(directory: Path) -> None:
    said = refusal(directory, HOTLINE_TIMEZONE="Mars/Olympus")
    assert "HOTLINE_TIMEZONE" in said
