"""Real calls with pjsua2, a SIP telephone that is not ours.

It keeps threads and global state, so it lives in a process of its own (`pjsua_telephone.py`), which
prints what happens; this module runs it and reads that.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("pjsua_telephone.py")


@dataclass(frozen=True)
class PjsuaResult:
    """What the telephone saw.

    Attributes:
        events: Each with `what` and `at` (seconds since dialling), in order.
        errors: What the process wrote when it failed.
    """

    events: list[dict[str, Any]]
    errors: str

    @property
    def names(self) -> list[str]:
        """What happened, in order."""
        return [event["what"] for event in self.events]

    def find(self, what: str) -> dict[str, Any]:
        """The first event of that name.

        Raises:
            AssertionError: There is none.
        """
        for event in self.events:
            if event["what"] == what:
                return event
        raise AssertionError(f"no {what!r} among {self.names}\n{self.errors[-2000:]}")


class PjsuaProcess:
    """A call that is going on."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def wait(self, *, timeout_seconds: float = 150.0) -> PjsuaResult:
        """Waits until the call is over."""
        output, errors = self._process.communicate(timeout=timeout_seconds)
        events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        return PjsuaResult(events, errors)


@contextmanager
def pjsua_call(
    *,
    port: int,
    host: str = "127.0.0.1",
    called: str = "12348",
    caller: str = "13800001234",
    seconds: float = 2.0,
    digits: str = "",
    digit_seconds: float = 1.0,
    play: Path | None = None,
    record: Path | None = None,
    codec: str = "PCMA",
    hold_after_seconds: float | None = None,
    session_seconds: int | None = None,
) -> Iterator[PjsuaProcess]:
    """Begins a call; leaving the block ends it.

    Args:
        port: UDP port of the hotline.
        host: Its IP address.
        called: The number to dial.
        caller: The number to show.
        seconds: How long to stay after the answer.
        digits: Keys to press, such as ``1,2``.
        digit_seconds: Time before each key.
        play: WAV to say, again and again.
        record: WAV to write what is heard to.
        codec: The only codec that is offered.
        hold_after_seconds: When to hold for a second, None for never.
        session_seconds: The interval of a session timer that it insists on, None for none.
    """
    options = {
        "--host": host,
        "--port": port,
        "--to": called,
        "--from": caller,
        "--seconds": seconds,
        "--digits": digits,
        "--digit-seconds": digit_seconds,
        "--play": play,
        "--record": record,
        "--codec": codec,
        "--hold-after": hold_after_seconds,
        "--session-seconds": session_seconds,
    }
    command = [sys.executable, str(_SCRIPT)]
    for name, value in options.items():
        if value not in (None, ""):
            command += [name, str(value)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield PjsuaProcess(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
