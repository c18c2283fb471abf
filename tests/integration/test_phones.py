"""Lawyers' SIP phones: pjsua2 registers with the line, is dialled, answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_network

import pytest

from ivr.sip.line import EndReason, NoTrunk
from ivr.sip.sippy_phones import PhoneDesk
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.sipp.listener import Desk, Witness
from tests.sipp.phone_program import PhoneProgram, phone
from tests.sipp.phone_secrets import REALM, phone_secrets
from tests.sipp.run import Sipp, place_call


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    phones = PhoneDesk([ip_network("127.0.0.1/32")], realm=REALM, user_agent="hotline test")
    line = TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=one_trunk([ip_network("127.0.0.2/32")]),
        max_calls=10,
        calls_per_second=50,
        user_agent="hotline test",
        phones=phones,
    )
    await line.start(desk.take)
    line.admit_phones({"wang": phone_secrets("wang", "right")})
    yield line
    await line.stop()


def wangs_phone(
    line: TrunkLine, password: str, *options: str
) -> AbstractAsyncContextManager[PhoneProgram]:
    return phone(line.port, username="wang", password=password, options=options)


async def dial(line: TrunkLine, witness: Witness, username: str = "wang") -> TrunkCall:
    return await line.dial(
        f"phone:{username}",
        from_number="12348",
        host="127.0.0.1",
        port=40_000,
        listener=witness,
        timeout_seconds=5.0,
    )


async def test_register__phone_is_dialled_hangs_up_and_signs_off(line: TrunkLine) -> None:
    witness = Witness()
    async with wangs_phone(line, "right", "--talk", "0.2") as program:
        assert (await program.says("registration"))["status"] == 200
        assert line.phones == {"wang"}
        call = await dial(line, witness)
        media = await witness.answered()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        await program.ends()

    assert call.media == media
    assert line.phones == frozenset()


async def test_register__phone_hears_us_hang_up(line: TrunkLine) -> None:
    witness = Witness()
    async with wangs_phone(line, "right") as program:
        await program.says("registration")
        call = await dial(line, witness)
        await witness.answered()
        call.hang_up()
        await program.says("ended")

    assert witness.ends == [EndReason.WE_HUNG_UP]


async def test_register__wrong_password_is_refused(line: TrunkLine) -> None:
    async with wangs_phone(line, "wrong") as program:
        assert (await program.says("registration"))["status"] == 403

    with pytest.raises(NoTrunk, match="not registered"):
        await dial(line, Witness())


async def test_dial__unknown_phone_is_nowhere(line: TrunkLine) -> None:
    with pytest.raises(NoTrunk):
        await dial(line, Witness(), username="li")


async def test_invite__from_where_phones_are_is_no_citizens_call(
    line: TrunkLine, desk: Desk
) -> None:
    await asyncio.to_thread(
        place_call, "refused", port=line.port, variables={"STATUS": 403, "EXPECT": "SIP/2.0"}
    )

    assert desk.calls == []


async def test_register__from_a_trunk_is_none(line: TrunkLine) -> None:
    variables = {"METHOD": "REGISTER", "STATUS": 405, "EXPECT": "Allow: INVITE"}
    with Sipp("request", port=line.port, source="127.0.0.2", variables=variables) as sipp:
        (await asyncio.to_thread(sipp.wait)).check()
