"""A telephone's RTP for tests of the media engine, and an engine with a memory of its events."""

import asyncio
import socket
import time
import wave
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from struct import pack
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from hotline.rtp import Packet, build_header, parse
from ivr.media.client import MediaEngine
from ivr.media.control import Address, Codec
from ivr.media.g711 import decode, encode
from ivr.media.telling import MediaEvent
from tests.ports import free_port
from tests.standstill import Standstill, watching

DEADLINE_SECONDS = 60.0
FRAME_SECONDS = 0.02

# Two minutes of frames: longer than anybody waits.
_LONG = 6000
# Three frames: what a buffer against jitter holds.
_BEARABLE_SECONDS = 0.06

E = TypeVar("E")


async def until(condition: Callable[[], object], what: str = "it") -> None:
    """Waits until something is so.

    Raises:
        AssertionError: It was not so in time.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        await asyncio.sleep(0.01)


def tone(sample: int, frames: int = 1, codec: Codec = Codec.PCMA) -> list[bytes]:
    """Frames of one constant sample: easy to tell apart, and to find again after a mixer."""
    return [encode(np.full(160, sample, np.int16), codec)] * frames


def noise(frames: int, *, seed: int = 1, codec: Codec = Codec.PCMA) -> list[bytes]:
    """Frames no two of which are alike, as loud as a voice."""
    rng = np.random.default_rng(seed)
    return [
        encode(rng.normal(0, 3300, 160).clip(-30_000, 30_000).astype(np.int16), codec)
        for _ in range(frames)
    ]


def level(frame: bytes, codec: Codec = Codec.PCMA) -> int:
    """The middle sample of a frame."""
    return int(np.median(decode(frame, codec)))


def write_prompt(path: Path, frames: Sequence[bytes], codec: Codec = Codec.PCMA) -> Path:
    """A WAV file whose encoding is the frames again."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(decode(b"".join(frames), codec).astype("<i2").tobytes())
    return path


