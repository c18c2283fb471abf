"""What the trunk line makes of sessions that SIPp offers, and changes."""

from collections.abc import AsyncIterator

import pytest

from ivr.media.control import Codec
from ivr.sip.line import Direction, EndReason
from ivr.sip.trunk_line import TrunkLine
from tests.integration.trunk_house import make_line, play
from tests.sipp.listener import Desk
from tests.sipp.run import offer


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    line = make_line()
    await line.start(desk.take)
    yield line
    await line.stop()


class TestMedia:
    async def test_offer__u_law_is_taken_where_nothing_else_is_offered(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "call", OFFER=offer("0"))

        call, _ = await desk.arrival()
        assert call.media is not None
        assert (call.media.codec, call.media.telephone_event) == (Codec.PCMU, None)

    @pytest.mark.parametrize("payload_type", [96, 101, 127])
    async def test_offer__telephone_event_has_any_payload_type(
        self, line: TrunkLine, desk: Desk, payload_type: int
    ) -> None:
        session = offer(
            "0",
            "8",
            str(payload_type),
            attributes=(f"rtpmap:{payload_type} telephone-event/8000",),
        )

        await play(line, "call", OFFER=session)

        call, _ = await desk.arrival()
        assert call.media is not None
        assert (call.media.codec, call.media.telephone_event) == (Codec.PCMA, payload_type)

    @pytest.mark.parametrize(
        "session",
        [
            pytest.param(offer("18", "4"), id="no-common-codec"),
            pytest.param(offer("8", profile="RTP/SAVP"), id="srtp-only"),
            pytest.param(offer("8", port="0"), id="audio-switched-off"),
        ],
    )
    async def test_offer__what_we_cannot_do_gets_488(
        self, line: TrunkLine, desk: Desk, session: str
    ) -> None:
        await play(line, "refused", OFFER=session, STATUS=488)

        assert desk.calls == []
        assert line.statistics.refused == 1

    async def test_offer__none_in_invite_comes_with_ack(self, line: TrunkLine, desk: Desk) -> None:
        await play(line, "late_offer", OFFER=offer("0", "101"))

        call, witness = await desk.arrival()
        assert (await witness.answered()).codec is Codec.PCMU
        assert call.media == witness.answers[0]
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_offer__ours_that_is_not_answered_ends_the_call(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "late_offer_unanswered")

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.FAILED
        assert witness.answers == []

    @pytest.mark.parametrize(
        ("hold", "expected", "direction"),
        [
            (offer(attributes=("sendonly",)), "a=recvonly", Direction.SENDONLY),
            (offer(attributes=("inactive",)), "a=inactive", Direction.INACTIVE),
            (offer(host="0.0.0.0"), "a=recvonly", Direction.SENDONLY),
        ],
    )
    async def test_reinvite__hold_and_resume_are_answered_and_told(
        self, line: TrunkLine, desk: Desk, hold: str, expected: str, direction: Direction
    ) -> None:
        await play(line, "hold", HOLD=hold, EXPECT=expected)

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "changed", "changed", "ended"]
        assert [change.direction for change in witness.changes] == [direction, Direction.SENDRECV]

    async def test_reinvite__same_media_at_a_new_port_is_told(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "hold", HOLD=offer(port="45000"), EXPECT="m=audio 40000 RTP/AVP 8 101")

        _, witness = await desk.arrival()
        assert (await witness.changed()).port == 45_000

    async def test_reinvite__unusable_media_are_refused_and_the_call_goes_on(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "reinvite_refused", HOLD=offer("18"))

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.changes == []

    async def test_reinvite__without_session_gets_our_offer(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "late_reinvite")

        _, witness = await desk.arrival()
        assert (await witness.changed()).direction is Direction.SENDONLY

    async def test_update__session_refresh_is_confirmed(self, line: TrunkLine, desk: Desk) -> None:
        await play(line, "in_call", METHOD="UPDATE", STATUS=200, HOLD="", EXPECT="Allow: INVITE")

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_update__hold_is_answered_and_told(self, line: TrunkLine, desk: Desk) -> None:
        await play(line, "in_call", METHOD="UPDATE", STATUS=200, EXPECT="a=recvonly")

        _, witness = await desk.arrival()
        assert (await witness.changed()).direction is Direction.SENDONLY
