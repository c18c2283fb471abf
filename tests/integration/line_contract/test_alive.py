"""What every line promises of finding out whether the peer is still there."""

import pytest

from ivr.sip.line import EndReason
from ivr.sip.session_timer import SessionPolicy
from tests.integration.line_house import LineHouse, finish, open_line, play
from tests.sipp.listener import Witness
from tests.sipp.run import Sipp, offer
from tests.sipp.steps import (
    ack,
    answer,
    bye,
    caller,
    expect,
    expect_request,
    invite,
    pause,
    request,
)

# A silent peer is given up after less than two seconds.
QUICK = SessionPolicy(minimum_seconds=2, wanted_seconds=2)
# A refresh goes out after a second and is waited for a minute; the one after it is far away, so
# that a slow machine can answer.
EARLY = SessionPolicy(refresh_share=0.01)
REFRESHED = "Session-Expires: 1800;refresher=uac"
TIMER = "Supported: timer\nSession-Expires: {}\n"


class TestSessionTimer:
    @pytest.mark.parametrize(("asked", "agreed"), [("", "uac"), (";refresher=uas", "uas")])
    async def test_timer__is_refreshed_by_whom_the_caller_says(
        self, house: LineHouse, asked: str, agreed: str
    ) -> None:
        scenario = caller(
            invite(headers=f"Supported: timer\nSession-Expires: 1800{asked}\n"),
            expect(200, f"Session-[Ee]xpires: 1800;refresher={agreed}", "Require: timer"),
            ack(),
            request("UPDATE", 2, headers="Supported: timer\nSession-Expires: 90;refresher=uac\n"),
            expect(200, "Session-[Ee]xpires: 90;refresher=uac"),
            bye(3),
        )

        await play(house, scenario)

        _, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_timer__too_small_gets_422_wherever_it_is_asked_for(
        self, house: LineHouse
    ) -> None:
        timer = "Supported: timer\nSession-Expires: {}\n"
        refused = expect(422, "Min-[Ss][Ee]: 90")
        scenario = caller(
            invite(headers=timer.format(60)),
            refused,
            ack(),
            invite(headers=timer.format(1800), sequence=2),
            expect(200, "Session-[Ee]xpires: 1800;refresher=uac"),
            ack(2),
            request("UPDATE", 3, headers=timer.format(60)),
            refused,
            request("INVITE", 4, headers=timer.format(60), body=offer("0")),
            refused,
            ack(4),
            request("UPDATE", 5, headers=timer.format(90)),
            expect(200, "Session-[Ee]xpires: 90;refresher=uac"),
            bye(6),
        )

        await play(house, scenario)

        _, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "ended"]


class TestRefresh:
    """What becomes of a call whose timer runs, without waiting for the minutes that it takes."""

    async def call(self, kind: str, scenario: str, policy: SessionPolicy) -> Witness:
        """Has SIPp call a line; the witness of that call."""
        async with open_line(kind, session_policy=policy) as house:
            await play(house, scenario)
            _, witness = await house.desk.arrival()
            await witness.ended()
        return witness

    async def test_timer__peer_that_does_not_refresh_is_hung_up(self, kind: str) -> None:
        scenario = caller(
            invite(headers=TIMER.format("2;refresher=uac")),
            expect(200),
            ack(),
            expect_request("BYE"),
            answer(200),
        )

        assert (await self.call(kind, scenario, QUICK)).ends == [EndReason.TIMEOUT]

    async def test_timer__we_refresh_by_update_and_the_call_goes_on(self, kind: str) -> None:
        allow = "Allow: INVITE, ACK, BYE, UPDATE\n"
        scenario = caller(
            invite(headers=TIMER.format("90;refresher=uas") + allow),
            expect(200, "Session-[Ee]xpires: 90;refresher=uas"),
            ack(),
            expect_request("UPDATE", "Session-[Ee]xpires: 90;refresher=uac", "Supported: timer"),
            answer(200, headers=REFRESHED),
            bye(2),
        )

        assert (await self.call(kind, scenario, EARLY)).ends == [EndReason.CALLER_HUNG_UP]

    async def test_timer__we_refresh_by_reinvite_where_update_is_not_known(self, kind: str) -> None:
        scenario = caller(
            invite(headers=TIMER.format("90;refresher=uas")),
            expect(200),
            ack(),
            expect_request("INVITE", "m=audio 40000 RTP/AVP 8 101"),
            answer(200, headers=REFRESHED, body="@OFFER@"),
            expect_request("ACK"),
            bye(2),
        )

        witness = await self.call(kind, scenario, EARLY)
        assert witness.order == ["answered", "ended"]

    async def test_timer__refused_refresh_is_tried_again(self, kind: str) -> None:
        scenario = caller(
            invite(headers=TIMER.format("90;refresher=uas") + "Allow: INVITE, UPDATE\n"),
            expect(200),
            ack(),
            expect_request("UPDATE"),
            answer(501),
            expect_request("INVITE"),
            answer(422, headers="Min-SE: 120"),
            expect_request("ACK"),
            expect_request("INVITE", "Session-[Ee]xpires: 120", "Min-[Ss][Ee]: 120"),
            answer(481),
            expect_request("ACK"),
            expect_request("BYE"),
            answer(481),
        )

        assert (await self.call(kind, scenario, EARLY)).ends == [EndReason.TIMEOUT]


class TestWatch:
    """Whether a peer that is asked is still there, which no timer tells."""

    async def watch(self, house: LineHouse, scenario: str) -> Witness:
        """Asks SIPp as soon as the call is up; the scenario is played to its end."""
        with Sipp(scenario, port=house.port) as sipp:
            call, witness = await house.desk.arrival()
            await witness.answered()
            call.watch()
            await finish(sipp)
        await witness.ended()
        return witness

    async def test_watch__peer_that_answers_goes_on(self, house: LineHouse) -> None:
        scenario = caller(
            invite(headers="Allow: INVITE, ACK, BYE, UPDATE"),
            expect(200, without="Session-[Ee]xpires"),
            ack(),
            expect_request("UPDATE", "Session-[Ee]xpires: 1800;refresher=uac"),
            answer(200),
            bye(2),
        )

        witness = await self.watch(house, scenario)
        assert witness.order == ["answered", "ended"]
        assert witness.ends == [EndReason.CALLER_HUNG_UP]

    async def test_watch__peer_that_refuses_to_be_asked_goes_on(self, house: LineHouse) -> None:
        scenario = caller(
            invite(),
            expect(200),
            ack(),
            expect_request("INVITE", "m=audio 40000 RTP/AVP 8 101"),
            answer(488),
            expect_request("ACK"),
            pause(300),
            bye(2),
        )

        witness = await self.watch(house, scenario)
        assert witness.order == ["answered", "ended"]
        assert witness.ends == [EndReason.CALLER_HUNG_UP]

    @pytest.mark.parametrize("status", [408, 481])
    async def test_watch__peer_that_is_gone_is_hung_up(self, house: LineHouse, status: int) -> None:
        scenario = caller(
            invite(),
            expect(200),
            ack(),
            expect_request("INVITE"),
            answer(status),
            expect_request("ACK"),
            expect_request("BYE"),
            answer(481),
        )

        assert (await self.watch(house, scenario)).ends == [EndReason.TIMEOUT]
