"""What every line promises (`ivr.sip.line`), asked of both with SIPp at the other end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.g711 import decode, encode
from ivr.media.telling import PromptFinished
from ivr.sip.line import Direction, EndReason, LineError, LineFull, LineState
from tests.integration.line_house import LINES, LineHouse, open_line
from tests.integration.media_phone import Phone, free_ports, studio, write_prompt
from tests.sipp.listener import Witness
from tests.sipp.run import Sipp, offer, place_call
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

pytestmark = pytest.mark.parametrize("kind", LINES)

IPV6 = offer().replace("c=IN IP4 [media_ip]", "c=IN IP6 2001:db8::9")
SHORT_PACKETS = offer("8", attributes=("maxptime:10",))
VIDEO_FIRST = offer(attributes=("sendonly",)).replace("m=audio", "m=video {} RTP/AVP 96\nm=audio")


@pytest.fixture
async def house(kind: str) -> AsyncIterator[LineHouse]:
    async with open_line(kind) as house:
        yield house


async def play(house: LineHouse, scenario: str, **variables: object) -> None:
    await asyncio.to_thread(place_call, scenario, port=house.port, variables=variables)


async def finish(sipp: Sipp) -> None:
    (await asyncio.to_thread(sipp.wait)).check()


def sine(*, frames: int) -> list[bytes]:
    """Frames of 440 Hz in A-law."""
    samples = 8000 * np.sin(2 * np.pi * 440 / 8000 * np.arange(160 * frames))
    coded = encode(samples.astype(np.int16), Codec.PCMA)
    return [coded[place : place + 160] for place in range(0, len(coded), 160)]


def loudest_match(heard: list[bytes], spoken: list[bytes]) -> float:
    """The best correlation of what was spoken with any piece of what was heard."""
    sound = decode(b"".join(heard), Codec.PCMA).astype(float)
    wanted = decode(b"".join(spoken), Codec.PCMA).astype(float)
    pieces = [sound[at : at + len(wanted)] for at in range(0, len(sound) - len(wanted) + 1, 160)]
    # Silence correlates with nothing.
    return max(float(np.corrcoef(piece, wanted)[0, 1]) for piece in pieces if piece.std() > 0)


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


_REFUSAL = {"TrunkLine": 503, "PbxLine": 480}


class TestMedia:
    async def test_offer__u_law_is_taken_where_nothing_else_is_offered(
        self, house: LineHouse
    ) -> None:
        await play(house, "call", OFFER=offer("0"), TALK_MS=50)

        call, _ = await house.desk.arrival()
        assert call.media is not None
        assert (call.media.codec, call.media.telephone_event) == (Codec.PCMU, None)

    async def test_offer__what_we_cannot_do_gets_488(self, house: LineHouse) -> None:
        await play(house, "refused", OFFER=offer("18", "4"), STATUS=488)

        assert house.desk.calls == []

    @pytest.mark.parametrize(("session", "code"), [(IPV6, 301), (SHORT_PACKETS, 306)])
    async def test_offer__refusal_says_what_is_to_blame(
        self, house: LineHouse, session: str, code: int
    ) -> None:
        warning = f"Warning: {code} hotline"

        await play(house, "refused", OFFER=session, STATUS=488, EXPECT=warning)

        assert house.desk.calls == []

    async def test_offer__none_in_invite_comes_with_ack(self, house: LineHouse) -> None:
        await play(house, "late_offer", OFFER=offer("0", "101"))

        call, witness = await house.desk.arrival()
        assert (await witness.answered()).codec is Codec.PCMU
        assert call.media == witness.answers[0]

    async def test_reinvite__hold_and_resume_are_answered_and_told(self, house: LineHouse) -> None:
        await play(house, "hold", EXPECT="a=recvonly")

        _, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "changed", "changed", "ended"]
        directions = [change.direction for change in witness.changes]
        assert directions == [Direction.SENDONLY, Direction.SENDRECV]

    @pytest.mark.parametrize("session", [offer("18"), IPV6, SHORT_PACKETS])
    async def test_reinvite__unusable_media_are_refused_and_the_call_goes_on(
        self, house: LineHouse, session: str
    ) -> None:
        await play(house, "reinvite_refused", HOLD=session)

        _, witness = await house.desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.changes == []

    async def test_reinvite__without_session_gets_our_offer(self, house: LineHouse) -> None:
        await play(house, "late_reinvite")

        _, witness = await house.desk.arrival()
        assert (await witness.changed()).direction is Direction.SENDONLY

    async def test_reinvite__without_session_gets_the_sections_of_the_call(
        self, house: LineHouse
    ) -> None:
        scenario = caller(
            invite(body=VIDEO_FIRST.format(42_000).replace("a=sendonly\n", "")),
            expect(200, "m=video 0 RTP/AVP 96.*m=audio 40000 RTP/AVP 8 101"),
            ack(),
            request("INVITE", 2),
            expect(200, "m=video 0 RTP/AVP 96.*m=audio 40000 RTP/AVP 8 0 101"),
            ack(2, body=VIDEO_FIRST.format(0)),
            bye(3),
        )

        await play(house, scenario)

        _, witness = await house.desk.arrival()
        assert (await witness.changed()).direction is Direction.SENDONLY
        assert await witness.ended() is EndReason.CALLER_HUNG_UP


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


class TestAudio:
    async def test_call__tone_of_the_engine_reaches_the_caller(
        self, house: LineHouse, tmp_path: Path
    ) -> None:
        frames = sine(frames=60)
        prompt = write_prompt(tmp_path / "tone.wav", frames)
        house.desk.answers = False
        async with studio(ports=free_ports(10)) as room:
            phone = await Phone.open()
            session = offer("8", port=str(phone.address[1]))
            with Sipp("call_until_bye", port=house.port, variables={"OFFER": session}) as sipp:
                call, witness = await house.desk.arrival()
                assert call.media is not None
                port = await room.engine.open_leg(
                    "leg_a",
                    codec=call.media.codec,
                    telephone_event=None,
                    remote=(call.media.host, call.media.port),
                )
                call.answer(host="127.0.0.1", port=port)
                await witness.answered()
                await room.engine.play("leg_a", play=1, paths=[prompt])
                await room.event(PromptFinished)
                call.hang_up()
                await finish(sipp)
            await phone.close()

        assert loudest_match(phone.frames, frames) > 0.99


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
