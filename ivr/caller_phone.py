"""The telephone of `hotline call`: what it says, what it hears, and plain RTP for both.

It serves one call at a leisurely pace; the platform's own media engine is `ivr.media`.
"""

import asyncio
import secrets
import struct
from collections import deque
from collections.abc import Callable
from typing import cast

import numpy as np

from hotline import rtp
from hotline.g711 import Samples
from ivr.media import g711
from ivr.media.control import Codec
from ivr.sip.line import RemoteMedia

FRAME_SECONDS = rtp.FRAME_MS / 1000
DIGITS = "0123456789*#ABCD"  # By RFC 4733 event number.

# RFC 4733 section 2.5.1.4: the end of an event is sent three times. 160 ms is a firm press.
_DIGIT_FRAMES = 8
_END_PACKETS = 3
_END_BIT = 0x80
_VOLUME_DBM0 = 10
# Speech at the telephone is 20 to 40 dB above this; comfort noise and line noise are below.
_QUIET_RMS = 180.0
# A source whose clock runs away from ours by more than this has begun anew.
_LARGEST_DRIFT_SAMPLES = rtp.SAMPLE_RATE_HZ // 2


class Ear:
    """Keeps what was heard, each packet at its place in time.

    Attributes:
        packet_count: Packets of audio so far.
        sound_at: When anything but silence was last heard, in seconds since the answer.
    """

    def __init__(self) -> None:
        self._pieces: list[tuple[int, Samples]] = []
        self._source: int | None = None
        self._offset = 0
        self.packet_count = 0
        self.sound_at: float | None = None

    def hear(self, packet: rtp.Packet, *, codec: Codec, at_seconds: float) -> None:
        """Takes one packet of audio.

        Args:
            packet: As received.
            codec: What its payload is.
            at_seconds: Since the answer.
        """
        samples = g711.decode(packet.payload, codec)
        now = round(at_seconds * rtp.SAMPLE_RATE_HZ)
        position = (packet.timestamp + self._offset) & rtp.TIMESTAMP_MASK
        if packet.source != self._source or abs(position - now) > _LARGEST_DRIFT_SAMPLES:
            self._source = packet.source
            self._offset = now - packet.timestamp
            position = now
        self.packet_count += 1
        self._pieces.append((position, samples))
        if is_loud(samples):
            self.sound_at = at_seconds

    def samples(self) -> Samples:
        """Everything heard since the answer, gaps as silence."""
        length = max((at + len(piece) for at, piece in self._pieces), default=0)
        heard: Samples = np.zeros(length, np.int16)
        for at, piece in self._pieces:
            heard[at : at + len(piece)] = piece
        return heard


def is_loud(samples: Samples) -> bool:
    """Whether there is more than silence or faint noise in it."""
    if len(samples) == 0:
        return False
    return float(np.mean(samples.astype(np.float64) ** 2)) > _QUIET_RMS**2


