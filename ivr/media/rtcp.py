"""RTCP packets on the wire (RFC 3550 section 6): reading any bytes, writing our reports.

Pure. Reading never raises: what is not a compound packet that begins with a report is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from hotline.rtp import VERSION

SENDER_REPORT = 200
RECEIVER_REPORT = 201
_DESCRIPTION = 202
_GOODBYE = 203

_CNAME = 1
_COUNT_MASK = 0x1F
_PADDING_BIT = 0x20

_HEADER = Struct("!BBHI")
_SENDER_INFO = Struct("!QIII")
_BLOCK = Struct("!IIIIII")
_WORD = 4

_LOST_MASK = 0xFF_FFFF
_LOST_LARGEST = 0x7F_FFFF

# Seconds from 1900, where NTP begins, to 1970 (RFC 5905 section 6).
_NTP_EPOCH_SECONDS = 2_208_988_800
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """What a receiver tells of one source (section 6.4.1).

    Attributes:
        source: Whose stream it is about.
        fraction_lost: Share lost since the last report, in 256ths.
        lost: Packets lost in all; duplicates may make it negative.
        highest: Extended highest sequence number received.
        jitter: Interarrival jitter, in samples.
        last_report: The middle 32 bits of the NTP time of that source's last sender report; 0 if
            there was none.
        since_report: Time since then, in 65536ths of a second.
    """

    source: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    since_report: int


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """What a sender tells of its own stream (section 6.4.1)."""

    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report, or (`sender` is None) a receiver report."""

    source: int
    sender: SenderInfo | None
    blocks: tuple[Block, ...]


def ntp_of(wall_ns: int) -> int:
    """A wall clock's time as an NTP timestamp: 32 bits of seconds, 32 of their fraction."""
    seconds, rest = divmod(wall_ns, _SECOND_NS)
    return ((seconds + _NTP_EPOCH_SECONDS) & 0xFFFF_FFFF) << 32 | (rest << 32) // _SECOND_NS


def middle_of(ntp: int) -> int:
    """The middle 32 bits of an NTP timestamp, by which reports are named."""
    return ntp >> 16 & 0xFFFF_FFFF


def parse(data: bytes | bytearray | memoryview) -> list[Report] | None:
    """The reports of a compound packet, or None if it is none (section 6.1, appendix A.2)."""
    reports: list[Report] = []
    at = 0
    while at < len(data):
        if at + _HEADER.size > len(data):
            # The shortest packet that tells anything is a header with a source; an empty BYE or
            # description is four bytes and ends what we care for.
            break
        first, kind, words, source = _HEADER.unpack_from(data, at)
        end = at + _WORD * (words + 1)
        if first >> 6 != VERSION or end > len(data):
            return None
        if at == 0 and (kind not in (SENDER_REPORT, RECEIVER_REPORT) or first & _PADDING_BIT):
            return None
        if kind in (SENDER_REPORT, RECEIVER_REPORT):
            report = _report(data[at + _HEADER.size : end], kind, first & _COUNT_MASK, source)
            if report is None:
                return None
            reports.append(report)
        at = end
    return reports or None


def _report(
    body: bytes | bytearray | memoryview, kind: int, count: int, source: int
) -> Report | None:
    sender = None
    at = 0
    if kind == SENDER_REPORT:
        if len(body) < _SENDER_INFO.size:
            return None
        sender = SenderInfo(*_SENDER_INFO.unpack_from(body))
        at = _SENDER_INFO.size
    if len(body) < at + count * _BLOCK.size:
        return None
    blocks = tuple(_block(body, at + number * _BLOCK.size) for number in range(count))
    return Report(source=source, sender=sender, blocks=blocks)


def _block(body: bytes | bytearray | memoryview, at: int) -> Block:
    source, losses, highest, jitter, last_report, since_report = _BLOCK.unpack_from(body, at)
    lost = losses & _LOST_MASK
    return Block(
        source=source,
        fraction_lost=losses >> 24,
        lost=lost - (1 << 24) if lost > _LOST_LARGEST else lost,
        highest=highest,
        jitter=jitter,
        last_report=last_report,
        since_report=since_report,
    )


def build(report: Report, *, name: bytes, goodbye: bool = False) -> bytes:
    """A compound packet: the report, who we are, and perhaps that we leave.

    Args:
        report: With at most 31 blocks.
        name: Our canonical name (RFC 7022), 1 to 255 bytes.
        goodbye: Whether the stream ends with this (section 6.6).
    """
    body = b"".join(map(_block_bytes, report.blocks))
    kind = RECEIVER_REPORT
    if report.sender is not None:
        kind = SENDER_REPORT
        told = report.sender
        packets, octets = told.packets & 0xFFFF_FFFF, told.octets & 0xFFFF_FFFF
        body = _SENDER_INFO.pack(told.ntp, told.timestamp, packets, octets) + body
    item = bytes((_CNAME, len(name))) + name
    # At least one zero ends the list of items, and all is filled up to words (section 6.5).
    item += bytes(_WORD - len(item) % _WORD)
    parts = [
        _packet(kind, len(report.blocks), report.source, body),
        _packet(_DESCRIPTION, 1, report.source, item),
    ]
    if goodbye:
        parts.append(_packet(_GOODBYE, 1, report.source, b""))
    return b"".join(parts)


def _packet(kind: int, count: int, source: int, body: bytes) -> bytes:
    return _HEADER.pack(VERSION << 6 | count, kind, (4 + len(body)) // _WORD, source) + body


def _block_bytes(block: Block) -> bytes:
    lost = min(max(block.lost, -_LOST_LARGEST - 1), _LOST_LARGEST) & _LOST_MASK
    return _BLOCK.pack(
        block.source,
        block.fraction_lost << 24 | lost,
        block.highest & 0xFFFF_FFFF,
        block.jitter & 0xFFFF_FFFF,
        block.last_report,
        block.since_report & 0xFFFF_FFFF,
    )


def round_trip_ms(block: Block, *, arrived: int, sent: Sequence[int]) -> float | None:
    """How long our report and the peer's answer were under way (section 6.4.1).

    Args:
        block: What the peer tells of our stream.
        arrived: When it came, as the middle 32 bits of an NTP timestamp.
        sent: The names of our last reports; an answer to any other tells nothing.
    """
    if block.last_report not in sent:
        return None
    trip = (arrived - block.last_report - block.since_report) & 0xFFFF_FFFF
    # The peer's clock runs a little differently, so that nearly nothing may be less than nothing.
    return (trip if trip < 1 << 31 else 0) * 1000 / 65_536
