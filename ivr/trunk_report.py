"""Telling the web faces what the trunks of this process are like."""

import asyncio

from hotline import trunk_board
from hotline.heartbeat import BEAT_SECONDS
from hotline.house import House
from ivr.sip.line import Line


async def keep_telling(house: House, node: str, line: Line) -> None:
    """Says what the line's trunks are like, again and again until cancelled."""
    while True:
        await asyncio.to_thread(
            trunk_board.tell, house, node, trunks=line.trunks, counters=line.counters
        )
        await asyncio.sleep(BEAT_SECONDS)
