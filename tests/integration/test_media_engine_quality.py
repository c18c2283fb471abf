"""What a running engine tells of the network, and of the voices that it loses there."""

import asyncio
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotline.rtp import build_header
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, encode
from ivr.media.ports import PortPool
from ivr.media.rtcp import Block, Report, build, middle_of, parse
from ivr.media.telling import LegQuality, RecordingStopped
from ivr.media.tones import Samples
from tests.integration.lossy_relay import Faults, LossyRelay
from tests.integration.media_phone import (
    DEADLINE_SECONDS,
    free_ports,
    read_recording,
    studio,
    until,
)

PROMPTS = Path(__file__).parents[2] / "ivr" / "prompts" / "audio"

_OURS = 0xCAFE
_PIECE = 2400

# Nothing is heard later than 0.4 s after it was said.
_LATEST = 3200


async def test_rtcp__is_exchanged_and_tells_the_round_trip() -> None:
    """A peer with both ports; the engine's first report comes within 3 s."""
    ports = PortPool(host="127.0.0.1", ports=free_ports(1)).open()
    async with studio() as room:
        port = await room.engine.open_leg(
            "leg_a", codec=Codec.PCMA, telephone_event=101, remote=("127.0.0.1", ports.port)
        )
        header = build_header(payload_type=8, sequence=1, timestamp=0, source=_OURS)
        ports.voice.sendto(header + SILENCE[Codec.PCMA], ("127.0.0.1", port))
        heard: list[Report] = []

        def listen() -> bool:
            try:
                heard.extend(parse(ports.control.recv(1500)) or ())
            except BlockingIOError:
                return False
            return True

        await until(listen, "a report")
        came = time.monotonic_ns()
        assert heard[0].blocks[0].source == _OURS
        # Told again until it comes through a machine that does not stand still meanwhile.
        deadline = time.monotonic() + DEADLINE_SECONDS
        rtt_ms: float | None = None
        while rtt_ms is None or rtt_ms >= 40:
            assert time.monotonic() < deadline, f"a round trip of {rtt_ms} ms was told"
            if listen():
                came = time.monotonic_ns()
            told = heard[-1].sender
            assert told is not None
            await asyncio.sleep(0.05)
            since = (time.monotonic_ns() - came) * 65_536 // 10**9
            block = Block(heard[-1].source, 0, 0, 0, 0, middle_of(told.ntp), since)
            answer = build(Report(_OURS, None, (block,)), name=b"phone")
            ports.control.sendto(answer, ("127.0.0.1", port + 1))
            await asyncio.sleep(0.05)
            rtt_ms = (await room.engine.quality("leg_a")).rtt_ms
    ports.close()


# How alike the voice must stay; the share of frames lost is the least that can be missed.
_NETWORKS = {
    "clean": (Faults(), 0.97),
    "1 % lost": (Faults(loss=0.01), 0.95),
    "5 % lost": (Faults(loss=0.05), 0.91),
    "10 % lost": (Faults(loss=0.10), 0.85),
    "60 ms of jitter": (Faults(jitter_seconds=0.06, doubled=0.05), 0.90),
    "all together": (Faults(loss=0.03, jitter_seconds=0.06, doubled=0.05), 0.85),
}


# A talk that the machine disturbed says nothing of the networks; it is held again so often.
_MOST_TALKS = 6


@dataclass(frozen=True, slots=True)
class Talk:
    """How a talk over all networks went, network by network.

    Attributes:
        told: What the engine told of each.
        lost: How many datagrams each has lost.
        was_disturbed: Whether the machine stood still meanwhile.
    """

    told: list[LegQuality]
    lost: list[int]
    was_disturbed: bool


