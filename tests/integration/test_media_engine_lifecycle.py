"""A running engine against hostile networks, exhausted ports, and the death of either side."""

import asyncio
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hotline.errors import InvalidInput
from hotline.rtp import build_header
from ivr.media.control import Codec
from ivr.media.errors import EngineGone, NoPortFree, NoSuchLeg
from ivr.media.g711 import SILENCE
from ivr.media.telling import EngineDied, LegHeard, LegSilent
from tests.integration.media_phone import (
    DEADLINE_SECONDS,
    Phone,
    Studio,
    free_ports,
    noise,
    read_recording,
    studio,
    talking,
    tone,
    until,
    until_quiet,
)


@pytest_asyncio.fixture
async def engine_room() -> AsyncIterator[Studio]:
    async with studio() as opened:
        yield opened


# Whoever says nothing for half a second may be followed by somebody else (`ivr.media.inbound`):
# where the phones themselves stood still for so long, a stranger rightly takes the peer's place.
_RELEASE_SECONDS = 0.3


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

    await until_quiet(phone)
    with pytest.raises(NoSuchLeg):
        await engine_room.engine.close_leg("leg_a")


class TestHostility:
    """Everything that is no voice of the peer's, sent into a talk, as fast as a page loads."""

    VOICE = noise(150)
    SHOUT = tone(-9000)[0]
    # A fifth of the voice in a row, unharmed; a laden machine may lose some before and after.
    RUN = 30
    FLOOD_ROUNDS, FLOOD_SHARE = 100, 40
    # Half of what a flood would leave if each datagram were kept.
    MOST_GROWTH_BYTES = FLOOD_ROUNDS * FLOOD_SHARE * 1400 // 2

    async def test_hostile_datagrams__cost_nothing(
        self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        async with studio() as room:
            caller, lawyer = await room.phone("leg_a"), await room.phone("leg_b")
            intruder = await stranger(room, caller)
            intruder.source = caller.source
            talk = [("leg_a", "leg_b", 1.0), ("leg_b", "leg_a", 1.0)]
            await room.engine.set_gains(talk)
            voices = [asyncio.create_task(self.talk(phone)) for phone in (caller, lawyer)]
            await until(lambda: self.has_run(lawyer), "the voice")
            begun = len(lawyer.heard), len(caller.heard)

            attack = asyncio.create_task(self.attack(caller, intruder))
            await until(lambda: self.has_run(lawyer, since=begun[0]), "the voice in the attack")
            await until(lambda: self.has_run(caller, since=begun[1]), "the other one")
            before = await room.engine.statistics()
            for _ in range(self.FLOOD_ROUNDS):
                for _ in range(self.FLOOD_SHARE):
                    intruder.send(b"\x80\x08" + bytes(1398))
                await asyncio.sleep(0.005)
            after = await room.engine.statistics()
            for task in (attack, *voices):
                task.cancel()

        if room.stood_still_seconds < _RELEASE_SECONDS and not after.stalls:
            assert self.SHOUT not in caller.frames + lawyer.frames
            assert intruder.heard == []
            assert {type(event) for event in room.events} <= {LegHeard, LegSilent}
        assert after.packets_refused > 50
        assert after.resident_bytes - before.resident_bytes < self.MOST_GROWTH_BYTES
        assert len(capfd.readouterr().err.splitlines()) < 20

    async def talk(self, phone: Phone) -> None:
        """Says the same again and again."""
        while True:
            await phone.say(self.VOICE)

    def has_run(self, phone: Phone, *, since: int = 0) -> bool:
        """Whether it has heard so much of the voice in a row, each frame as it was said."""
        places = {frame: place for place, frame in enumerate(self.VOICE)}
        run, last = 0, -1
        for frame in phone.frames[since:]:
            place = places.get(frame, -1)
            run = run + 1 if place >= 0 and place == (last + 1) % len(self.VOICE) else 0
            last = place
            if run >= self.RUN:
                return True
        return False

    async def attack(self, peer: Phone, intruder: Phone) -> None:
        """Sends a few things of the peer's own, and many of a stranger who knows its stream."""
        chance = random.Random(7)
        while True:
            kinds = self.kinds(chance, peer)
            for datagram in chance.sample(kinds, 3):
                peer.send(datagram)
            intruder.sequence, intruder.timestamp = peer.sequence, peer.timestamp
            intruder.send_frame(self.SHOUT)
            for datagram in kinds:
                intruder.send(datagram)
                intruder.transport.sendto(datagram, self.control(peer))
            await asyncio.sleep(0.02)

    def kinds(self, chance: random.Random, peer: Phone) -> list[bytes]:
        """One of each."""

        def packet(payload: bytes, *, kind: int = 8, jump: int = 0) -> bytes:
            return (
                build_header(
                    payload_type=kind,
                    sequence=(peer.sequence + 1) & 0xFFFF,
                    timestamp=(peer.timestamp + jump) & 0xFFFF_FFFF,
                    source=0xBAD,
                )
                + payload
            )

        return [
            b"",
            b"\x80",
            packet(self.SHOUT)[:11],
            b"\x00" + packet(self.SHOUT)[1:],
            b"\xc0" + packet(self.SHOUT)[1:],
            packet(self.SHOUT),
            packet(self.SHOUT, jump=0x7000_0000),
            packet(b"\x05\x8a\x03\x20", kind=101),
            # SRTP: the same header, what follows is encrypted and has a tag of ten bytes.
            packet(chance.randbytes(170)),
            packet(chance.randbytes(1388)),
            chance.randbytes(172),
            chance.randbytes(1400),
            b"\x80\xc8\xff\xff" + chance.randbytes(40),
            b"\x81\xcb\x00\x01" + peer.source.to_bytes(4, "big"),
            b"\x9f\x65" + chance.randbytes(20),
        ]

    @staticmethod
    def control(peer: Phone) -> tuple[str, int]:
        """Where reports of the peer's leg go."""
        assert peer.target is not None
        return peer.target[0], peer.target[1] + 1


@pytest.mark.parametrize("frames_before", [3, 60])
async def test_a_stranger__is_not_heard_while_the_peer_talks(
    engine_room: Studio, frames_before: int
) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0)])
    intruder = await stranger(engine_room, caller)
    await caller.say(tone(4000, frames_before))

    await asyncio.gather(caller.say(tone(4000, 50)), intruder.say(tone(-9000, 50)))

    if engine_room.stood_still_seconds < _RELEASE_SECONDS:
        assert min(level_of(frame) for frame in lawyer.frames) >= 0
        assert intruder.heard == []


