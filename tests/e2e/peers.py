"""The people of an end-to-end test: a caller with a telephone, a lawyer with a browser."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.05


def eventually(probe: Callable[[], T | None], *, what: str, timeout_seconds: float = 60.0) -> T:
    """What `probe` answers once it answers something true; fails at the deadline."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if answer := probe():
            return answer
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{what} did not happen within {timeout_seconds:.0f} s")


class Telephone:
    """A pjsua2 telephone in a process of its own (tests/e2e/phone.py)."""

    def __init__(self, *, port: int, number: str, save: Path | None = None) -> None:
        self.port = port
        command = [sys.executable, "-m", "tests.e2e.phone", "--port", str(port)]
        command += ["--number", number, *(["--save", str(save)] if save else [])]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self.events: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for("ready")

    def __enter__(self) -> "Telephone":
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.put_away()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def put_away(self) -> None:
        """Ends the telephone; what it saved is complete then."""
        if self._process.poll() is not None:
            return
        try:
            self.say("quit")
            self._process.wait(timeout=60)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self._process.kill()
            self._process.wait()

    def say(self, command: str) -> None:
        """Sends a command line."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def wait_for(self, event: str, *, timeout_seconds: float = 60.0) -> str:
        """Waits for an event line that begins so."""
        return eventually(
            lambda: next((line for line in self.events if line.startswith(event)), None),
            what=f"the telephone's {event}",
            timeout_seconds=timeout_seconds,
        )

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.events.append(line.strip())


@contextmanager
def ringing(sip_port: int, **options: object) -> Iterator[Telephone]:
    """A telephone that has called the hotline and is connected."""
    with Telephone(**options) as phone:  # type: ignore[arg-type]  # its own keywords
        phone.say(f"call sip:12348@127.0.0.1:{sip_port}")
        phone.wait_for("confirmed")
        yield phone
