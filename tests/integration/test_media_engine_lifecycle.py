"""A running engine against hostile networks, exhausted ports, and the death of either side."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hotline.errors import InvalidInput
from ivr.media.control import Codec
from ivr.media.errors import EngineGone, NoPortFree, NoSuchLeg
from ivr.media.g711 import SILENCE
from ivr.media.telling import EngineDied, LegHeard, LegSilent
from tests.integration.media_phone import (
    DEADLINE_SECONDS,
    Phone,
    Studio,
    free_ports,
    read_recording,
    studio,
    tone,
    until,
)


@pytest_asyncio.fixture
async def engine_room() -> AsyncIterator[Studio]:
    async with studio() as opened:
        yield opened


async def stranger(room: Studio, victim: Phone) -> Phone:
    """A phone that sends to another one's leg."""
    phone = await Phone.open()
    room.phones.append(phone)
    phone.target = victim.target
    phone.source = 0xBAD
    return phone


async def test_ports__run_out_and_come_back(tmp_path: Path) -> None:
    async with studio(ports=free_ports(3)) as room:
        for number in range(3):
            await room.phone(f"leg_{number}")

        with pytest.raises(NoPortFree):
            await room.engine.open_leg("leg_3", codec=Codec.PCMA, telephone_event=None, remote=None)
        await room.engine.close_leg("leg_1")

        phone = await room.phone("leg_3")
        await until(lambda: phone.heard)
        statistics = await room.engine.statistics()
        assert statistics.legs == 3


async def test_open_leg__twice_is_refused(engine_room: Studio) -> None:
    await engine_room.phone("leg_a")

    with pytest.raises(InvalidInput, match="leg_a"):
        await engine_room.phone("leg_a")


async def test_open_leg__refuses_names_that_would_have_to_be_looked_up(
    engine_room: Studio,
) -> None:
    with pytest.raises(InvalidInput, match="numeric"):
        await engine_room.engine.open_leg(
            "leg_a", codec=Codec.PCMA, telephone_event=None, remote=("media.example", 4000)
        )


async def test_close_leg__is_silent_at_once(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a")
    await until(lambda: phone.heard)

    await engine_room.engine.close_leg("leg_a")
    heard = len(phone.heard)
    await asyncio.sleep(0.2)

    assert len(phone.heard) - heard <= 1
    with pytest.raises(NoSuchLeg):
        await engine_room.engine.close_leg("leg_a")


async def test_hostile_datagrams__cost_nothing(engine_room: Studio) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0)])
    rng = random.Random(7)
    voice = asyncio.create_task(caller.say(tone(4000, 400)))
    for _ in range(60):
        for length in (0, 1, 11, 12, 13, 172, 1400):
            caller.send(rng.randbytes(length))
            caller.send(b"\x80\x08" + rng.randbytes(length))
        caller.send(b"\x9f\x65" + rng.randbytes(20))
        await asyncio.sleep(0.01)

    await until(lambda: lawyer.last_level == pytest.approx(4000, rel=0.05), "the voice")
    statistics = await engine_room.engine.statistics()
    assert statistics.packets_refused > 60
    assert statistics.lateness_max_ms < 1000
    voice.cancel()


@pytest.mark.parametrize("frames_before", [3, 60])
async def test_a_stranger__is_not_heard_while_the_peer_talks(
    engine_room: Studio, frames_before: int
) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0)])
    intruder = await stranger(engine_room, caller)
    await caller.say(tone(4000, frames_before))

    await asyncio.gather(caller.say(tone(4000, 50)), intruder.say(tone(-9000, 50)))

    assert min(level_of(frame) for frame in lawyer.frames) >= -8
    assert intruder.heard == []


def level_of(frame: bytes) -> int:
    return 0 if frame == SILENCE[Codec.PCMA] else -1 if frame == tone(-9000)[0] else 1


async def test_a_peer__is_answered_where_it_sends_from(engine_room: Studio) -> None:
    """The SDP names one address, behind NAT the packets come from another."""
    named = await engine_room.phone("leg_a")
    real = await stranger(engine_room, named)

    await real.say(tone(4000, 60))

    await until(lambda: len(real.heard) > 20)


async def test_a_peer__may_come_back_from_a_new_port_after_silence(engine_room: Studio) -> None:
    first = await engine_room.phone("leg_a")
    lawyer = await engine_room.phone("leg_b")
    await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0)])
    await first.say(tone(4000, 60))
    await asyncio.sleep(0.8)
    second = await stranger(engine_room, first)

    await second.say(tone(-9000, 60))

    await until(lambda: any(level_of(frame) == -1 for frame in lawyer.frames))
    await until(lambda: second.heard)


async def test_silence__is_told_once_and_so_is_its_end() -> None:
    async with studio(rtp_timeout_seconds=0.4) as room:
        phone = await room.phone("leg_a")
        assert await room.event(LegSilent) == LegSilent(leg="leg_a", seconds=0.4)

        await phone.say(tone(4000, 10))
        await room.event(LegHeard)
        await until(lambda: len(room.events_of(LegSilent)) == 2)
        await asyncio.sleep(0.6)

        assert [type(event) for event in room.events] == [LegSilent, LegHeard, LegSilent]


async def test_death__is_told_and_ends_what_was_asked(engine_room: Studio) -> None:
    await engine_room.phone("leg_a")

    os.kill(engine_room.engine.process_id, signal.SIGKILL)

    died = await engine_room.event(EngineDied)
    assert died == EngineDied(engine_room.engine.process_id, exit_code=-signal.SIGKILL)
    with pytest.raises(EngineGone):
        await engine_room.engine.close_leg("leg_a")


async def test_death__in_the_middle_of_a_question() -> None:
    async with studio() as room:
        os.kill(room.engine.process_id, signal.SIGSTOP)
        asking = asyncio.create_task(room.engine.statistics())
        await asyncio.sleep(0.05)
        os.kill(room.engine.process_id, signal.SIGKILL)

        with pytest.raises(EngineGone):
            await asking


async def test_start__of_an_engine_that_cannot_run_is_an_error() -> None:
    with pytest.raises(EngineGone):
        await Studio().start(ports=free_ports(2), host="192.0.2.1")


async def test_stop__is_no_death() -> None:
    async with studio() as room:
        await room.engine.stop()
        await room.engine.stop()

        assert room.events == []
        with pytest.raises(EngineGone):
            await room.engine.statistics()


_PARENT = """
import asyncio, sys
from pathlib import Path
from ivr.media.client import MediaEngine
from ivr.media.control import Codec

async def main():
    engine = await MediaEngine.start(
        host="127.0.0.1", ports=range(int(sys.argv[1]), int(sys.argv[1]) + 40),
        on_event=lambda event: None, asr_address=None,
    )
    await engine.open_leg("leg_a", codec=Codec.PCMA, telephone_event=None, remote=None)
    await engine.start_recording("rec_1", path=Path(sys.argv[2]), left="leg_a", right=None)
    print(engine.process_id, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_an_engine__ends_with_its_parent_and_closes_its_recordings(tmp_path: Path) -> None:
    path = tmp_path / "rec.wav"
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PARENT, str(free_ports(20).start), str(path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    engine = int(await asyncio.wait_for(parent.stdout.readline(), DEADLINE_SECONDS))
    begun = time.monotonic()
    await asyncio.sleep(0.5)

    parent.kill()
    await parent.wait()

    await until(lambda: not Path(f"/proc/{engine}").exists(), "the engine's end")
    assert len(read_recording(path)[0]) / 8000 >= 0.4
    assert time.monotonic() - begun < DEADLINE_SECONDS
