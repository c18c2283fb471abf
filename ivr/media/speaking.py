"""What a lane sends in a tick: to each of its legs what its owner hears now.

The loops over legs run in C (`map`, `operator.call`): a loop of Python's own would take as long as
half a system call.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from operator import call, length_hint

import numpy as np

from hotline.rtp import FRAME_SAMPLES, HEADER_BYTES
from ivr.media.bank import Bank
from ivr.media.jitter import Rows
from ivr.media.leg import Leg

# In place of a frame: a prompt has ended.
_ENDED = b""


class Speaking:
    """The outbound half of a lane.

    Args:
        bank: The table of all legs.
        first: The lane's first row.
        fill: Lets the leg of a row write its frame itself.
    """

    def __init__(self, bank: Bank, first: int, *, fill: Callable[[int], None]) -> None:
        self._bank = bank
        self._first = self._last = first
        self._fill_row = fill
        self._sequences = bank.packets.view(">u2")[:, 1]
        self._stamps = bank.packets.view(">u4")[:, 1]
        self._payloads = bank.packets[:, HEADER_BYTES:]
        # Takes what an iterator gives, and keeps nothing of it.
        self._ignore: deque[object] = deque(maxlen=0)
        self.arrange([], first)

    def arrange(self, legs: Sequence[Leg], last: int) -> None:
        """Lays out the work of the ticks to come.

        Args:
            legs: Who is sent to, by row.
            last: The row after the lane's last one.
        """
        self._last = last
        ways = [leg.way_out() for leg in legs]
        self._sends = [send for send, _, _ in ways]
        self._packets = [packet for _, packet, _ in ways]
        self._rows = as_rows(leg.row for leg in legs)
        copies = [(leg.row, leg.outbound.copies) for leg in legs]
        self._copies_to = as_rows(row for row, source in copies if source is not None)
        self._copies_from = as_rows(source for _, source in copies if source is not None)
        plays = [(leg.row, leg.outbound.plays) for leg in legs]
        self._plays_to = as_rows(row for row, coming in plays if coming is not None)
        self._plays = [coming for _, coming in plays if coming is not None]
        self._fills = [leg.row for leg in legs if leg.outbound.fills]

    def tick(self) -> None:
        """Makes and sends every leg's packet."""
        bank, first, last = self._bank, self._first, self._last
        self._make()
        bank.sequences[self._rows] += np.uint16(1)
        bank.timestamps[first:last] += np.uint32(FRAME_SAMPLES)
        self._sequences[first:last] = bank.sequences[first:last]
        self._stamps[first:last] = bank.timestamps[first:last]
        bank.sent[self._rows] += 1
        self._send()

    def _send(self) -> None:
        packets = iter(self._packets)
        sending: Iterator[object] = map(call, self._sends, packets)
        while True:
            try:
                self._ignore.extend(sending)
                return
            except OSError:
                # Lost, as packets may be; the inbound side tells when the peer has gone.
                failed = len(self._packets) - length_hint(packets) - 1
                self._bank.sent[self._rows[failed]] -= 1

    def _make(self) -> None:
        """Makes the frames: copies of voices, prompts, and what legs make themselves."""
        # A row that fills itself may lay the lane out anew; this tick goes on as it was laid out.
        fills = self._fills
        if len(self._copies_to):
            self._payloads[self._copies_to] = self._bank.frames[self._copies_from]
        if self._plays:
            fills = fills + self._play()
        for row in fills:
            self._fill_row(row)

    def _play(self) -> list[int]:
        """Takes the next frame of each prompt; returns the rows of those that have ended."""
        rows = self._plays_to
        frames = list(map(next, self._plays, repeat(_ENDED)))
        ended: list[int] = []
        if not all(frames):
            goes_on = np.array([bool(frame) for frame in frames])
            ended, rows = rows[~goes_on].tolist(), rows[goes_on]
        spoken = np.frombuffer(b"".join(frames), np.uint8)
        self._payloads[rows] = spoken.reshape(-1, FRAME_SAMPLES)
        return ended


def as_rows(rows: Iterable[int]) -> Rows:
    """Rows as an index of numpy."""
    return np.fromiter(rows, np.intp)
