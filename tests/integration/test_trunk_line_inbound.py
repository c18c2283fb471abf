"""The trunk line takes calls from SIPp, a SIP implementation that is not ours."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from ivr.media.control import Codec
from ivr.sip.line import Direction, EndReason, Line, LineCall, LineState, PortTaken
from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Desk
from tests.sipp.run import Sipp, offer, place_call


def make_line(**changes: object) -> TrunkLine:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.1/32")],
        "outbound": None,
        "max_calls": 250,
        "calls_per_second": 250,
        "user_agent": "hotline test",
    }
    return TrunkLine(**with_one_trunk(values | changes))  # type: ignore[arg-type]  # a table of arguments


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    line = make_line()
    await line.start(desk.take)
    yield line
    await line.stop()


async def play(line: TrunkLine, scenario: str, **arguments: object) -> None:
    """Plays a scenario against a line; the keys in capitals are the scenario's variables."""
    variables = {name: value for name, value in arguments.items() if name.isupper()}
    others = {name: value for name, value in arguments.items() if not name.isupper()}
    await asyncio.to_thread(
        place_call,
        scenario,
        port=line.port,
        variables=variables,
        **others,  # type: ignore[arg-type]  # passed through
    )


class TestOneCall:
    async def test_call__answered_and_hung_up_by_the_caller(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(line, "call", CALLER="+8613800001234", called="12348")

        call, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "ended"]
        assert (call.caller, call.called) == ("13800001234", "12348")
        assert witness.answers[0] == call.media
        assert line.call_count == 0

    async def test_hang_up__answered_call_gets_bye(self, line: TrunkLine, desk: Desk) -> None:
        with Sipp("call_until_bye", port=line.port) as sipp:
            call, witness = await desk.arrival()
            await witness.answered()
            call.hang_up()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()

        assert await witness.ended() is EndReason.WE_HUNG_UP
        assert witness.order == ["answered", "ended"]

    async def test_hang_up__before_the_answer_refuses(self, line: TrunkLine, desk: Desk) -> None:
        desk.answers = False
        with Sipp("refused_ringing", port=line.port, variables={"STATUS": 480}) as sipp:
            call, witness = await desk.arrival()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()

        assert await witness.ended() is EndReason.WE_HUNG_UP
        assert witness.answers == []

    async def test_hang_up__right_after_the_answer_waits_for_ack(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        with Sipp("call_until_bye", port=line.port) as sipp:
            call, witness = await desk.arrival()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()

        assert await witness.ended() is EndReason.WE_HUNG_UP

    async def test_reject__status_and_time_reach_the_caller(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        desk.answers = desk.rings = False
        variables = {"STATUS": 486, "EXPECT": "Retry-[Aa]fter: 30"}
        with Sipp("refused", port=line.port, variables=variables) as sipp:
            call, witness = await desk.arrival()
            call.reject(486, retry_after_seconds=30)
            (await asyncio.to_thread(sipp.wait)).check()

        assert await witness.ended() is EndReason.REJECTED

    async def test_cancel__ends_a_ringing_call(self, line: TrunkLine, desk: Desk) -> None:
        desk.answers = False

        await play(line, "cancel")

        call, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CANCELLED
        call.answer(host="127.0.0.1", port=40_000)
        call.hang_up()
        assert witness.order == ["ended"]
        assert line.call_count == 0

    async def test_listen__late_listener_hears_everything_in_order(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        desk.listens = False
        with Sipp("call", port=line.port, variables={"TALK_MS": 100}) as sipp:
            call, witness = await desk.arrival()
            (await asyncio.to_thread(sipp.wait)).check()
        call.listen(witness)

        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "ended"]


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


class TestOtherRequests:
    @pytest.mark.parametrize(
        ("method", "status", "expected"),
        [
            ("OPTIONS", 200, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS"),
            ("OPTIONS", 200, "Accept: application/sdp"),
            ("REGISTER", 405, "Allow: INVITE"),
            ("MESSAGE", 405, "Allow: INVITE"),
        ],
    )
    async def test_request__outside_of_calls_is_answered(
        self, line: TrunkLine, method: str, status: int, expected: str
    ) -> None:
        await play(line, "request", METHOD=method, STATUS=status, EXPECT=expected)

    async def test_request__of_a_call_that_does_not_exist_gets_481(self, line: TrunkLine) -> None:
        await play(line, "request", METHOD="BYE", STATUS=481, TO_TAG=";tag=gone")

    @pytest.mark.parametrize(
        ("method", "status", "expected"),
        [
            ("OPTIONS", 200, "SIP/2.0"),
            ("INFO", 200, "SIP/2.0"),
            ("REFER", 405, "Allow: INVITE"),
            ("MESSAGE", 405, "Allow: INVITE"),
        ],
    )
    async def test_request__inside_a_call_is_answered_and_the_call_goes_on(
        self, line: TrunkLine, desk: Desk, method: str, status: int, expected: str
    ) -> None:
        await play(line, "in_call", METHOD=method, STATUS=status, EXPECT=expected, HOLD="")

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_info__keys_reach_the_listener(self, line: TrunkLine, desk: Desk) -> None:
        body = "Signal=5\nDuration=160\n"

        await play(line, "info", TYPE="application/dtmf-relay", HOLD=body, STATUS=200)

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "digit", "ended"]
        assert witness.digits == "5"

    async def test_info__unknown_body_is_refused_and_the_call_goes_on(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        expected = "Accept: application/dtmf-relay"

        await play(line, "info", TYPE="application/x", HOLD="x\n", STATUS=415, EXPECT=expected)

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_invite__required_extension_gets_420(self, line: TrunkLine) -> None:
        headers = "Require: x-nothing\n"

        await play(line, "refused", STATUS=420, HEADERS=headers, EXPECT="Unsupported: x-nothing")

    async def test_invite__asserted_identity_is_the_caller(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        headers = "P-Asserted-Identity: <tel:+8613900005678>, <sip:x@y>\n"

        await play(line, "call", HEADERS=headers, CALLER="anonymous")

        call, _ = await desk.arrival()
        assert call.caller == "13900005678"

    async def test_invite__withheld_number_is_none(self, line: TrunkLine, desk: Desk) -> None:
        headers = "Privacy: id\nP-Asserted-Identity: <tel:+8613900005678>\n"

        await play(line, "call", HEADERS=headers, CALLER="anonymous")

        call, _ = await desk.arrival()
        assert call.caller is None

    async def test_invite__session_name_in_chinese_is_taken(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        await play(
            line, "call", OFFER=offer().replace("s=-", "s=法律援助"), HEADERS="Subject: 你好\n"
        )

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_options__name_in_gbk_is_answered(self, line: TrunkLine) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(60)
            request = (
                "OPTIONS sip:12348@127.0.0.1 SIP/2.0\r\n"
                "Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKgbk\r\n"
                'From: "张三" <sip:1@127.0.0.1>;tag=1\r\nTo: <sip:12348@127.0.0.1>\r\n'
                "Call-ID: gbk\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            )
            peer.sendto(request.encode("gbk"), ("127.0.0.1", line.port))
            answer = await asyncio.to_thread(peer.recv, 4096)

        assert answer.startswith(b"SIP/2.0 200 OK")


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


class TestHostility:
    async def test_datagram__garbage_is_dropped_quietly_and_calls_still_come(
        self,
        line: TrunkLine,
        desk: Desk,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        head = b"INVITE sip:12348@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5;branch=z9hG4bK1"
        number = b"13800001234"
        rubbish = [
            b"",
            b"\r\n\r\n",
            os.urandom(1400),
            head,
            head + b"\r\nFrom: <sip:" + number + b"@x>;tag=1\r\nTo: <sip:y>\r\n\r\n",
            head + b"\r\nFrom: sip:" + number + b"@@@;tag\r\nTo: <\r\nCSeq: x y\r\n\r\n",
            b"SIP/2.0 99999 " + number + b"\r\nVia: x\r\n\r\n" + b"a" * 100,
            b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9\r\n" + b"To: <sip:1>\r\n" * 90,
            head + b"\r\nX: " + b"y" * 60_000,
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", 0))
            for datagram in rubbish:
                sender.sendto(datagram, ("127.0.0.1", line.port))

        await play(line, "call")

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        written = caplog.text + "".join(capfd.readouterr())
        assert number.decode() not in written
        assert all(record.levelno < logging.ERROR for record in caplog.records)

    async def test_contact__foreign_address_is_not_followed(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        # The BYE must come back to whoever called, not to where the Contact points.
        with Sipp("foreign_contact", port=line.port) as sipp:
            call, witness = await desk.arrival()
            await witness.answered()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()


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
