"""The trunk line takes calls from SIPp, a SIP implementation that is not ours."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator

import pytest

from ivr.sip.line import EndReason
from ivr.sip.trunk_line import TrunkLine
from tests.integration.trunk_house import make_line, play
from tests.sipp.listener import Desk
from tests.sipp.run import Sipp, offer


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    line = make_line()
    await line.start(desk.take)
    yield line
    await line.stop()


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
