"""One leg's RTCP: what we tell the peer of both streams, and what it tells us.

Looked after every two seconds, beside the ticks. The kernel notes when each packet came, so that
the round trip is right although nobody looked at that moment.
"""

import os
import secrets
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from socket import SOL_SOCKET, socket
from struct import Struct

from hotline.rtp import FRAME_SAMPLES
from ivr.media import rtcp
from ivr.media.bank import Bank
from ivr.media.control import Address
from ivr.media.rtcp import Block, Report, SenderInfo

# RFC 3550 section 6.2: at least 5 s on average. Each interval is half to one and a half of that, so
# that streams that began together do not report together; the divisor makes up for that the
# recommended way of choosing leads to shorter intervals (section 6.3.1).
_INTERVAL_SECONDS = 5.0
_COMPENSATION = 1.21828
_FIRST_SHARE = 0.5

# Anyone who sends more than that in two seconds has no reports in mind.
_MOST_AT_ONCE = 4
_LONGEST_BYTES = 1500

# socket(7): the kernel's time of arrival as ancillary data. Python does not name the option.
_SO_TIMESTAMPNS = 35
_TIMESPEC = Struct("@qq")
_ANCILLARY_BYTES = 64

# A name for this stream alone tells nothing about us (RFC 7022 section 4.2: 96 random bits).
_NAME_BYTES = 12

# Answers may come to reports before the last.
_REPORTS_REMEMBERED = 4

_UNITS_PER_SECOND = 65_536


class ControlStream:
    """Sends reports of one leg and takes in the peer's.

    Args:
        opened: The socket beside the leg's; whoever opened it closes it.
        bank: The table of all legs.
        row: The leg's row.
        destination: Where the peer's RTP goes to; None while nobody knows.
        wall_ns: The wall clock, as the kernel has it.

    Attributes:
        rtt_ms: The last round trip that a report told; None if none did.
        port: Where the peer wants reports (RFC 3605); None for one port above its RTP.
    """

    def __init__(
        self,
        opened: socket,
        *,
        bank: Bank,
        row: int,
        destination: Callable[[], Address | None],
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        opened.setsockopt(SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.socket = opened
        self.rtt_ms: float | None = None
        self.port: int | None = None
        self._bank = bank
        self._row = row
        self._destination = destination
        self._wall_ns = wall_ns
        self._learned: Address | None = None
        self._name = b64encode(os.urandom(_NAME_BYTES))
        self._sent: deque[int] = deque(maxlen=_REPORTS_REMEMBERED)
        self._packets_told = 0
        self._expected_told = self._received_told = 0
        self._source_told = -1
        # Whose report it was, its name, and when it came.
        self._peers_report = (-1, 0, 0)
        self._due_ns = wall_ns() + round(_FIRST_SHARE * _interval_ns())

    def look(self) -> None:
        """Takes in what has come, and reports if it is time to."""
        self._receive()
        now = self._wall_ns()
        # A wall clock that was set back must not silence us for long.
        if now >= self._due_ns or self._due_ns - now > 2 * _INTERVAL_SECONDS * 1e9:
            self._due_ns = now + _interval_ns()
            self._send(goodbye=False)

    def close(self) -> None:
        """Says good-bye, to whom we have spoken."""
        if self._sent:
            self._send(goodbye=True)

    # What comes.

    def _receive(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                data, ancillary, _, source = self.socket.recvmsg(_LONGEST_BYTES, _ANCILLARY_BYTES)
            except OSError:
                return
            if self._accepts(source):
                self._take(data, source, self._arrival_ns(ancillary))

    def _accepts(self, source: Address) -> bool:
        """Only the machine that the leg's voice comes from reports."""
        destination = self._destination()
        return destination is not None and source[0] == destination[0]

    def _arrival_ns(self, ancillary: list[tuple[int, int, bytes]]) -> int:
        for level, kind, data in ancillary:
            if (level, kind) == (SOL_SOCKET, _SO_TIMESTAMPNS) and len(data) >= _TIMESPEC.size:
                seconds, nanoseconds = _TIMESPEC.unpack_from(data)
                return int(seconds) * 1_000_000_000 + int(nanoseconds)
        return self._wall_ns()

    def _take(self, data: bytes, source: Address, arrival_ns: int) -> None:
        reports = rtcp.parse(data)
        heard = int(self._bank.reception.sources[self._row])
        for report in reports or ():
            if report.source != heard:
                # Not of the stream that we hear: somebody's guess, or about to become true.
                continue
            self._learned = source
            if report.sender is not None:
                name = rtcp.middle_of(report.sender.ntp)
                self._peers_report = (report.source, name, arrival_ns)
            for block in report.blocks:
                if block.source == self._own_source():
                    self._note_round_trip(block, arrival_ns)

    def _note_round_trip(self, block: Block, arrival_ns: int) -> None:
        arrived = rtcp.middle_of(rtcp.ntp_of(arrival_ns))
        trip = rtcp.round_trip_ms(block, arrived=arrived, sent=self._sent)
        if trip is not None:
            self.rtt_ms = trip

    # What goes.

    def _send(self, *, goodbye: bool) -> None:
        destination = self._learned
        if destination is None:
            voice = self._destination()
            if voice is None or voice[1] >= 0xFFFF:
                return
            # RTCP is one port above RTP unless told otherwise (RFC 3550 section 11).
            destination = (voice[0], self.port or voice[1] + 1)
        packet = rtcp.build(self._report(), name=self._name, goodbye=goodbye)
        try:
            self.socket.sendto(packet, destination)
        except OSError:
            # Lost, as packets may be.
            return

    def _report(self) -> Report:
        bank, row = self._bank, self._row
        now = self._wall_ns()
        packets = int(bank.sent[row])
        sender = None
        if packets != self._packets_told:
            ntp = rtcp.ntp_of(now)
            self._sent.append(rtcp.middle_of(ntp))
            # Keys are shorter than voice, and so few that nobody minds.
            sender = SenderInfo(ntp, int(bank.timestamps[row]), packets, packets * FRAME_SAMPLES)
        self._packets_told = packets
        has_heard = bank.reception.sources[row] >= 0
        blocks = (self._block(now),) if has_heard else ()
        return Report(source=self._own_source(), sender=sender, blocks=blocks)

    def _block(self, now_ns: int) -> Block:
        reception, row = self._bank.reception, self._row
        source = int(reception.sources[row])
        expected, lost = reception.expected(row), reception.lost_of_stream(row)
        received = expected - lost
        if source != self._source_told:
            self._source_told = source
            self._expected_told = self._received_told = 0
        # RFC 3550 appendix A.3.
        lately = expected - self._expected_told
        lost_lately = lately - (received - self._received_told)
        self._expected_told, self._received_told = expected, received
        whose, last_report, came_ns = self._peers_report
        since = max(0, now_ns - came_ns) * _UNITS_PER_SECOND // 1_000_000_000
        if whose != source:
            last_report = since = 0
        return Block(
            source=source,
            fraction_lost=min(255, 256 * lost_lately // lately) if 0 < lost_lately else 0,
            lost=lost,
            highest=int(reception.highest[row]),
            jitter=round(float(reception.jitter[row])),
            last_report=last_report,
            since_report=since,
        )

    def _own_source(self) -> int:
        return int.from_bytes(self._bank.packets[self._row, 8:12].tobytes())


def _interval_ns() -> int:
    share = 0.5 + secrets.randbelow(1 << 20) / (1 << 20)
    return round(_INTERVAL_SECONDS * share / _COMPENSATION * 1e9)
