"""RTP as the gateway speaks it: what it sends of one browser, what it takes of the engine. Pure."""

from hotline.g711 import A_LAW, LAWS, Law
from hotline.rtp import FRAME_SAMPLES, SAMPLE_RATE_HZ, build_header, parse

FRAME_BYTES = 2 * FRAME_SAMPLES

# A gap this much longer than a frame is a pause: the timestamp leaps over it, and the first frame
# after it carries the marker (RFC 3551 section 4.1).
_PAUSE_SECONDS = 0.1


class Sender:
    """Makes the packets of one stream: sequence, timestamps, marker."""

    def __init__(self, *, source: int, sequence: int, timestamp: int) -> None:
        """Args:
        source: The synchronisation source, 32 bits.
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
            frames = round((now - self._sent_at) * SAMPLE_RATE_HZ / FRAME_SAMPLES)
            self._timestamp += (frames - 1) * FRAME_SAMPLES
        header = build_header(
            payload_type=A_LAW.payload_type,
            sequence=self._sequence,
            timestamp=self._timestamp,
            source=self._source,
            marker=is_first,
        )
        self._sequence += 1
        self._timestamp += FRAME_SAMPLES
        self._sent_at = now
        return header + payload


def voice_of(datagram: bytes) -> tuple[Law, bytes] | None:
    """The law and the G.711 bytes of a packet; None for anything else."""
    packet = parse(datagram)
    if packet is None or not packet.payload:
        return None
    law = LAWS.get(packet.payload_type)
    return None if law is None else (law, packet.payload)