def level_of(frame: bytes) -> int:
    return 0 if frame == SILENCE[Codec.PCMA] else -1 if frame == tone(-9000)[0] else 1


async def test_a_stranger__who_is_first_at_a_browsers_leg_is_not_heard_and_hears_nothing(
    engine_room: Studio,
) -> None:
    """No SDP names the gateway's address; the engine knows its synchronisation source."""
    caller = await engine_room.phone("leg_a")
    gateway = await engine_room.phone("leg_b", source=0x5EC2E7)
    await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0), ("leg_b", "leg_a", 1.0)])
    intruder = await stranger(engine_room, gateway)
    await intruder.say(tone(-9000, 50))

    async with talking((intruder, tone(-9000)[0]), (gateway, tone(4000)[0])):
        await until(lambda: len(gateway.heard) > 50, "the answer to the gateway")

    assert min(level_of(frame) for frame in caller.frames) >= 0
    assert intruder.heard == []


async def test_a_peer__is_answered_where_it_sends_from(engine_room: Studio) -> None:
    """The SDP names one address, behind NAT the packets come from another."""
    named = await engine_room.phone("leg_a")
    real = await stranger(engine_room, named)

    async with talking((real, tone(4000)[0])):
        await until(lambda: len(real.heard) > 20)


async def test_a_peer__may_come_back_from_a_new_port_after_silence(engine_room: Studio) -> None:
    first = await engine_room.phone("leg_a")
    lawyer = await engine_room.phone("leg_b")
    await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0)])
    await first.say(tone(4000, 60))
    await asyncio.sleep(0.8)
    second = await stranger(engine_room, first)

    async with talking((second, tone(-9000)[0])):
        await until(lambda: any(level_of(frame) == -1 for frame in lawyer.frames))
        await until(lambda: second.heard)


async def test_silence__is_told_once_and_so_is_its_end() -> None:
    async with studio(rtp_timeout_seconds=0.4) as room:
        phone = await room.phone("leg_a")
        assert await room.event(LegSilent) == LegSilent(leg="leg_a", seconds=0.4)

        await phone.say(tone(4000, 1))
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
    # Half a second of both sides is on the disk.
    await until(lambda: path.stat().st_size > 16_000, "the recording")

    parent.kill()
    await parent.wait()

    await until(lambda: not Path(f"/proc/{engine}").exists(), "the engine's end")
    assert len(read_recording(path)[0]) / 8000 >= 0.4
