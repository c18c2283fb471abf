"""Saying that a process does its work, so that /readyz and the wallboard can tell.

The beat comes from the loop that does the work, never from a thread of its own: a thread would go
on saying so while the work stands still.
"""

import asyncio

from hotline.house import House

BEAT_SECONDS = 1.5


def beat(house: House, name: str) -> None:
    """Says once that the process of this name works."""
    house.bus.beat(name)


async def keep_beating(house: House, name: str) -> None:
    """Says so from this event loop until cancelled."""
    while True:
        await asyncio.to_thread(beat, house, name)
        await asyncio.sleep(BEAT_SECONDS)
