"""The PBX line as an extension: known, refused, forgotten, and on a network that loses things."""

import asyncio
import logging
import socket

import pytest

from hotline.errors import NotConfigured
from ivr.sip.line import EndReason, LineState, NoTrunk, PortTaken
from ivr.sip.pbx_line import PbxLine
from ivr.sip.pbx_registration import PbxRefused, RegistrationState
from tests.integration.line_house import make_pbx_line
from tests.sipp.listener import Desk, Witness
from tests.sipp.office_pbx import OfficePbx
from tests.sipp.run import Sipp


async def dial(line: PbxLine, number: str = "13800001234") -> None:
    await line.dial(
        number,
        from_number="12348",
        host="127.0.0.1",
        port=40_000,
        listener=Witness(),
        timeout_seconds=1.0,
    )


class TestRegistration:
    async def test_start__sipp_as_registrar_is_content(self) -> None:
        with Sipp("registrar") as sipp:
            await sipp.listening()
            async with OfficePbx() as unused:
                line = make_pbx_line(unused, server=("127.0.0.1", sipp.sip_port))
            await line.start(Desk().take)
            assert line.registration is RegistrationState.REGISTERED
            await line.stop()
            (await asyncio.to_thread(sipp.wait)).check()

    @pytest.mark.parametrize(("challenge", "algorithm"), [(401, "SHA-256"), (407, "MD5")])
    async def test_start__every_kind_of_challenge_is_met(
        self, challenge: int, algorithm: str
    ) -> None:
        async with OfficePbx(challenge=challenge, algorithm=algorithm) as pbx:
            line = make_pbx_line(pbx)
            await line.start(Desk().take)
            await line.stop()

        assert pbx.registrations == [120, 0]

    async def test_start__wrong_password_says_which_setting(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        async with OfficePbx(password="another") as pbx:
            line = make_pbx_line(pbx)
            with pytest.raises(PbxRefused, match="HOTLINE_PBX_PASSWORD_FILE"):
                await line.start(Desk().take)

        assert line.state is LineState.STOPPED
        # One without a password and one with it: more would look like guessing.
        assert len(pbx.attempts) == 2
        assert "secret" not in caplog.text

    async def test_start__pbx_that_cannot_at_the_moment_is_asked_again(self) -> None:
        async with OfficePbx() as pbx:
            pbx.refusal = 503
            line = make_pbx_line(pbx)
            await line.start(Desk().take)
            assert line.registration is RegistrationState.UNREACHABLE
            with pytest.raises(NoTrunk):
                await dial(line)
            pbx.refusal = 0
            await pbx.registered(1)
            await line.stop()

    async def test_register__pbx_that_has_moved_is_found_without_a_restart(self) -> None:
        async with OfficePbx() as old, OfficePbx() as new:
            places = [old.port, old.port, new.port]

            async def find(
                name: str, port: int, *, known: tuple[str, int] | None = None
            ) -> tuple[str, int]:
                return "127.0.0.1", places.pop(0) if len(places) > 1 else places[0]

            old.refusal = 503
            line = make_pbx_line(old, find=find)
            await line.start(Desk().take)
            await new.registered(1)
            await line.stop()

        assert len(old.attempts) == 1
        assert new.registrations == [120, 0]

    async def test_start__unknown_name_says_which_setting(self) -> None:
        async with OfficePbx() as pbx:
            line = make_pbx_line(pbx, server=("pbx.invalid", 5060))
            with pytest.raises(NotConfigured, match="HOTLINE_PBX_SERVER"):
                await line.start(Desk().take)

    async def test_start__taken_port_says_which_setting(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            async with OfficePbx() as pbx:
                line = make_pbx_line(pbx, port=other.getsockname()[1])
                with pytest.raises(PortTaken, match="HOTLINE_SIP_PORT"):
                    await line.start(Desk().take)

    async def test_dial__phones_of_ours_are_not_the_pbxs(self) -> None:
        async with OfficePbx() as pbx:
            line = make_pbx_line(pbx)
            await line.start(Desk().take)
            with pytest.raises(NoTrunk):
                await dial(line, "phone:wang")
            await line.stop()


class TestBadNetwork:
    async def test_call__lost_answer_and_goodbye_are_repeated(self) -> None:
        desk = Desk()
        async with OfficePbx() as pbx:
            line = make_pbx_line(pbx)
            await line.start(desk.take)
            pbx.lost = ["SIP/2.0 200", "BYE "]
            with Sipp("call_until_bye", port=pbx.port) as sipp:
                call, witness = await desk.arrival()
                await witness.answered()
                call.hang_up()
                (await asyncio.to_thread(sipp.wait)).check()
            await line.stop()

        assert pbx.lost == []
        assert witness.ends == [EndReason.WE_HUNG_UP]

    async def test_stop__goodbye_that_is_lost_is_repeated(self) -> None:
        desk = Desk()
        async with OfficePbx() as pbx:
            line = make_pbx_line(pbx)
            await line.start(desk.take)
            pbx.lost = ["BYE "]
            with Sipp("call_until_bye", port=pbx.port) as sipp:
                _, witness = await desk.arrival()
                await witness.answered()
                await line.stop()
                (await asyncio.to_thread(sipp.wait)).check()

        assert pbx.lost == []

    async def test_dial__lost_invite_and_acknowledgement_are_repeated(self) -> None:
        witness = Witness()
        with Sipp("callee_refuses", variables={"STATUS": 486}) as sipp:
            await sipp.listening()
            async with OfficePbx() as pbx:
                pbx.callee = ("127.0.0.1", sipp.sip_port)
                line = make_pbx_line(pbx)
                await line.start(Desk().take)
                pbx.lost = ["INVITE "]
                await line.dial(
                    "13800001234",
                    from_number="12348",
                    host="127.0.0.1",
                    port=40_000,
                    listener=witness,
                    timeout_seconds=60.0,
                )
                assert await witness.ended() is EndReason.BUSY
                (await asyncio.to_thread(sipp.wait)).check()
                await line.stop()

    async def test_receive__nobody_but_the_pbx_is_answered(self) -> None:
        desk = Desk()
        request = (
            b"OPTIONS sip:8001@127.0.0.1 SIP/2.0\r\n"
            b"Via: SIP/2.0/UDP 127.0.0.3;branch=z9hG4bKx;rport\r\n"
            b"From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
        async with OfficePbx() as pbx:
            line = make_pbx_line(pbx)
            await line.start(desk.take)
            with (
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as neighbour,
            ):
                for sock, host in ((stranger, "127.0.0.3"), (neighbour, "127.0.0.1")):
                    sock.bind((host, 0))
                    sock.settimeout(60)
                    for noise in (b"", b"\x00" * 20, b"INVITE", b"SIP/2.0 200 OK\r\n\r\n", request):
                        sock.sendto(noise, ("127.0.0.1", line.port))
                answer = await asyncio.to_thread(neighbour.recv, 2000)
                stranger.setblocking(False)
                with pytest.raises(BlockingIOError):
                    stranger.recv(2000)
            await line.stop()

        assert answer.startswith(b"SIP/2.0 200 OK\r\n")
