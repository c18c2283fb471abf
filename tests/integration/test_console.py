"""The console's web socket over a real bus and real sockets."""

import asyncio
from collections.abc import Iterator
from functools import partial

import pytest

from agent_console.app import mount
from agent_console.hub import Hub
from hotline.accounts.service import sign_out
from hotline.events import EventType
from hotline.house import House
from hotline.tables import Lawyer
from tests.integration.web_house import page, serving, until, with_bus
from tests.unit.api.factories import add_offer, add_people, add_sign_in, add_talk, add_waiting


@pytest.fixture
def live(house: House) -> Iterator[House]:
    """A house with a real bus."""
    with with_bus(house) as live:
        yield live


@pytest.fixture
def ids(live: House) -> dict[str, str]:
    """The people's ids by user name."""
    return add_people(live)


@pytest.fixture
def address(live: House, ids: dict[str, str]) -> Iterator[str]:
    """Where the web process listens."""
    with serving(live) as address:
        yield address


@pytest.fixture
def li(live: House, ids: dict[str, str]) -> str:
    """Li's token."""
    return add_sign_in(live, ids["li"])


def record_change(house: House) -> None:
    """Something that everybody on the floor is told of, each time it happens."""
    with house.database.session() as session:
        house.record(session, EventType.ROTA_CHANGED, shift_id="x")


def lawyer(house: House, lawyer_id: str) -> Lawyer:
    with house.database.reading() as session:
        row = session.get_one(Lawyer, lawyer_id)
        session.expunge(row)
        return row


async def eventually(house: House, lawyer_id: str, *, is_here: bool) -> None:
    """Waits until the database says that a lawyer's page is there, or gone."""
    await until(lambda: (lawyer(house, lawyer_id).disconnected_at is None) is is_here)


class TestHello:
    async def test_hello__is_a_snapshot_and_events_follow(
        self, live: House, address: str, li: str
    ) -> None:
        async with page(address, li) as console:
            hello = await console.next()
            add_waiting(live)
            changed = await console.until("queue.changed")

        assert hello["type"] == "hello"
        assert hello["data"]["user"]["username"] == "li"
        assert hello["data"]["resumed"] is False
        assert changed["seq"] > hello["seq"]
        assert len(changed["data"]["queue"]) == 1

    async def test_hello__without_a_sign_in_is_closed_4401(self, address: str) -> None:
        async with page(address, "nonsense") as console:
            assert await console.close_code() == 4401

    async def test_hello__by_cookie_from_our_origin(self, address: str, li: str) -> None:
        headers = {"Cookie": f"hotline_session={li}", "Origin": f"http://{address}"}
        async with page(address, "", additional_headers=headers) as console:
            assert (await console.next())["type"] == "hello"

    async def test_hello__by_cookie_from_another_site_is_closed_4403(
        self, address: str, li: str
    ) -> None:
        headers = {"Cookie": f"hotline_session={li}", "Origin": "https://evil.example"}
        async with page(address, "", additional_headers=headers) as console:
            assert await console.close_code() == 4403


