"""The little of RTP that the gateway speaks (RFC 3550 section 5.1). Pure."""

from struct import Struct

from hotline.g711 import A_LAW, LAWS, Law

FRAME_SAMPLES = 160
FRAME_BYTES = 2 * FRAME_SAMPLES

_SAMPLES_PER_SECOND = 8000
_HEADER = Struct("!BBHII")
_VERSION_2 = 0x80
_MARKER = 0x80

# A gap this much longer than a frame is a pause: the timestamp leaps over it, and the first frame
# after it carries the marker (RFC 3551 section 4.1).
_PAUSE_SECONDS = 0.1


class Sender:
    """Makes the packets of one stream: sequence, timestamps, marker."""

    def __init__(self, *, source: int, sequence: int, timestamp: int) -> None:
        """Args:
        source: The synchronisation source, 32 bits, random.
        sequence: The first sequence number, 16 bits, random.
        timestamp: The first timestamp, 32 bits, random.
        """
        self._source = source
        self._sequence = sequence
        self._timestamp = timestamp
        self._sent_at: float | None = None

    def packet(self, payload: bytes, *, now: float) -> bytes:
        """The next packet.

        Args:
            payload: 160 bytes of A-law.
            now: Seconds on a steady clock.
        """
        is_first = self._sent_at is None or now - self._sent_at > _PAUSE_SECONDS
        if self._sent_at is not None and is_first:
            frames = round((now - self._sent_at) * _SAMPLES_PER_SECOND / FRAME_SAMPLES)
            self._timestamp += (frames - 1) * FRAME_SAMPLES
        second = A_LAW.payload_type | (_MARKER if is_first else 0)
        header = _HEADER.pack(
            _VERSION_2,
            second,
            self._sequence & 0xFFFF,
            self._timestamp & 0xFFFF_FFFF,
            self._source,
        )
        self._sequence += 1
        self._timestamp += FRAME_SAMPLES
        self._sent_at = now
        return header + payload


def voice_of(datagram: bytes) -> tuple[Law, bytes] | None:
    """The law and the G.711 bytes of a packet; None for anything else."""
    if len(datagram) <= _HEADER.size or datagram[0] >> 6 != 2:
        return None
    law = LAWS.get(datagram[1] & 0x7F)
    if law is None:
        return None
    begin = _HEADER.size + 4 * (datagram[0] & 0x0F)
    if datagram[0] & 0x10:
        if len(datagram) < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(datagram[begin + 2 : begin + 4], "big")
    end = len(datagram) - (datagram[-1] if datagram[0] & 0x20 else 0)
    return (law, datagram[begin:end]) if begin < end else None
