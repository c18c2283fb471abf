"""What runs beside the pages."""

import asyncio
import contextlib

from agent_console.app import keep_up

_DEADLINE_SECONDS = 60.0


async def test_keep_up__begins_again_after_a_failure() -> None:
    again = asyncio.Event()
    beginnings = 0

    async def run() -> None:
        nonlocal beginnings
        beginnings += 1
        if beginnings == 1:
            raise OSError("away")
        again.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_up(run, pause_seconds=0))
    async with asyncio.timeout(_DEADLINE_SECONDS):
        await again.wait()

    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert beginnings == 2
