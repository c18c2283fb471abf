"""The speech fork: datagrams in which the media engine sends each side of a call. No I/O here.

One datagram per 20 ms: 16 bytes of header, big-endian, then 160 bytes of G.711, or none when the
frame is silence. A frame with bytes and the flag of silence was lost and made up by the engine.
The sender drops what it cannot send at once, so frames may be missing.
"""

import struct
from dataclasses import dataclass

from asr.engine import FRAME_MS
from hotline.g711 import LAWS

_HEADER = struct.Struct("!4sBBHII")
_MAGIC = b"HLF1"
_SILENCE = 0x01
_SAMPLES = FRAME_MS * 8
_SEQUENCE_RANGE = 1 << 16


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of one side of a call.

    Attributes:
        stream: The row of `speech_streams` that says whose voice it is.
        sequence: Counts datagrams, 0 to 65535 and round again.
        position_ms: Where the frame begins on the recording's clock.
        payload: 160 bytes of G.711; empty for silence.
    """

    stream: int
    sequence: int
    position_ms: int
    codec: int
    payload: bytes

    @property
    def pcm(self) -> bytes | None:
        """The samples, signed 16-bit little-endian; None for silence."""
        if not self.payload:
            return None
        return LAWS[self.codec].decode(self.payload).astype("<i2", copy=False).tobytes()


def parse(datagram: bytes) -> Frame | None:
    """The frame in a datagram; None when it is not one of ours."""
    if len(datagram) < _HEADER.size:
        return None
    magic, codec, flags, sequence, stream, position_ms = _HEADER.unpack_from(datagram)
    payload = datagram[_HEADER.size :]
    if magic != _MAGIC or codec not in LAWS:
        return None
    if len(payload) != _SAMPLES and not (flags & _SILENCE and not payload):
        return None
    return Frame(stream, sequence, position_ms, codec, payload)


def build(frame: Frame) -> bytes:
    """The datagram of a frame, for whoever plays the sender's part."""
    flags = 0 if frame.payload else _SILENCE
    return (
        _HEADER.pack(_MAGIC, frame.codec, flags, frame.sequence, frame.stream, frame.position_ms)
        + frame.payload
    )


def lost_between(earlier: int, later: int) -> int:
    """How many datagrams are missing between two sequence numbers."""
    return (later - earlier - 1) % _SEQUENCE_RANGE
