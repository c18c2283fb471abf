"""What every line promises of calls that come in, and of requests beside them."""

import asyncio
import gc
from weakref import finalize

import pytest

from ivr.media.control import Codec
from ivr.sip.line import EndReason, LineState
from tests.integration.line_house import LineHouse, finish, play
from tests.sipp.listener import WAIT_SECONDS
from tests.sipp.run import Sipp

_REFUSAL = {"TrunkLine": 503, "PbxLine": 480}


class TestInbound:
    async def test_call__answered_and_hung_up_by_the_caller(self, house: LineHouse) -> None:
        await play(house, "call", CALLER="+8613800001234", TALK_MS=50)

        call, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "ended"]
        assert (call.caller, call.called) == ("13800001234", "12348")
        assert call.media is not None
        assert (call.media.codec, call.media.telephone_event) == (Codec.PCMA, 101)
        assert house.line.call_count == 0

    async def test_call__that_is_over__is_gone_without_a_search_for_cycles(
        self, house: LineHouse
    ) -> None:
        gc.disable()
        try:
            await play(house, "call", CALLER="+8613800001234", TALK_MS=50)
            call, witness = await house.desk.arrival()
            await witness.ended()
            is_gone = asyncio.Event()
            finalize(call, asyncio.get_running_loop().call_soon_threadsafe, is_gone.set)
            house.desk.calls.clear()
            del call, witness
            async with asyncio.timeout(WAIT_SECONDS):
                await is_gone.wait()
        finally:
            gc.enable()

    async def test_hang_up__answered_call_gets_bye(self, house: LineHouse) -> None:
        with Sipp("call_until_bye", port=house.port) as sipp:
            call, witness = await house.desk.arrival()
            await witness.answered()
            call.hang_up()
            call.hang_up()
            await finish(sipp)

        assert await witness.ended() is EndReason.WE_HUNG_UP
        assert witness.order == ["answered", "ended"]

    async def test_hang_up__right_after_the_answer_waits_for_ack(self, house: LineHouse) -> None:
        with Sipp("call_until_bye", port=house.port) as sipp:
            call, witness = await house.desk.arrival()
            call.hang_up()
            await finish(sipp)

        assert await witness.ended() is EndReason.WE_HUNG_UP

    async def test_hang_up__before_the_answer_refuses(self, house: LineHouse) -> None:
        house.desk.answers = False
        with Sipp("refused_ringing", port=house.port, variables={"STATUS": 480}) as sipp:
            call, witness = await house.desk.arrival()
            call.hang_up()
            await finish(sipp)

        assert await witness.ended() is EndReason.WE_HUNG_UP
        assert witness.answers == []

    async def test_reject__status_and_time_reach_the_caller(self, house: LineHouse) -> None:
        house.desk.answers = house.desk.rings = False
        variables = {"STATUS": 503, "EXPECT": "Retry-[Aa]fter: 30"}
        with Sipp("refused", port=house.port, variables=variables) as sipp:
            call, witness = await house.desk.arrival()
            call.reject(503, retry_after_seconds=30)
            await finish(sipp)

        assert await witness.ended() is EndReason.REJECTED

    async def test_cancel__ends_a_ringing_call_for_good(self, house: LineHouse) -> None:
        house.desk.answers = False

        await play(house, "cancel", RING_MS=50)

        call, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CANCELLED
        call.answer(host="127.0.0.1", port=40_000)
        call.hang_up()
        assert witness.order == ["ended"]
        assert house.line.call_count == 0

    async def test_listen__late_listener_hears_everything_in_order(self, house: LineHouse) -> None:
        house.desk.listens = False

        await play(house, "call", TALK_MS=50)

        call, witness = await house.desk.arrival()
        call.listen(witness)
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "ended"]

    async def test_drain__refuses_new_calls_and_keeps_those_that_are_up(
        self, house: LineHouse
    ) -> None:
        with Sipp("call_until_bye", port=house.port) as sipp:
            call, witness = await house.desk.arrival()
            await witness.answered()
            house.line.drain()
            # Any refusal will do: a trunk goes to another node, a PBX to another extension.
            await play(house, "refused", STATUS=_REFUSAL[type(house.line).__name__])
            assert house.line.state is LineState.DRAINING
            assert house.line.call_count == 1
            call.hang_up()
            await finish(sipp)

    async def test_stop__hangs_up_what_is_up(self, house: LineHouse) -> None:
        with Sipp("call_until_bye", port=house.port) as sipp:
            _, witness = await house.desk.arrival()
            await witness.answered()
            await house.line.stop()
            await finish(sipp)

        assert witness.ends == [EndReason.WE_HUNG_UP]


class TestOtherRequests:
    async def test_options__outside_of_calls_is_answered(self, house: LineHouse) -> None:
        await play(house, "request", METHOD="OPTIONS", STATUS=200, EXPECT="Accept: application/sdp")

    async def test_message__is_refused_with_what_is_allowed(self, house: LineHouse) -> None:
        await play(house, "request", METHOD="MESSAGE", STATUS=405, EXPECT="Allow: INVITE")

    async def test_bye__of_a_call_that_does_not_exist_gets_481(self, house: LineHouse) -> None:
        await play(house, "request", METHOD="BYE", STATUS=481, TO_TAG=";tag=gone")

    @pytest.mark.parametrize(
        ("method", "status"), [("OPTIONS", 200), ("UPDATE", 200), ("REFER", 405)]
    )
    async def test_request__inside_a_call_is_answered_and_the_call_goes_on(
        self, house: LineHouse, method: str, status: int
    ) -> None:
        variables = {"METHOD": method, "STATUS": status, "HOLD": "", "EXPECT": "SIP/2.0"}

        await play(house, "in_call", **variables, TALK_MS=50)

        _, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP

    async def test_info__keys_reach_the_listener(self, house: LineHouse) -> None:
        body = "Signal=5\nDuration=160\n"

        await play(house, "info", TYPE="application/dtmf-relay", HOLD=body, STATUS=200)

        _, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.digits == "5"

    async def test_invite__required_extension_gets_420(self, house: LineHouse) -> None:
        headers = "Require: precondition\n"

        await play(house, "refused", STATUS=420, HEADERS=headers, EXPECT="Unsupported:")
