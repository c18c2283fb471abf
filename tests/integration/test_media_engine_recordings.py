"""What a running engine writes to disk and sends to speech recognition."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from ivr.media.control import Codec
from ivr.media.errors import NoSuchLeg, NoSuchRecording, RecordingImpossible
from ivr.media.fork import HEADER
from ivr.media.telling import RecordingStopped
from tests.integration.media_phone import (
    Phone,
    Studio,
    level,
    read_recording,
    studio,
    talking,
    tone,
    until,
)


@pytest_asyncio.fixture
async def engine_room() -> AsyncIterator[Studio]:
    async with studio() as opened:
        yield opened


async def talk(room: Studio, *, frames: int = 60) -> tuple[Phone, Phone]:
    """A caller who says 4000 and a lawyer who says -8000, each on a leg."""
    caller, lawyer = await room.phone("leg_a"), await room.phone("leg_b", codec=Codec.PCMU)
    await asyncio.gather(
        caller.say(tone(4000, frames)), lawyer.say(tone(-8000, frames, Codec.PCMU))
    )
    return caller, lawyer


def seconds_at(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]", value: int) -> float:
    """How long a channel has about a value."""
    return share_at(samples, value) * len(samples) / 8000


def share_at(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]", value: int) -> float:
    """How much of a channel has about a value."""
    near = np.abs(samples.astype(np.int32) - value) <= abs(value) * 0.05 + 8
    return float(np.mean(near))


async def test_recording__has_caller_left_and_lawyer_right(
    engine_room: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "rec.wav"
    await engine_room.phone("leg_x")
    begun = time.monotonic()
    await engine_room.engine.start_recording("rec_1", path=path, left=None, right=None)
    talking = asyncio.create_task(talk(engine_room))
    await until(lambda: len(engine_room.phones) == 3)
    await until(lambda: engine_room.phones[2].heard)
    await engine_room.engine.set_recording_leg("rec_1", left="leg_a", right="leg_b")
    await talking
    await engine_room.engine.stop_recording("rec_1")
    elapsed = time.monotonic() - begun
    stopped = await engine_room.event(RecordingStopped)
    slack = 0.3 + engine_room.stood_still_seconds

    left, right = read_recording(path)
    assert stopped.error is None
    assert stopped.recording == "rec_1"
    assert len(left) == round(stopped.seconds * 8000)
    assert elapsed - slack < stopped.seconds < elapsed + 0.3
    assert seconds_at(left, 4000) > 0.4
    assert seconds_at(right, -8000) > 0.4
    assert share_at(left, -8000) == share_at(right, 4000) == 0


async def test_recording__goes_on_in_silence_when_a_leg_has_gone(
    engine_room: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "rec.wav"
    await engine_room.phone("leg_a")
    await engine_room.engine.start_recording("rec_1", path=path, left="leg_a", right=None)

    await engine_room.engine.close_leg("leg_a")
    await asyncio.sleep(0.6)
    await engine_room.engine.stop_recording("rec_1")

    assert (await engine_room.event(RecordingStopped)).seconds >= 0.3
    assert share_at(read_recording(path)[0], 0) == 1


async def test_recording__is_never_written_over_another(
    engine_room: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "rec.wav"
    path.write_bytes(b"evidence")

    with pytest.raises(RecordingImpossible, match="rec_1"):
        await engine_room.engine.start_recording("rec_1", path=path, left=None, right=None)

    assert path.read_bytes() == b"evidence"
    with pytest.raises(NoSuchRecording):
        await engine_room.engine.stop_recording("rec_1")


async def test_recording__of_nobody_is_refused(engine_room: Studio, tmp_path: Path) -> None:
    with pytest.raises(NoSuchLeg):
        await engine_room.engine.start_recording(
            "rec_1", path=tmp_path / "rec.wav", left="leg_x", right=None
        )

    assert not (tmp_path / "rec.wav").exists()


async def test_recording__is_readable_after_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "rec.wav"
    async with studio() as room:
        caller = await room.phone("leg_a")
        await room.engine.start_recording("rec_1", path=path, left="leg_a", right=None)
        begun = time.monotonic()
        await caller.say(tone(4000, 150))
        os.kill(room.engine.process_id, signal.SIGKILL)
        elapsed = time.monotonic() - begun
        slack = 1.2 + room.stood_still_seconds

        left, _ = read_recording(path)

    assert len(left) / 8000 > elapsed - slack
    assert seconds_at(left, 4000) > 1


async def test_recording__is_complete_when_the_engine_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "rec.wav"
    async with studio() as room:
        caller = await room.phone("leg_a")
        await room.engine.start_recording("rec_1", path=path, left="leg_a", right=None)
        await caller.say(tone(4000, 20))

        await room.engine.stop()

        (stopped,) = room.events_of(RecordingStopped)
    assert len(read_recording(path)[0]) == round(stopped.seconds * 8000) > 0


class Recogniser:
    """Where speech is forked to."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._datagrams: list[bytes] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    @property
    def datagrams(self) -> list[bytes]:
        with suppress(BlockingIOError):
            while True:
                self._datagrams.append(self._socket.recv(2048))
        return self._datagrams

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def recogniser() -> Iterator[Recogniser]:
    opened = Recogniser()
    yield opened
    opened.close()


