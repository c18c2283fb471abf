"""The trunk line talks to pjsua2, a SIP telephone that is not ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from ivr.media.control import Codec
from ivr.sip.line import Direction, EndReason
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.sipp.listener import Desk
from tests.sipp.pjsua_call import pjsua_call


@pytest.fixture
def desk() -> Desk:
    return Desk()


@asynccontextmanager
async def running(
    desk: Desk, *, session_policy: SessionPolicy = DEFAULT_POLICY
) -> AsyncIterator[TrunkLine]:
    line = TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=one_trunk([ip_network("127.0.0.1/32")]),
        max_calls=10,
        calls_per_second=10,
        user_agent="hotline test",
        session_policy=session_policy,
    )
    await line.start(desk.take)
    try:
        yield line
    finally:
        await line.stop()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    async with running(desk) as line:
        yield line


@pytest.mark.parametrize("codec", [Codec.PCMA, Codec.PCMU])
async def test_call__talks_and_hangs_up(line: TrunkLine, desk: Desk, codec: Codec) -> None:
    with pjsua_call(port=line.port, seconds=0.5, codec=codec.name) as telephone:
        result = await asyncio.to_thread(telephone.wait)

    call, witness = await desk.arrival()
    assert result.find("ended")["status"] == 200
    assert await witness.ended() is EndReason.CALLER_HUNG_UP
    assert (call.caller, call.called) == ("13800001234", "12348")
    assert (await witness.answered()).codec is codec
    assert witness.answers[0].telephone_event is not None


async def test_call__is_hung_up_by_us(line: TrunkLine, desk: Desk) -> None:
    with pjsua_call(port=line.port, seconds=100) as telephone:
        call, witness = await desk.arrival()
        await witness.answered()
        call.hang_up()
        result = await asyncio.to_thread(telephone.wait)

    assert "answered" in result.names
    assert "hung up" not in result.names


async def test_call__holds_and_resumes(line: TrunkLine, desk: Desk) -> None:
    with pjsua_call(port=line.port, seconds=2.5, hold_after_seconds=0.5) as telephone:
        result = await asyncio.to_thread(telephone.wait)

    _, witness = await desk.arrival()
    assert result.find("ended")["status"] == 200
    await witness.ended()
    directions = [change.direction for change in witness.changes]
    assert directions == [Direction.SENDONLY, Direction.SENDRECV]


async def test_call__session_timer_is_agreed_on(line: TrunkLine, desk: Desk) -> None:
    with pjsua_call(port=line.port, seconds=0.5, session_seconds=90) as telephone:
        result = await asyncio.to_thread(telephone.wait)

    _, witness = await desk.arrival()
    assert result.find("ended")["status"] == 200
    assert await witness.ended() is EndReason.CALLER_HUNG_UP


async def test_call__larger_session_interval_is_asked_for(desk: Desk) -> None:
    async with running(desk, session_policy=SessionPolicy(minimum_seconds=120)) as line:
        with pjsua_call(port=line.port, seconds=0.5, session_seconds=90) as telephone:
            result = await asyncio.to_thread(telephone.wait)

        assert "answered" in result.names
        # The INVITE that asked for too little is no call.
        assert (len(desk.calls), line.statistics.refused) == (1, 1)


async def test_call__refusal_reaches_the_telephone(line: TrunkLine, desk: Desk) -> None:
    desk.answers = False
    with pjsua_call(port=line.port) as telephone:
        call, witness = await desk.arrival()
        call.reject(486)
        result = await asyncio.to_thread(telephone.wait)

    assert result.find("ended")["status"] == 486
    assert await witness.ended() is EndReason.REJECTED