async def hold_talk(directory: Path, frames: list[bytes]) -> Talk:
    """One caller for each network, all at once; what the engine makes of them is recorded."""
    async with studio() as room:
        relays = []
        for number, (faults, _) in enumerate(_NETWORKS.values()):
            leg = f"leg_{number}"
            phone = await room.phone(leg)
            assert phone.target is not None
            relays.append(await LossyRelay.open(phone.target, faults, seed=number))
            phone.target = relays[-1].address
            path = directory / f"{number}.wav"
            await room.engine.start_recording(leg, path=path, left=leg, right=None)
        await asyncio.gather(*(phone.say(frames) for phone in room.phones))
        await asyncio.sleep(0.3)
        told = [await room.engine.quality(f"leg_{number}") for number in range(len(relays))]
        was_disturbed = await room.was_disturbed()
        for number in range(len(relays)):
            await room.engine.stop_recording(f"leg_{number}")
        await until(lambda: len(room.events_of(RecordingStopped)) == len(relays))
        for relay in relays:
            relay.close()
    return Talk(told, [relay.lost for relay in relays], was_disturbed)


async def test_speech__through_bad_networks_stays_what_it_was(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    """A talk that sounds bad while the machine went on is a fault, and never held again.

    Whether it stood still is measured without looking at the sound: by the engine's own lateness
    and by how long the phones got no processor. Each talk alone shows every fault of the engine.
    """
    spoken = read_prompt("recording_notice")[: 8000 * 4]
    frames = [encode(spoken[at : at + 160], Codec.PCMA) for at in range(0, len(spoken) - 159, 160)]
    faults = ["nothing was said"]
    for attempt in range(_MOST_TALKS):
        directory = tmp_path / str(attempt)
        talk = await hold_talk(directory, frames)
        heard = [read_recording(directory / f"{number}.wav")[0] for number in range(len(_NETWORKS))]
        alike = [likeness(spoken, voice) for voice in heard]
        faults = find_faults(talk, alike)
        for name, quality, share in zip(_NETWORKS, talk.told, alike, strict=True):
            measured(
                f"{name}: correlation {share:.3f}, {quality.lost} lost, {quality.late} late, "
                f"jitter {quality.jitter_ms} ms, score {quality.mos}"
            )
        if not faults or not talk.was_disturbed:
            break

    assert faults == []


def find_faults(talk: Talk, alike: list[float]) -> list[str]:
    """What is not as it must be after such a talk."""
    told, lost = talk.told, talk.lost
    networks = zip(_NETWORKS.items(), alike, strict=True)
    faults = [f"{name}: {share:.3f}" for (name, (_, least)), share in networks if share <= least]
    # Doubled ones make up for lost ones in RTP's way of counting; the last are never missed.
    if any(quality.lost > count for quality, count in zip(told, lost, strict=True)):
        faults.append("more were counted as lost than were")
    if lost[3] - told[3].lost > 3:
        faults.append("fewer were counted as lost than were")
    if not told[0].mos > told[2].mos > told[3].mos:
        faults.append("the scores do not follow the losses")
    if told[4].jitter_ms <= 5:
        faults.append("jitter was not noticed")
    return faults


def read_prompt(name: str) -> Samples:
    """A committed prompt: speech that is there on every machine."""
    with wave.open(str(PROMPTS / "zh" / f"{name}.wav"), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)


def likeness(spoken: Samples, heard: Samples) -> float:
    """The correlation of pieces of 0.3 s, each where it fits best, weighted by their energy.

    A delay that follows the network moves the voice by some frames.
    """
    clean, got = spoken.astype(np.float64), heard.astype(np.float64)
    total = weights = 0.0
    for at in range(0, len(clean) - _PIECE, _PIECE):
        piece = clean[at : at + _PIECE]
        around = got[at : at + _PIECE + _LATEST]
        energy = float(piece @ piece)
        if energy < _PIECE * 100**2 or len(around) < _PIECE:
            continue
        sums = np.concatenate([[0.0], np.cumsum(around**2)])
        norms = np.sqrt(np.maximum((sums[_PIECE:] - sums[:-_PIECE]) * energy, 1.0))
        total += float(np.max(np.correlate(around, piece, "valid") / norms)) * energy
        weights += energy
    return total / weights
