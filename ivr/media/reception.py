"""What RTP tells of a network: packets lost, and the jitter of those that came (RFC 3550).

Pure; a row a leg, all rows of a lane at once. Time is the lane's own, in samples: packets are read
when their tick comes, so jitter is seen in steps of a tick, and even arrivals show none.
"""

import numpy as np
from numpy.typing import NDArray

from hotline.rtp import SAMPLE_RATE_HZ, SEQUENCE_MASK
from ivr.media.jitter import Rows

# RFC 3550 appendix A.1: a sequence number further away begins the stream anew.
_LARGEST_STEP = 3000

# A transit time that changes by more is a clock set anew, and no jitter.
_LARGEST_CHANGE = SAMPLE_RATE_HZ

# The share that each packet has in the mean (RFC 3550 section 6.4.1).
_SMOOTHING = 16

_NO_SOURCE = -1
_NO_PROOF = -1


class Reception:
    """How each leg's stream has come in.

    Attributes:
        sources: The synchronisation source of each row's stream; -1 before the first packet.
        highest: Its highest sequence number, counted on beyond 16 bits.
        jitter: Interarrival jitter, in samples (appendix A.8).
    """

    def __init__(self, rows: int) -> None:
        self.sources = np.zeros(rows, np.int64)
        self.highest = np.zeros(rows, np.int64)
        self.jitter = np.zeros(rows, np.float64)
        self._base = np.zeros(rows, np.int64)
        self._received = np.zeros(rows, np.int64)
        self._transits = np.zeros(rows, np.int32)
        # The sequence number that would prove a jump (appendix A.1); -1 for none.
        self._proof = np.full(rows, _NO_PROOF, np.int32)
        # Of the streams that the present one followed.
        self._lost_before = np.zeros(rows, np.int64)
        self._received_before = np.zeros(rows, np.int64)

    def reset(self, row: int) -> None:
        """Forgets everything of a row."""
        self.sources[row] = _NO_SOURCE
        for counts in (self._received, self._lost_before, self._received_before):
            counts[row] = 0
        self.jitter[row] = 0.0
        self._proof[row] = _NO_PROOF

    def goes_on(
        self, rows: Rows, *, sequences: NDArray[np.int32], sources: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which rows' packets go on with the stream that was heard before.

        Args:
            rows: Which rows.
            sequences: 16 bits.
            sources: 32 bits.
        """
        steps = (sequences - self.highest[rows]).astype(np.int16)
        goes_on: NDArray[np.bool_] = sources == self.sources[rows]
        goes_on &= np.abs(steps) <= _LARGEST_STEP
        return goes_on

    def accepts(self, row: int, *, sequence: int, source: int, may_change: bool) -> bool:
        """Whether any packet of one row is to be believed.

        Somebody who can send in the peer's name but cannot hear its stream guesses its source and
        sequence wrongly. A new source is believed when the old one has fallen silent, a jump of the
        sequence when the packet after it follows (appendix A.1).

        Args:
            row: Which row.
            sequence: 16 bits.
            source: 32 bits.
            may_change: Whether another source may take the stream over now.
        """
        if self.sources[row] == _NO_SOURCE:
            return True
        if source != self.sources[row]:
            return may_change
        if abs(self._step(row, sequence)) <= _LARGEST_STEP:
            return True
        is_proven = bool(self._proof[row] == sequence)
        self._proof[row] = _NO_PROOF if is_proven else (sequence + 1) & SEQUENCE_MASK
        return is_proven

    def _step(self, row: int, sequence: int) -> int:
        return ((sequence - int(self.highest[row]) + 0x8000) & SEQUENCE_MASK) - 0x8000

    def note_many(
        self,
        rows: Rows,
        *,
        sequences: NDArray[np.int32],
        transits: NDArray[np.int32],
    ) -> None:
        """Takes account of one voice packet of each of several rows, which go on with the stream.

        Args:
            rows: Which rows, each once at most.
            sequences: 16 bits.
            transits: Time of arrival less timestamp, in samples, modulo 32 bits.
        """
        steps = (sequences - self.highest[rows]).astype(np.int16)
        self.highest[rows] += np.maximum(steps, 0)
        self._received[rows] += 1
        self._proof[rows] = _NO_PROOF
        changes = np.abs(transits - self._transits[rows]).astype(np.float64)
        changes[changes > _LARGEST_CHANGE] = 0
        self._transits[rows] = transits
        jitter = self.jitter[rows]
        self.jitter[rows] = jitter + (changes - jitter) / _SMOOTHING

    def note(self, row: int, *, sequence: int, source: int, transit: int | None) -> None:
        """Takes account of any packet of one row that was accepted.

        Args:
            row: Which row.
            sequence: 16 bits.
            source: 32 bits.
            transit: As in `note_many`; None for a key, whose timestamp stands still.
        """
        step = self._step(row, sequence)
        if source != self.sources[row] or abs(step) > _LARGEST_STEP:
            self._begin(row, sequence=sequence, source=source, transit=transit)
            return
        self._proof[row] = _NO_PROOF
        self.highest[row] += max(step, 0)
        self._received[row] += 1
        if transit is None:
            return
        change = abs(transit - int(self._transits[row]))
        self._transits[row] = transit
        if change <= _LARGEST_CHANGE:
            self.jitter[row] += (change - self.jitter[row]) / _SMOOTHING

    def _begin(self, row: int, *, sequence: int, source: int, transit: int | None) -> None:
        self._lost_before[row] = self.lost(row)
        self._received_before[row] += self._received[row]
        self.sources[row] = source
        self.highest[row] = self._base[row] = sequence
        self._received[row] = 1
        if transit is not None:
            self._transits[row] = transit

    def expected(self, row: int) -> int:
        """How many packets of the present stream should have come."""
        if self.sources[row] == _NO_SOURCE:
            return 0
        return int(self.highest[row] - self._base[row]) + 1

    def received(self, row: int) -> int:
        """How many packets have come, of all streams."""
        return int(self._received_before[row] + self._received[row])

    def lost(self, row: int) -> int:
        """How many packets never came, of all streams; never less than 0 (duplicates)."""
        return int(self._lost_before[row]) + max(0, self.lost_of_stream(row))

    def lost_of_stream(self, row: int) -> int:
        """The same of the present stream; duplicates may make it negative."""
        return self.expected(row) - int(self._received[row])
