"""What every line promises of sessions and their audio."""

from pathlib import Path

import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.g711 import decode, encode
from ivr.media.telling import PromptFinished
from ivr.sip.line import Direction, EndReason
from tests.integration.line_house import IPV6, LineHouse, finish, play
from tests.integration.media_phone import Phone, free_ports, studio, write_prompt
from tests.sipp.run import Sipp, offer
from tests.sipp.steps import ack, bye, caller, expect, invite, request

SHORT_PACKETS = offer("8", attributes=("maxptime:10",))
VIDEO_FIRST = offer(attributes=("sendonly",)).replace("m=audio", "m=video {} RTP/AVP 96\nm=audio")


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