async def test_fork__every_frame_on_the_clock_of_the_recording(
    recogniser: Recogniser, tmp_path: Path
) -> None:
    async with studio(asr_address=recogniser.address) as room:
        caller = await room.phone("leg_a", codec=Codec.PCMU)
        path = tmp_path / "rec.wav"
        await room.engine.start_recording("rec_1", path=path, left="leg_a", right=None)
        await caller.say(tone(4000, 25, Codec.PCMU))
        await room.engine.start_fork("leg_a", stream=42, recording="rec_1")
        await caller.say(tone(4000, 25, Codec.PCMU))
        await until(lambda: len(recogniser.datagrams) > 45)
        await room.engine.stop_fork("leg_a")
        stalls = (await room.engine.statistics()).stalls
        was_disturbed = await room.was_disturbed()
        await asyncio.sleep(0.1)
        count = len(recogniser.datagrams)
        await asyncio.sleep(0.2)

    headers = [HEADER.unpack(datagram[:16]) for datagram in recogniser.datagrams]
    voices = [datagram[16:] for datagram in recogniser.datagrams]
    assert len(recogniser.datagrams) == count
    assert {header[:2] for header in headers} == {(b"HLF1", 0)}
    assert {header[4] for header in headers} == {42}
    assert [header[3] for header in headers] == list(range(count))
    first = headers[0][5]
    assert 300 <= first <= 10_000
    steps = np.diff([header[5] for header in headers])
    # Time in which the machine stood still is left out.
    assert np.count_nonzero(steps != 20) <= stalls
    assert set(steps % 20) == {0}
    assert {len(voice) for voice in voices} == {0, 160}
    heard = [voice for header, voice in zip(headers, voices, strict=True) if header[2] == 0]
    assert (1 if was_disturbed else 15) <= len(heard) <= 30
    assert {level(voice, Codec.PCMU) for voice in heard} == {
        level(tone(4000, 1, Codec.PCMU)[0], Codec.PCMU)
    }


async def test_fork__nobody_listening_does_no_harm(recogniser: Recogniser) -> None:
    recogniser.close()
    async with studio(asr_address=("127.0.0.1", 9)) as room:
        phone = await room.phone("leg_a")
        await room.engine.start_fork("leg_a", stream=1, recording=None)
        heard = len(phone.heard)

        await until(lambda: len(phone.heard) > heard + 20)


async def test_fork__of_an_unknown_recording_is_refused(engine_room: Studio) -> None:
    await engine_room.phone("leg_a")

    with pytest.raises(NoSuchRecording):
        await engine_room.engine.start_fork("leg_a", stream=1, recording="rec_x")


async def test_pause_recording__writes_silence_for_a_while(
    engine_room: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "rec.wav"
    caller = await engine_room.phone("leg_a")
    await engine_room.engine.start_recording("rec_1", path=path, left="leg_a", right=None)
    async with talking((caller, tone(4000)[0])):
        for paused in (True, False):
            await asyncio.sleep(0.6)
            await engine_room.engine.pause_recording("rec_1", paused)
        await asyncio.sleep(0.6)
        await engine_room.engine.stop_recording("rec_1")
    stopped = await engine_room.event(RecordingStopped)

    left, _ = read_recording(path)
    assert stopped.seconds > 1.5
    assert len(left) == round(stopped.seconds * 8000)
    assert seconds_at(left, 4000) > 0.4
    # Whenever the pause came: voice, half a second of silence or what is left of it, voice again.
    spoken = np.flatnonzero(np.abs(left) > 2000)
    assert np.diff(spoken).max() > 0.25 * 8000
    with pytest.raises(NoSuchRecording):
        await engine_room.engine.pause_recording("rec_2")
