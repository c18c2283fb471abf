"""The trunk line dials out to SIPp, a SIP implementation that is not ours."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from ivr.media.control import Codec
from ivr.sip.line import Direction, EndReason, LineError, LineFull, NoTrunk
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_line import TrunkLine
from tests.integration.media_phone import until
from tests.ports import free_port
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Witness
from tests.sipp.run import Sipp, offer


@asynccontextmanager
async def line_to(port: int | None, **changes: object) -> AsyncIterator[TrunkLine]:
    """A line whose outbound trunk is on this port; None for a line without one."""
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [],
        "outbound": None if port is None else ("localhost", port),
        "max_calls": 10,
        "calls_per_second": 10,
        "user_agent": "hotline test",
    }
    line = TrunkLine(**with_one_trunk(values | changes))  # type: ignore[arg-type]  # a table of arguments
    await line.start(lambda call: call.reject(486))
    try:
        yield line
    finally:
        await line.stop()


async def dial(line: TrunkLine, witness: Witness, *, timeout_seconds: float = 60.0) -> TrunkCall:
    return await line.dial(
        "13800001234",
        from_number="12348",
        host="127.0.0.1",
        port=40_000,
        listener=witness,
        timeout_seconds=timeout_seconds,
    )


async def finish(sipp: Sipp) -> None:
    (await asyncio.to_thread(sipp.wait)).check()


class TestAnswered:
    async def test_dial__rings_answers_and_we_hang_up(self) -> None:
        witness = Witness()
        with Sipp("callee_answers") as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                call = await dial(line, witness)
                media = await witness.answered()
                call.hang_up()
                assert await witness.ended() is EndReason.WE_HUNG_UP
                await finish(sipp)
                assert line.call_count == 0

        assert witness.order == ["ringing", "answered", "ended"]
        assert (media.codec, media.telephone_event) == (Codec.PCMA, 101)
        assert (media.port, call.media) == (sipp.media_port, media)

    async def test_dial__callee_hangs_up(self) -> None:
        witness = Witness()
        with Sipp("callee_hangs_up") as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                await dial(line, witness)
                assert await witness.ended() is EndReason.CALLER_HUNG_UP
                await finish(sipp)

        assert witness.order == ["ringing", "answered", "ended"]

    async def test_dial__session_of_early_media_counts_if_200_has_none(self) -> None:
        witness = Witness()
        with Sipp("callee_early_media", variables={"OFFER": offer("0")}) as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                call = await dial(line, witness)
                assert (await witness.answered()).codec is Codec.PCMU
                call.hang_up()
                await finish(sipp)

        assert witness.order == ["ringing", "early", "answered", "ended"]
        assert witness.early == witness.answers

    async def test_dial__callee_changes_early_media_before_it_answers(self) -> None:
        witness = Witness()
        with Sipp("callee_updates_early") as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                call = await dial(line, witness)
                await witness.answered()
                call.hang_up()
                await finish(sipp)

        assert witness.order == ["ringing", "early", "early", "answered", "ended"]
        assert witness.early[1].direction is Direction.SENDONLY
        assert witness.early[1] == witness.answers[0]

    async def test_dial__unusable_answer_ends_the_call(self) -> None:
        witness = Witness()
        with Sipp("callee_answers", variables={"OFFER": offer("18")}) as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                await dial(line, witness)
                assert await witness.ended() is EndReason.FAILED
                await finish(sipp)

        assert witness.answers == []

    async def test_stop__hangs_up_what_was_dialled(self) -> None:
        witness = Witness()
        with Sipp("callee_answers") as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                await dial(line, witness)
                await witness.answered()
            await finish(sipp)

        assert witness.ends == [EndReason.WE_HUNG_UP]


class TestNotAnswered:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (486, EndReason.BUSY),
            (600, EndReason.BUSY),
            (404, EndReason.UNREACHABLE),
            (480, EndReason.UNREACHABLE),
            (503, EndReason.UNREACHABLE),
            (408, EndReason.NO_ANSWER),
            (403, EndReason.REJECTED),
            (603, EndReason.REJECTED),
            (302, EndReason.REJECTED),
            (500, EndReason.FAILED),
        ],
    )
    async def test_dial__refusal_is_told_in_words_of_the_trade(
        self, status: int, reason: EndReason
    ) -> None:
        witness = Witness()
        with Sipp("callee_refuses", variables={"STATUS": status}) as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                call = await dial(line, witness)
                assert await witness.ended() is reason
                assert call.end_status == (None if status == 302 else status)
                await finish(sipp)

        assert witness.order == ["ended"]

    async def test_dial__nobody_answers_in_time(self) -> None:
        witness = Witness()
        with Sipp("callee_cancelled") as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                # Long enough for the telephone to say first that it rings.
                await dial(line, witness, timeout_seconds=2.0)
                assert await witness.ended() is EndReason.NO_ANSWER
                await finish(sipp)

        assert witness.order == ["ringing", "ended"]

    async def test_hang_up__while_it_rings_cancels(self) -> None:
        witness = Witness()
        with Sipp("callee_cancelled") as sipp:
            await sipp.listening()
            async with line_to(sipp.sip_port) as line:
                call = await dial(line, witness)
                await witness.ringing()
                call.hang_up()
                assert await witness.ended() is EndReason.CANCELLED
                await finish(sipp)

    async def test_dial__silent_trunk_is_unreachable(self) -> None:
        witness = Witness()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            async with line_to(nobody.getsockname()[1]) as line:
                await dial(line, witness, timeout_seconds=0.5)
                assert await witness.ended() is EndReason.UNREACHABLE
                assert line.call_count == 0


class TestRefusedByUs:
    async def test_dial__without_a_trunk_says_so(self) -> None:
        async with line_to(None) as line:
            with pytest.raises(NoTrunk, match="HOTLINE_TRUNK_OUTBOUND"):
                await dial(line, Witness())

    async def test_dial__unknown_name_says_so(self) -> None:
        async with line_to(None, outbound=("trunk.invalid", 5060)) as line:
            with pytest.raises(NoTrunk):
                await dial(line, Witness())

    async def test_dial__full_line_says_when_to_try_again(self) -> None:
        async with line_to(free_port(), max_calls=1) as line:
            await dial(line, Witness())
            with pytest.raises(LineFull) as caught:
                await dial(line, Witness())

        assert caught.value.retry_after_seconds > 0

    async def test_dial__draining_line_refuses(self) -> None:
        async with line_to(free_port()) as line:
            line.drain()
            with pytest.raises(LineError):
                await dial(line, Witness())

    async def test_dial__anybody_but_the_trunk_is_not_heard(self) -> None:
        async with line_to(free_port(), trunks=[ip_network("192.0.2.1/32")]) as line:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.bind(("127.0.0.3", 0))
                stranger.sendto(b"OPTIONS sip:x SIP/2.0\r\n" + b"a" * 40, ("127.0.0.1", line.port))
                await until(lambda: line.statistics.foreign == 1, "the datagram")
                stranger.setblocking(False)
                with pytest.raises(BlockingIOError):
                    stranger.recv(100)
