"""Telling the web faces what the trunks of this process are like."""

import asyncio

from hotline import trunk_board
from hotline.heartbeat import BEAT_SECONDS
from hotline.house import House
from ivr.sip.line import Line


async def keep_telling(
    house: House, node: str, line: Line, *, every_seconds: float = BEAT_SECONDS
) -> None:
    """Says what the line's trunks are like, again and again until cancelled.

    Args:
        house: The process's house.
        node: Name of this process among those that share the database.
        line: The line.
        every_seconds: The pause between two times.
    """
    while True:
        await asyncio.to_thread(
            trunk_board.tell, house, node, trunks=line.trunks, counters=line.counters
        )
        await asyncio.sleep(every_seconds)