def read_recording(path: Path) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Left and right, as Python's own `wave` reads them."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return samples[:, 0], samples[:, 1]


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet and when it came."""

    at: float
    packet: Packet


class Phone(asyncio.DatagramProtocol):
    """One end of an RTP stream, with a socket of its own."""

    def __init__(self, codec: Codec = Codec.PCMA) -> None:
        self.codec = codec
        self.target: Address | None = None
        self.heard: list[Heard] = []
        self.sequence = 100
        self.timestamp = 16_000
        self.source = 0xCAFE
        self._transport: asyncio.DatagramTransport | None = None
        self._pass_on: Callable[[bytes], None] | None = None
        self._closed = asyncio.Event()

    @classmethod
    async def open(cls, codec: Codec = Codec.PCMA) -> "Phone":
        """A phone on a free port of 127.0.0.1."""
        phone = cls(codec)
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind(("127.0.0.1", 0))
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: phone, sock=opened)
        return phone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        packet = parse(data)
        assert packet is not None, "the engine sent something that is not RTP"
        self.heard.append(Heard(time.monotonic(), packet))
        if self._pass_on is not None:
            self._pass_on(data)

    @property
    def transport(self) -> asyncio.DatagramTransport:
        assert self._transport is not None
        return self._transport

    @property
    def address(self) -> Address:
        host, port = self.transport.get_extra_info("sockname")
        return str(host), int(port)

    @property
    def frames(self) -> list[bytes]:
        """What it has heard, packet by packet."""
        return [heard.packet.payload for heard in self.heard]

    @property
    def last_level(self) -> int:
        """What it hears now."""
        return level(self.frames[-1], self.codec) if self.heard else 0

    def pass_on(self, onward: Callable[[bytes], None]) -> None:
        """Gives every datagram that comes to somebody else too."""
        self._pass_on = onward

    def send(self, data: bytes) -> None:
        """Sends any datagram."""
        self.transport.sendto(data, self.target)

    def send_frame(self, frame: bytes, *, payload_type: int | None = None) -> None:
        """Sends one packet of voice and moves its clock on."""
        kind = int(self.codec) if payload_type is None else payload_type
        self.send(self._header(kind) + frame)
        self.timestamp += len(frame)

    def _header(self, payload_type: int) -> bytes:
        self.sequence += 1
        return build_header(
            payload_type=payload_type,
            sequence=self.sequence,
            timestamp=self.timestamp,
            source=self.source,
        )

    async def say(self, frames: Sequence[bytes]) -> None:
        """Speaks, at the speed of speech."""
        begun = time.monotonic()
        for number, frame in enumerate(frames):
            await asyncio.sleep(begun + number * FRAME_SECONDS - time.monotonic())
            self.send_frame(frame)

    async def press(self, key: int, *, payload_type: int = 101) -> None:
        """Presses a key: five packets of one timestamp, and the end three times."""
        for number in range(8):
            ended = number >= 5
            duration = 160 * min(number + 1, 6)
            body = pack("!BBH", key, (0x80 if ended else 0) | 10, duration)
            self.send(self._header(payload_type) + body)
            if not ended:
                await asyncio.sleep(FRAME_SECONDS)
        self.timestamp += 960

    async def close(self) -> None:
        """Hangs up."""
        self.transport.close()
        await self._closed.wait()


class Studio:
    """An engine, its events, and phones that are connected to its legs."""

    def __init__(self, standstill: Standstill | None = None) -> None:
        self._standstill = standstill
        self.events: list[MediaEvent] = []
        self.phones: list[Phone] = []
        self._engine: MediaEngine | None = None

    @property
    def engine(self) -> MediaEngine:
        assert self._engine is not None
        return self._engine

    async def start(
        self,
        *,
        ports: range,
        host: str = "127.0.0.1",
        asr_address: Address | None = None,
        rtp_timeout_seconds: float = 30.0,
    ) -> None:
        self._engine = await MediaEngine.start(
            host=host,
            ports=ports,
            on_event=self.events.append,
            asr_address=asr_address,
            rtp_timeout_seconds=rtp_timeout_seconds,
        )

    async def phone(
        self,
        leg: str,
        *,
        codec: Codec = Codec.PCMA,
        telephone_event: int | None = 101,
        source: int | None = None,
    ) -> Phone:
        """A phone with an open leg; one with a known source is at an unknown address."""
        phone = await Phone.open(codec)
        self.phones.append(phone)
        port = await self.engine.open_leg(
            leg,
            codec=codec,
            telephone_event=telephone_event,
            remote=phone.address if source is None else None,
            source=source,
        )
        if source is not None:
            phone.source = source
        phone.target = ("127.0.0.1", port)
        return phone

    def events_of(self, kind: type[E]) -> list[E]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def stood_still_seconds(self) -> float:
        """How long the phones' process got no processor, at most at one time."""
        return self._standstill.worst_seconds if self._standstill else 0.0

    async def was_disturbed(self) -> bool:
        """Whether the machine stood still since the engine's start, by longer than voices bear.

        Asked of both sides: how late the engine was by its own account, and the phones' process.
        """
        statistics = await self.engine.statistics()
        late = max(statistics.lateness_max_ms / 1000, self.stood_still_seconds)
        return statistics.stalls > 0 or late > _BEARABLE_SECONDS

    async def event(self, kind: type[E]) -> E:
        """The first event of a kind, as soon as it is there."""
        await until(lambda: self.events_of(kind), kind.__name__)
        return self.events_of(kind)[0]


def free_ports(count: int) -> range:
    """A range with so many even ports."""
    first = free_port(count=2 * count)
    return range(first, first + 2 * count)


@asynccontextmanager
async def studio(
    *,
    ports: range | None = None,
    asr_address: Address | None = None,
    rtp_timeout_seconds: float = 30.0,
) -> AsyncIterator[Studio]:
    """A running engine for one test."""
    with watching() as standstill:
        opened = Studio(standstill)
        await opened.start(
            ports=ports or free_ports(200),
            asr_address=asr_address,
            rtp_timeout_seconds=rtp_timeout_seconds,
        )
        try:
            yield opened
        finally:
            await opened.engine.stop()
            for phone in opened.phones:
                await phone.close()


@asynccontextmanager
async def talking(*voices: tuple[Phone, bytes]) -> AsyncIterator[None]:
    """Each phone says its frame again and again as long as the block lasts."""
    tasks = [asyncio.create_task(phone.say([frame] * _LONG)) for phone, frame in voices]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_quiet(phone: Phone) -> None:
    """Waits until nothing has come for a fifth of a second; what was under way may come first."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        count = -1
        while count != len(phone.heard):
            count = len(phone.heard)
            await asyncio.sleep(0.2)
