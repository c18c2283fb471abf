"""What a running engine tells of the network, and of the voices that it loses there."""

import asyncio
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hotline.rtp import build_header
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, encode
from ivr.media.ports import PortPool
from ivr.media.rtcp import Block, Report, build, middle_of, parse
from ivr.media.telling import RecordingStopped
from ivr.media.tones import Samples
from tests.integration.lossy_relay import Faults, LossyRelay
from tests.integration.media_phone import free_ports, read_recording, studio, until

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
        await asyncio.sleep(0.05)
        told = heard[0].sender
        assert told is not None
        assert heard[0].blocks[0].source == _OURS
        since = (time.monotonic_ns() - came) * 65_536 // 10**9
        block = Block(heard[0].source, 0, 0, 0, 0, middle_of(told.ntp), since)
        answer = build(Report(_OURS, None, (block,)), name=b"phone")
        ports.control.sendto(answer, ("127.0.0.1", port + 1))

        deadline = time.monotonic() + 5
        while (quality := await room.engine.quality("leg_a")).rtt_ms is None:
            assert time.monotonic() < deadline, "no round trip was told"
            await asyncio.sleep(0.05)
        assert quality.rtt_ms < 40
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


async def test_speech__through_bad_networks_stays_what_it_was(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    """One caller for each network, all at once; what the engine makes of them is recorded."""
    spoken = read_prompt("recording_notice")[: 8000 * 4]
    frames = [encode(spoken[at : at + 160], Codec.PCMA) for at in range(0, len(spoken) - 159, 160)]
    async with studio() as room:
        relays = []
        for number, (faults, _) in enumerate(_NETWORKS.values()):
            leg = f"leg_{number}"
            phone = await room.phone(leg)
            assert phone.target is not None
            relays.append(await LossyRelay.open(phone.target, faults, seed=number))
            phone.target = relays[-1].address
            path = tmp_path / f"{number}.wav"
            await room.engine.start_recording(leg, path=path, left=leg, right=None)
        await asyncio.gather(*(phone.say(frames) for phone in room.phones))
        await asyncio.sleep(0.3)
        told = [await room.engine.quality(f"leg_{number}") for number in range(len(relays))]
        for number in range(len(relays)):
            await room.engine.stop_recording(f"leg_{number}")
        await until(lambda: len(room.events_of(RecordingStopped)) == len(relays))
        for relay in relays:
            relay.close()

    for number, (name, (_, least)) in enumerate(_NETWORKS.items()):
        heard, _right = read_recording(tmp_path / f"{number}.wav")
        alike, quality = likeness(spoken, heard), told[number]
        measured(
            f"{name}: correlation {alike:.3f}, {quality.lost} lost, {quality.late} late, "
            f"jitter {quality.jitter_ms} ms, score {quality.mos}"
        )
        assert alike > least, name
        # Doubled ones make up for lost ones in RTP's way of counting; the last are never missed.
        assert quality.lost <= relays[number].lost
    assert relays[3].lost - told[3].lost <= 3
    assert told[0].mos > told[2].mos > told[3].mos
    assert told[4].jitter_ms > 5


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