class Mouth:
    """Makes the packets that the telephone sends, one every 20 ms or three at a digit's end."""

    def __init__(self, *, codec: Codec, telephone_event: int | None) -> None:
        self._codec = codec
        self._telephone_event = telephone_event
        self._source = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._timestamp = secrets.randbits(32)
        self._is_first = True
        self._frames: deque[bytes] = deque()
        self._digits: deque[list[tuple[int, int, bool]]] = deque()
        self._digit_timestamp = 0

    @property
    def can_press(self) -> bool:
        """Whether the other side takes keys."""
        return self._telephone_event is not None

    @property
    def is_idle(self) -> bool:
        """Whether everything said and pressed is out."""
        return not self._frames and not self._digits

    def say(self, samples: Samples) -> None:
        """Says this after what is being said already."""
        padded = np.pad(samples, (0, -len(samples) % rtp.FRAME_SAMPLES))
        payload = g711.encode(padded, self._codec)
        size = rtp.FRAME_SAMPLES
        self._frames.extend(payload[at : at + size] for at in range(0, len(payload), size))

    def press(self, digit: str) -> None:
        """Presses a key; what is being said waits that long."""
        event = DIGITS.index(digit)
        durations = [rtp.FRAME_SAMPLES * (frame + 1) for frame in range(_DIGIT_FRAMES)]
        self._digits.append([(event, duration, False) for duration in durations])
        self._digits[-1].append((event, durations[-1], True))

    def next_packets(self) -> list[bytes]:
        """What goes out in the next 20 ms."""
        packets = self._digit_packets() if self._digits else [self._audio_packet()]
        self._timestamp += rtp.FRAME_SAMPLES
        return packets

    def _audio_packet(self) -> bytes:
        payload = self._frames.popleft() if self._frames else g711.SILENCE[self._codec]
        marker, self._is_first = self._is_first, False
        return self._header(self._codec.value, self._timestamp, marker=marker) + payload

    def _digit_packets(self) -> list[bytes]:
        steps = self._digits[0]
        event, duration, is_end = steps.pop(0)
        is_begin = duration == rtp.FRAME_SAMPLES and not is_end
        if is_begin:
            self._digit_timestamp = self._timestamp
        if not steps:
            self._digits.popleft()
            self._is_first = True
        flags = _VOLUME_DBM0 | (_END_BIT if is_end else 0)
        payload = struct.pack("!BBH", event, flags, duration)
        kind = self._telephone_event or 0
        return [
            self._header(kind, self._digit_timestamp, marker=is_begin) + payload
            for _ in range(_END_PACKETS if is_end else 1)
        ]

    def _header(self, payload_type: int, timestamp: int, *, marker: bool) -> bytes:
        self._sequence += 1
        return rtp.build_header(
            payload_type=payload_type,
            sequence=self._sequence,
            timestamp=timestamp,
            source=self._source,
            marker=marker,
        )


class Handset(asyncio.DatagramProtocol):
    """One UDP socket that speaks with a `Mouth` and listens with an `Ear`."""

    def __init__(self) -> None:
        self.ear = Ear()
        self.mouth: Mouth | None = None
        self._media: RemoteMedia | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._tick: asyncio.Handle | None = None
        self._answered_at = 0.0
        self._ticks = 0

    @classmethod
    async def open(cls, host: str) -> "Handset":
        """A handset on a free UDP port of a local address."""
        loop = asyncio.get_running_loop()
        _, handset = await loop.create_datagram_endpoint(cls, local_addr=(host, 0))
        return handset

    @property
    def port(self) -> int:
        """The local UDP port."""
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else 0

    @property
    def seconds(self) -> float:
        """Since the answer; 0 before."""
        return asyncio.get_running_loop().time() - self._answered_at if self.mouth else 0.0

    def connect(self, media: RemoteMedia) -> None:
        """Begins to talk, or goes on at another address."""
        self._media = media
        if self.mouth is None:
            loop = asyncio.get_running_loop()
            self.mouth = Mouth(codec=media.codec, telephone_event=media.telephone_event)
            self._answered_at = loop.time()
            self._tick = loop.call_soon(self._send)

    def close(self) -> None:
        """Stops talking and lets go of the port."""
        if self._tick is not None:
            self._tick.cancel()
        if self._transport is not None:
            self._transport.close()

    async def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Waits until a condition holds; False if it did not in that time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not condition():
            if loop.time() >= deadline:
                return False
            # The handset hears something new every 20 ms and has nothing that could wake us.
            await asyncio.sleep(FRAME_SECONDS)
        return True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        # Before Python 3.12 asyncio's own UDP transport does not descend from its abstract class.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002
        """Called by asyncio; the sender may be any, as behind NAT."""
        packet = rtp.parse(data)
        if packet is None or self._media is None or packet.payload_type != self._media.codec:
            return
        self.ear.hear(packet, codec=self._media.codec, at_seconds=self.seconds)

    def error_received(self, exc: Exception) -> None:
        """Called by asyncio; audio goes on, the other side may still come."""

    def _send(self) -> None:
        if self.mouth is None or self._media is None or self._transport is None:
            return
        for packet in self.mouth.next_packets():
            if self._media.direction.listens:
                self._transport.sendto(packet, (self._media.host, self._media.port))
        self._ticks += 1
        loop = asyncio.get_running_loop()
        self._tick = loop.call_at(self._answered_at + self._ticks * FRAME_SECONDS, self._send)
