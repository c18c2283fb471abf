"""Session timers and reliable ringing between the trunk line and SIPp."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

from ivr.sip.line import EndReason
from ivr.sip.session_timer import SessionPolicy
from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Desk, Witness
from tests.sipp.run import Sipp
from tests.sipp.steps import (
    ack,
    answer,
    answer_invite,
    bye,
    callee,
    callee_request,
    caller,
    expect,
    expect_request,
    invite,
    pause,
    request,
    take_invite,
)

# A silent peer is given up after less than two seconds.
QUICK = SessionPolicy(minimum_seconds=2, wanted_seconds=2)
# A refresh goes out after a second and is waited for a minute; the one after it is far away, so
# that a slow machine can answer.
EARLY = SessionPolicy(refresh_share=0.01)
REFRESHED = "Session-Expires: 1800;refresher=uac"
TIMER = "Supported: timer\nSession-Expires: {}\n"


@asynccontextmanager
async def running(desk: Desk, port: int | None, **changes: object) -> AsyncIterator[TrunkLine]:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.1/32")],
        "outbound": None if port is None else ("127.0.0.1", port),
        "max_calls": 10,
        "calls_per_second": 10,
        "user_agent": "hotline test",
    }
    line = TrunkLine(**with_one_trunk(values | changes))  # type: ignore[arg-type]  # a table of arguments
    await line.start(desk.take)
    try:
        yield line
    finally:
        await line.stop()


async def call_us(scenario: str, *, desk: Desk | None = None, **changes: object) -> Witness:
    """Has SIPp call a line; the witness of that call."""
    desk = desk or Desk()
    async with running(desk, None, **changes) as line:
        with Sipp(scenario, port=line.port) as sipp:
            (await asyncio.to_thread(sipp.wait)).check()
        _, witness = await desk.arrival()
        await witness.ended()
    return witness


@asynccontextmanager
async def calling(scenario: str, **changes: object) -> AsyncIterator[Witness]:
    """Has a line call SIPp; the scenario is played to its end."""
    witness = Witness()
    with Sipp(scenario) as sipp:
        await sipp.listening()
        async with running(Desk(), sipp.sip_port, **changes) as line:
            call = await line.dial(
                "13800001234",
                from_number="12348",
                host="127.0.0.1",
                port=40_000,
                listener=witness,
                timeout_seconds=60,
            )
            yield witness
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()


class TestInboundTimer:
    async def test_invite__caller_that_refreshes_is_told_so(self) -> None:
        scenario = caller(
            invite(headers=TIMER.format("1800;refresher=uac")),
            expect(200, "Session-[Ee]xpires: 1800;refresher=uac", "Require: timer"),
            ack(),
            bye(2),
        )

        assert (await call_us(scenario)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_invite__compact_session_expires_is_read(self) -> None:
        scenario = caller(
            invite(headers="k: timer\nx: 1800\n"),
            expect(200, "Session-[Ee]xpires: 1800;refresher=uac"),
            ack(),
            bye(2),
        )

        assert (await call_us(scenario)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_invite__too_small_gets_422_with_90(self) -> None:
        scenario = caller(
            invite(headers=TIMER.format("60")),
            expect(422, "Min-[Ss][Ee]: 90"),
            ack(),
            invite(headers=TIMER.format("90"), sequence=2),
            expect(200, "Session-[Ee]xpires: 90"),
            ack(2),
            bye(3),
        )

        assert (await call_us(scenario)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_invite__no_timer_for_whoever_asks_for_none(self) -> None:
        scenario = caller(invite(), expect(200, without="Session-[Ee]xpires"), ack(), bye(2))

        assert (await call_us(scenario)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_reinvite__ims_begins_the_timer_right_after_the_answer(self) -> None:
        scenario = caller(
            invite(),
            expect(200),
            ack(),
            request(
                "INVITE",
                2,
                headers=TIMER.format("1800;refresher=uac") + "Min-SE: 90",
                body="@OFFER@",
            ),
            expect(200, "Session-[Ee]xpires: 1800;refresher=uac", "m=audio 40000"),
            ack(2),
            request("UPDATE", 3, headers=TIMER.format("1800;refresher=uac")),
            expect(200, "Session-[Ee]xpires: 1800;refresher=uac"),
            request("UPDATE", 4, headers=TIMER.format("60")),
            expect(422, "Min-[Ss][Ee]: 90"),
            request("INVITE", 5, headers=TIMER.format("60"), body="@OFFER@"),
            expect(422, "Min-[Ss][Ee]: 90"),
            ack(5),
            bye(6),
        )

        witness = await call_us(scenario)
        assert witness.order == ["answered", "ended"]
        assert witness.ends == [EndReason.CALLER_HUNG_UP]


class TestOutboundTimer:
    async def test_dial__too_small_is_asked_for_again(self) -> None:
        scenario = callee(
            answer_invite(422, headers="Min-SE: 300"),
            expect_request("ACK"),
            take_invite("Session-[Ee]xpires: 300", "Min-[Ss][Ee]: 300"),
            answer_invite(200, headers="Session-Expires: 300;refresher=uas", body="@OFFER@"),
            expect_request("ACK"),
            expect_request("BYE"),
            answer(200),
        )

        async with calling(scenario, session_policy=QUICK) as witness:
            await witness.answered()

        assert witness.order == ["answered", "ended"]

    async def test_dial__we_refresh_when_the_callee_says_so(self) -> None:
        headers = "Require: timer\nSession-Expires: 90;refresher=uac\nAllow: INVITE, UPDATE\n"
        scenario = callee(
            answer_invite(200, headers=headers, body="@OFFER@"),
            expect_request("ACK"),
            expect_request("UPDATE", "Session-[Ee]xpires: 90;refresher=uac"),
            answer(200, headers=REFRESHED),
            callee_request("BYE", 1),
            expect(200),
        )

        async with calling(scenario, session_policy=EARLY) as witness:
            assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_dial__callee_that_does_not_refresh_is_hung_up(self) -> None:
        scenario = callee(
            answer_invite(200, headers="Session-Expires: 2;refresher=uas", body="@OFFER@"),
            expect_request("ACK"),
            expect_request("BYE"),
            answer(200),
        )

        async with calling(scenario, session_policy=QUICK) as witness:
            assert await witness.ended() is EndReason.TIMEOUT


class TestReliableRinging:
    async def test_invite__required_100rel_is_rung_reliably(self) -> None:
        desk = Desk()
        desk.answers = False
        scenario = caller(
            invite(headers="Require: 100rel\nSupported: 100rel"),
            '<recv response="100" optional="true"></recv>'
            '<recv response="180" rrs="true"><action><ereg regexp="[0-9]+" search_in="hdr" '
            'header="RSeq:" check_it="true" assign_to="rseq"/></action></recv>',
            request("PRACK", 2, headers="RAck: 1 1 INVITE"),
            expect(481),
            request("PRACK", 3, headers="RAck: [$rseq] 1 INVITE"),
            expect(200),
            request("BYE", 4),
            expect(487),
            expect(200),
        )

        assert (await call_us(scenario, desk=desk)).ends == [EndReason.CANCELLED]

    async def test_invite__answer_does_not_wait_for_the_acknowledgement(self) -> None:
        scenario = caller(
            invite(headers="Require: 100rel"), expect(180), expect(200), ack(), pause(700), bye(2)
        )

        assert (await call_us(scenario)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_invite__without_an_offer_we_answer_without_ringing(self) -> None:
        scenario = caller(
            invite(headers="Require: 100rel", body=""),
            '<recv response="100" optional="true"></recv><recv response="200" rrs="true"></recv>',
            ack(body="@OFFER@"),
            bye(2),
        )

        assert (await call_us(scenario)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_dial__reliable_answers_are_acknowledged_once_and_in_order(self) -> None:
        reliable = "Require: 100rel\nRSeq: {}\n"
        scenario = callee(
            answer_invite(183, headers=reliable.format(7), body="@OFFER@"),
            expect_request("PRACK", "RAck: 7 [0-9]+ INVITE", "To:.*tag="),
            answer(200),
            answer_invite(180, headers=reliable.format(9)),
            pause(100),
            answer_invite(180, headers=reliable.format(8)),
            expect_request("PRACK", "RAck: 8 [0-9]+ INVITE"),
            answer(200),
            answer_invite(200),
            expect_request("ACK"),
            expect_request("BYE"),
            answer(200),
        )

        async with calling(scenario) as witness:
            await witness.answered()

        assert witness.order == ["ringing", "early", "answered", "ended"]