class TestResume:
    async def test_resume__gives_what_was_missed_without_gaps_or_doubles(
        self, live: House, address: str, li: str
    ) -> None:
        applied: list[int] = []
        async with page(address, li) as console:
            begin = (await console.next())["seq"]
            for _ in range(10):
                record_change(live)
            for _ in range(10):
                applied.append((await console.until("rota.changed"))["seq"])
        for _ in range(100):
            record_change(live)
        async with page(address, li, after=applied[-1]) as console:
            hello = await console.next()
            while len(applied) < 110:
                applied.append((await console.until("rota.changed"))["seq"])
            record_change(live)
            applied.append((await console.until("rota.changed"))["seq"])

        assert hello["data"]["resumed"] is True
        assert len(set(applied)) == 111
        assert applied == sorted(applied)
        # Besides, only the coming and going of pages is written, which is no event.
        assert applied[-1] - begin == 111

    async def test_resume__while_events_rain_misses_none(
        self, live: House, address: str, li: str
    ) -> None:
        async with page(address, li) as console:
            last = (await console.next())["seq"]
        rain = asyncio.create_task(asyncio.to_thread(self._rain, live, 60))
        applied: list[int] = []
        while len(applied) < 60:
            async with page(address, li, after=last) as console:
                await console.next()
                for _ in range(min(7, 60 - len(applied))):
                    last = (await console.until("rota.changed"))["seq"]
                    applied.append(last)
        await rain

        assert applied == list(range(applied[0], applied[0] + 60))

    async def test_resume__from_an_unknown_place_begins_anew(self, address: str, li: str) -> None:
        async with page(address, li, after=999_999) as console:
            assert (await console.next())["data"]["resumed"] is False
        async with page(address, li, after=0) as console:
            assert (await console.next())["data"]["resumed"] is False

    async def test_resume__after_too_long_an_absence_begins_anew(
        self, live: House, li: str, ids: dict[str, str]
    ) -> None:
        with serving(live, mounts=[partial(mount, hub=Hub(live, ring_length=5))]) as address:
            async with page(address, li) as console:
                last = (await console.next())["seq"]
                for _ in range(20):
                    record_change(live)
                seen = [await console.until("rota.changed") for _ in range(20)]
                newest = seen[-1]["seq"]
            async with page(address, li, after=last) as console:
                assert (await console.next())["data"]["resumed"] is False
            async with page(address, li, after=newest - 5) as console:
                assert (await console.next())["data"]["resumed"] is True
                assert (await console.until("rota.changed"))["seq"] == newest - 4

    @staticmethod
    def _rain(house: House, count: int) -> None:
        for _ in range(count):
            record_change(house)


class TestOffer:
    async def test_offer__is_made_acknowledged_and_accepted(
        self, live: House, address: str, li: str, ids: dict[str, str]
    ) -> None:
        async with page(address, li) as console, page(address, li) as second_tab:
            await console.next()
            await second_tab.next()
            call_id, offer_id = add_offer(live, ids["li"])
            offer = await console.until("offer.made")
            await console.say(type="offer.acknowledge", offer_id=offer_id)
            await console.say(type="offer.accept", offer_id=offer_id, request=1)
            reply = await console.until("reply")
            closed = await second_tab.until("offer.closed")

        assert offer["data"]["id"] == offer_id
        assert reply["ok"] is True
        assert reply["data"]["call_id"] == call_id
        assert reply["data"]["audio_url"].startswith("ws://127.0.0.1:8001/ws/audio/leg_")
        assert closed["data"] == {"offer_id": offer_id, "reason": "accepted"}

    async def test_accept__too_late_is_refused(
        self, live: House, address: str, li: str, ids: dict[str, str]
    ) -> None:
        talk = add_talk(live, ids["li"])
        async with page(address, li) as console:
            await console.next()
            await console.say(type="offer.accept", offer_id=talk.offer_id, request=5)
            reply = await console.until("reply")

        assert (reply["ok"], reply["request"], reply["error"]["status"]) == (False, 5, 409)

    async def test_decline__moves_the_offer_on(
        self, live: House, address: str, li: str, ids: dict[str, str]
    ) -> None:
        async with page(address, li) as console:
            await console.next()
            _, offer_id = add_offer(live, ids["li"])
            await console.say(type="offer.decline", offer_id=offer_id, request=1)
            closed = await console.until("offer.closed")

        assert closed["data"]["reason"] == "declined"

    async def test_offer__reaches_nobody_else(
        self, live: House, address: str, ids: dict[str, str]
    ) -> None:
        wang = add_sign_in(live, ids["wang"])
        async with page(address, wang) as console:
            await console.next()
            add_offer(live, ids["li"])
            record_change(live)
            await console.until("rota.changed")

        assert "offer.made" not in [message["type"] for message in console.seen]


