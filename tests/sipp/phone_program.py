"""A lawyer's SIP phone (`pjsua_phone.py`) as a program that runs, and what it says."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_PROGRAM = Path(__file__).with_name("pjsua_phone.py")
_WAIT_SECONDS = 60.0


class PhoneProgram:
    """A phone that runs as a program."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def says(self, what: str) -> dict[str, object]:
        """Waits until it says this."""
        assert self._process.stdout is not None
        async with asyncio.timeout(_WAIT_SECONDS):
            while True:
                line = await self._process.stdout.readline()
                assert line, f"the phone ended before it said {what}"
                # pjsua2 says a line of its own before it can be told not to.
                said: dict[str, object] = json.loads(line) if line.startswith(b"{") else {}
                if said.get("what") == what:
                    return said

    def hang_up(self) -> None:
        """Ends its call."""
        self._process.send_signal(signal.SIGUSR1)

    async def ends(self) -> None:
        """Waits until it is done."""
        async with asyncio.timeout(_WAIT_SECONDS):
            await self._process.wait()


@asynccontextmanager
async def phone(
    port: int, *, username: str, password: str, options: tuple[str, ...] = ()
) -> AsyncIterator[PhoneProgram]:
    """Starts a phone.

    Args:
        port: Where it registers, on 127.0.0.1.
        username: Whose phone it is.
        password: What it shows.
        options: More of its command line.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(_PROGRAM), "--port", str(port), "--username", username),
        *("--password", password, *options),
        stdout=PIPE,
    )
    try:
        yield PhoneProgram(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
