"""How the trunk line begins and ends, and how many calls it takes, with SIPp."""

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from ivr.sip.line import EndReason, Line, LineCall, LineState, PortTaken
from ivr.sip.trunk_line import TrunkLine
from tests.integration.trunk_house import make_line, play
from tests.sipp.listener import Desk
from tests.sipp.run import Sipp


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    line = make_line()
    await line.start(desk.take)
    yield line
    await line.stop()


class TestLimits:
    async def test_invite__past_max_calls_gets_503_with_a_time(self, desk: Desk) -> None:
        line = make_line(max_calls=1)
        await line.start(desk.take)
        with Sipp("call_until_bye", port=line.port) as sipp:
            call, witness = await desk.arrival()
            await witness.answered()
            await play(line, "refused", STATUS=503, EXPECT="Retry-[Aa]fter: 10")
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()
        await play(line, "call")
        await line.stop()

        assert len(desk.calls) == 2

    async def test_invite__faster_than_allowed_gets_503_with_a_time(self, desk: Desk) -> None:
        # None for an hour after the first.
        line = make_line(calls_per_second=1 / 3600)
        await line.start(desk.take)
        await play(line, "call", TALK_MS=0)

        await play(line, "refused", STATUS=503, EXPECT="Retry-[Aa]fter: 2")
        await line.stop()

        assert len(desk.calls) == 1

    async def test_drain__new_calls_are_refused_and_old_ones_go_on(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        with Sipp("call_until_bye", port=line.port) as sipp:
            call, witness = await desk.arrival()
            await witness.answered()
            line.drain()
            await play(line, "refused", STATUS=503, EXPECT="Retry-[Aa]fter: 30")
            await play(line, "request", METHOD="OPTIONS", STATUS=503)
            assert (line.state, line.call_count) == (LineState.DRAINING, 1)
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()

    async def test_call__two_hundred_quick_calls_leave_nothing_behind(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "call", TALK_MS=50, calls=200, rate=100, timeout_seconds=120)

        for witness in desk.witnesses:
            assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert len(desk.witnesses) == 200
        assert line.call_count == 0
        statistics = line.statistics
        assert (statistics.refused, statistics.malformed, statistics.unsent) == (0, 0, 0)


class TestLife:
    async def test_start__taken_port_is_named_with_a_remedy(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            taken = other.getsockname()[1]

            with pytest.raises(PortTaken, match=rf"{taken}.*HOTLINE_SIP_PORT"):
                await make_line(port=taken).start(lambda call: None)

    async def test_stop__calls_are_hung_up_and_the_port_is_free(self, desk: Desk) -> None:
        line = make_line()
        await line.start(desk.take)
        port = line.port
        with Sipp("call_until_bye", port=port) as sipp:
            _, witness = await desk.arrival()
            await witness.answered()
            await line.stop()
            (await asyncio.to_thread(sipp.wait)).check()

        assert witness.ends == [EndReason.WE_HUNG_UP]
        assert line.state is LineState.STOPPED
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", port))

    async def test_start__call_that_nobody_can_take_is_refused(self) -> None:
        def fail(call: LineCall) -> None:
            raise ZeroDivisionError

        line: Line = make_line()
        await line.start(fail)
        assert isinstance(line, TrunkLine)
        await play(line, "refused", STATUS=500)
        await line.stop()

        assert line.call_count == 0

    async def test_start__two_lines_and_a_second_life_share_one_thread(self, desk: Desk) -> None:
        first, second = make_line(), make_line()
        await first.start(desk.take)
        await second.start(desk.take)
        await play(first, "call")
        await first.stop()
        await play(second, "call")
        await second.stop()
        await first.start(desk.take)
        await play(first, "call")
        await first.stop()

        assert len(desk.calls) == 3

    async def test_listen__on_every_address_answers_from_the_right_one(self, desk: Desk) -> None:
        desk.host = "0.0.0.0"
        line = make_line(host="0.0.0.0", trunks=[ip_network("127.0.0.0/8")])
        await line.start(desk.take)
        await play(line, "hold", EXPECT="c=IN IP4 127.0.0.1")
        await line.stop()

        _, witness = await desk.arrival()
        assert witness.ends == [EndReason.CALLER_HUNG_UP]
