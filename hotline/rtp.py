"""RTP packets on the wire (RFC 3550 section 5.1): reading any bytes, writing ours.

Pure. Reading never raises: what is not RTP of version 2 is None.
"""

from dataclasses import dataclass
from struct import Struct

VERSION = 2
HEADER_BYTES = 12

SAMPLE_RATE_HZ = 8000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000

SEQUENCE_MASK = 0xFFFF
TIMESTAMP_MASK = 0xFFFF_FFFF

# Version 2, no padding, no extension, no contributing sources.
_FIRST_BYTE = VERSION << 6
_MARKER_BIT = 0x80
_PADDING_BIT = 0x20
_EXTENSION_BIT = 0x10

_HEADER = Struct("!BBHII")
_EXTENSION = Struct("!HH")

# With RTP and RTCP on one port, RTCP's packet types 192-223 look like these payload types
# (RFC 5761 section 4); no RTP payload type may be given one of them.
RTCP_LOOKALIKES = range(64, 96)


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet as received.

    Attributes:
        payload_type: 0..127.
        marker: Begin of a talk spurt, or of a telephone event.
        sequence: 16 bits.
        timestamp: 32 bits, in samples.
        source: The synchronisation source, 32 bits.
        payload: What is left without header, extension and padding; may be empty.
    """

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def parse(data: bytes | bytearray | memoryview) -> Packet | None:
    """The packet that a datagram holds, or None if it is not RTP of version 2."""
    size = len(data)
    if size < HEADER_BYTES:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    if first >> 6 != VERSION or second & 0x7F in RTCP_LOOKALIKES:
        return None
    bounds = _payload_bounds(data, first, size)
    if bounds is None:
        return None
    start, end = bounds
    return Packet(
        payload_type=second & 0x7F,
        marker=bool(second & _MARKER_BIT),
        sequence=sequence,
        timestamp=timestamp,
        source=source,
        payload=bytes(data[start:end]),
    )


def payload_type(data: bytes | bytearray | memoryview) -> int | None:
    """The payload type of a datagram that looks like RTP of version 2, else None; cheap."""
    if len(data) < HEADER_BYTES or data[0] >> 6 != VERSION:
        return None
    return data[1] & 0x7F


def source(data: bytes | bytearray | memoryview) -> int:
    """The synchronisation source of a datagram that has a payload type."""
    return int.from_bytes(data[8:HEADER_BYTES])


def _payload_bounds(
    data: bytes | bytearray | memoryview, first: int, size: int
) -> tuple[int, int] | None:
    """Where the payload begins and ends, or None when the lengths in the packet cannot be true."""
    start = HEADER_BYTES + 4 * (first & 0x0F)
    end = size
    if first & _EXTENSION_BIT:
        if start + _EXTENSION.size > size:
            return None
        _, words = _EXTENSION.unpack_from(data, start)
        start += _EXTENSION.size + 4 * words
    if first & _PADDING_BIT:
        padding = data[size - 1]
        if padding == 0:
            return None
        end -= padding
    return (start, end) if start <= end else None


def build_header(
    *, payload_type: int, sequence: int, timestamp: int, source: int, marker: bool = False
) -> bytes:
    """The twelve bytes that go before a payload; sequence and timestamp wrap by themselves."""
    return _HEADER.pack(
        _FIRST_BYTE,
        payload_type | (_MARKER_BIT if marker else 0),
        sequence & SEQUENCE_MASK,
        timestamp & TIMESTAMP_MASK,
        source,
    )