class TestWords:
    async def test_ping__tells_the_last_seq(self, live: House, address: str, li: str) -> None:
        async with page(address, li) as console:
            hello = await console.next()
            await console.say(type="ping")
            pong = await console.until("pong")

        assert pong["seq"] >= hello["seq"]

    async def test_nonsense__is_answered_and_forgiven(self, address: str, li: str) -> None:
        async with page(address, li) as console:
            await console.next()
            await console.socket.send("nonsense")
            assert (await console.until("error"))["detail"] == "A message must be JSON."
            await console.say(type="ping")
            await console.until("pong")

    async def test_binary__ends_the_conversation(self, address: str, li: str) -> None:
        async with page(address, li) as console:
            await console.next()
            await console.socket.send(b"\x00")
            await console.close_code()

    async def test_partial__reaches_the_lawyer_of_the_call_only(
        self, live: House, address: str, li: str, ids: dict[str, str]
    ) -> None:
        talk = add_talk(live, ids["li"])
        wang = add_sign_in(live, ids["wang"])
        async with page(address, li) as mine, page(address, wang) as other:
            await mine.next()
            await other.next()
            # The bus keeps nothing for those who were not listening yet: words come often.
            saying = asyncio.create_task(self._keep_saying(live, talk.call_id))
            partial = await mine.until("transcript.partial")
            saying.cancel()
            record_change(live)
            await other.until("rota.changed")
            changed = await mine.until("rota.changed")

        assert partial["data"]["text"] == "拖欠"
        assert partial["data"]["final"] is False
        # It has the number of the last event before, which may be that the other page came.
        before = mine.seen[mine.seen.index(partial) - 1]
        assert before["seq"] <= partial["seq"] < changed["seq"]
        assert "transcript.partial" not in [message["type"] for message in other.seen]

    @staticmethod
    async def _keep_saying(house: House, call_id: str) -> None:
        words = {"speaker": "caller", "start_ms": 0, "end_ms": 500, "text": "拖欠"}
        while True:
            house.bus.publish_live("transcript.partial", {"call_id": call_id, **words})
            await asyncio.sleep(0.05)

    async def test_summary__comes_to_supervisors_by_itself(
        self, live: House, address: str, ids: dict[str, str]
    ) -> None:
        async with page(address, add_sign_in(live, ids["supervisor"])) as board:
            await board.next()
            figures = await board.until("summary")

        assert figures["data"]["lawyers_available"] == 2


class TestPresence:
    async def test_presence__follows_the_first_and_the_last_page(
        self, live: House, address: str, li: str, ids: dict[str, str]
    ) -> None:
        async with page(address, li) as first:
            await first.next()
            async with page(address, li) as second:
                await second.next()
                await eventually(live, ids["li"], is_here=True)
            record_change(live)
            await first.until("rota.changed")
            assert lawyer(live, ids["li"]).disconnected_at is None
        await eventually(live, ids["li"], is_here=False)

        async with page(address, li) as again:
            await again.next()
            await eventually(live, ids["li"], is_here=True)

    async def test_presence__ends_with_the_process(
        self, live: House, li: str, ids: dict[str, str]
    ) -> None:
        with serving(live) as address:
            async with page(address, li) as console:
                await console.next()
                await eventually(live, ids["li"], is_here=True)
        assert lawyer(live, ids["li"]).disconnected_at is not None


class TestSignedOut:
    async def test_sign_out__closes_the_page_at_the_next_check(
        self, live: House, li: str, ids: dict[str, str]
    ) -> None:
        console_face = partial(mount, hub=Hub(live, recheck_seconds=0.1))
        with serving(live, mounts=[console_face]) as address:
            async with page(address, li) as console:
                await console.next()
                with live.database.session() as session:
                    sign_out(session, live, li)
                assert await console.close_code() == 4401
