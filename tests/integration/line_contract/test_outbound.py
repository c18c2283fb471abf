"""What every line promises of calls that it makes."""

import pytest

from ivr.media.control import Codec
from ivr.sip.line import EndReason, LineError, LineFull
from tests.integration.line_house import IPV6, LineHouse, finish, open_line
from tests.sipp.listener import Witness
from tests.sipp.run import Sipp, offer


class TestOutbound:
    async def test_dial__rings_answers_and_we_hang_up(self, kind: str) -> None:
        witness = Witness()
        with Sipp("callee_answers") as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                call = await house.dial(witness)
                media = await witness.answered()
                call.hang_up()
                assert await witness.ended() is EndReason.WE_HUNG_UP
                await finish(sipp)
                assert house.line.call_count == 0

        assert witness.order == ["ringing", "answered", "ended"]
        assert (media.codec, media.port, call.media) == (Codec.PCMA, sipp.media_port, media)

    async def test_dial__callee_hangs_up(self, kind: str) -> None:
        witness = Witness()
        with Sipp("callee_hangs_up", variables={"TALK_MS": 50}) as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                await house.dial(witness)
                assert await witness.ended() is EndReason.CALLER_HUNG_UP
                await finish(sipp)

        assert witness.order == ["ringing", "answered", "ended"]

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (486, EndReason.BUSY),
            (480, EndReason.UNREACHABLE),
            (503, EndReason.UNREACHABLE),
            (603, EndReason.REJECTED),
        ],
    )
    async def test_dial__refusal_is_told(self, kind: str, status: int, reason: EndReason) -> None:
        witness = Witness()
        with Sipp("callee_refuses", variables={"STATUS": status}) as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                await house.dial(witness)
                assert await witness.ended() is reason
                await finish(sipp)

        assert witness.order == ["ended"]

    async def test_dial__nobody_answers_in_time(self, kind: str) -> None:
        witness = Witness()
        with Sipp("callee_cancelled") as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                # Long enough for the telephone to say first that it rings.
                await house.dial(witness, timeout_seconds=2.0)
                assert await witness.ended() is EndReason.NO_ANSWER
                await finish(sipp)

        assert witness.order == ["ringing", "ended"]

    async def test_hang_up__while_it_rings_cancels(self, kind: str) -> None:
        witness = Witness()
        with Sipp("callee_cancelled") as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                call = await house.dial(witness)
                await witness.ringing()
                call.hang_up()
                assert await witness.ended() is EndReason.CANCELLED
                await finish(sipp)

    @pytest.mark.parametrize("session", [offer("18"), IPV6])
    async def test_dial__unusable_answer_ends_the_call(self, kind: str, session: str) -> None:
        witness = Witness()
        with Sipp("callee_answers", variables={"OFFER": session}) as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                await house.dial(witness)
                assert await witness.ended() is EndReason.FAILED
                await finish(sipp)

    async def test_dial__full_line_says_when_to_try_again(self, kind: str) -> None:
        with Sipp("callee_cancelled") as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port, max_calls=1) as house:
                witness = Witness()
                await house.dial(witness)
                with pytest.raises(LineFull) as caught:
                    await house.dial(Witness())
                await witness.ringing()

        assert caught.value.retry_after_seconds > 0

    async def test_dial__draining_line_refuses(self, house: LineHouse) -> None:
        house.line.drain()

        with pytest.raises(LineError):
            await house.dial(Witness())

    async def test_stop__hangs_up_what_was_dialled(self, kind: str) -> None:
        witness = Witness()
        with Sipp("callee_answers") as sipp:
            await sipp.listening()
            async with open_line(kind, callee_port=sipp.sip_port) as house:
                await house.dial(witness)
                await witness.answered()
            await finish(sipp)

        assert witness.ends == [EndReason.WE_HUNG_UP]
