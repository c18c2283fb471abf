"""Listening to a real bus."""

from collections.abc import Iterator

import pytest

from hotline.bus import EVENTS_STREAM, LIVE_STREAM, Listener
from hotline.house import House
from tests.integration.web_house import with_bus


@pytest.fixture
def live(house: House) -> Iterator[House]:
    """A house with a real bus."""
    with with_bus(house) as live:
        yield live


class TestWait:
    async def test_wait__hears_what_came_between_two_waits(self, live: House) -> None:
        listener = Listener(live.settings.redis_url_used, streams=(EVENTS_STREAM, LIVE_STREAM))
        try:
            assert await listener.wait(timeout_seconds=0.01) == []
            live.bus.publish_live("transcript.partial", {"text": "拖"})
            live.bus.nudge()

            heard = await listener.wait(timeout_seconds=60)
        finally:
            await listener.close()

        assert [word.data for word in heard] == [{"text": "拖"}]

    async def test_wait__does_not_hear_what_was_said_before(self, live: House) -> None:
        live.bus.publish_live("transcript.partial", {"text": "old"})
        listener = Listener(live.settings.redis_url_used, streams=(LIVE_STREAM,))
        try:
            assert await listener.wait(timeout_seconds=0.01) == []
        finally:
            await listener.close()


class TestTold:
    def test_told__what_each_said_last_by_topic(self, live: House) -> None:
        live.bus.tell("trunks", "one", {"n": 1})
        live.bus.tell("trunks", "one", {"n": 2})
        live.bus.tell("trunks", "两", {"n": 3})
        live.bus.tell("other", "one", {"n": 4})

        assert sorted(data["n"] for data in live.bus.told("trunks")) == [2, 3]
        assert live.bus.told("nothing") == []
