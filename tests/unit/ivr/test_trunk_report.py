"""The web faces hear what the trunks are like, again and again."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

from hotline.house import House
from ivr.sip.line import TrunkStatus
from ivr.trunk_report import keep_telling
from tests.conftest import SilentBus

_PATIENCE_SECONDS = 60.0


class ListeningBus(SilentBus):
    """A bus that remembers what was told, and says when it was."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.told_twice = asyncio.Event()
        self.notes: list[tuple[str, str, dict[str, Any]]] = []

    def tell(self, topic: str, name: str, data: dict[str, Any]) -> None:
        """Remembers; called in another thread."""
        self.notes.append((topic, name, data))
        if len(self.notes) == 2:
            self.loop.call_soon_threadsafe(self.told_twice.set)


class OneMoreCall:
    """A line whose only trunk has one call more each time that somebody looks."""

    def __init__(self) -> None:
        self.counters = Counter(scanners=7)
        self.calls = 0

    @property
    def trunks(self) -> list[TrunkStatus]:
        """The trunk."""
        self.calls += 1
        return [TrunkStatus("one", "up", "registered", calls=self.calls, max_calls=None)]


async def test_keep_telling__says_what_the_trunks_are_like_each_time(house: House) -> None:
    bus = ListeningBus()
    telling = asyncio.create_task(
        keep_telling(replace(house, bus=bus), "node", OneMoreCall(), every_seconds=0.0)  # type: ignore[arg-type]  # as much of a line as is looked at
    )
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await bus.told_twice.wait()
    telling.cancel()

    first, second = bus.notes[:2]
    assert first[:2] == second[:2] == ("trunks", "node")
    assert [note[2]["trunks"][0]["calls"] for note in (first, second)] == [1, 2]
    assert first[2]["trunks"][0]["registration"] == "registered"
    assert first[2]["counters"] == {"scanners": 7}
