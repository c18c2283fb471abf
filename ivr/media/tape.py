"""Where the voices of recordings gather until there is enough to hand to the writer."""

import heapq
from typing import TYPE_CHECKING

import numpy as np

from hotline.rtp import FRAME_MS, FRAME_SAMPLES
from ivr.media.bank import Bank
from ivr.media.jitter import Rows

if TYPE_CHECKING:
    from ivr.media.recorder import Recording

# What is lost at most when the process is killed.
FRAMES_PER_HANDOVER = 1000 // FRAME_MS


class Tape:
    """One second of both channels of each recording of a lane, a row a recording.

    Args:
        bank: The table of the legs' frames.
    """

    def __init__(self, bank: Bank) -> None:
        rows = bank.capacity
        self._frames = bank.frames
        # A ring of slots, the same for all recordings; what is recorded together lies together.
        self._left = np.zeros((FRAMES_PER_HANDOVER, rows, FRAME_SAMPLES), np.uint8)
        self._right = np.zeros((FRAMES_PER_HANDOVER, rows, FRAME_SAMPLES), np.uint8)
        self._slot = 0
        self._gathered = np.zeros(rows, np.intp)
        self._left_voices = np.zeros(rows, np.intp)
        self._right_voices = np.zeros(rows, np.intp)
        self._free = list(range(rows))
        self._recordings: dict[int, Recording] = {}
        self._rows: Rows = np.zeros(0, np.intp)
        # Who hands over in which tick of a second: spread evenly, whenever they began.
        self._due: list[list[Recording]] = [[] for _ in range(FRAMES_PER_HANDOVER)]

    def __len__(self) -> int:
        """How many recordings run."""
        return len(self._recordings)

    @property
    def is_full(self) -> bool:
        """Whether there is no row left."""
        return not self._free

    def add(self, recording: "Recording") -> int:
        """Counts a recording's time from the next tick on; returns its row.

        Raises:
            IndexError: The tape is full.
        """
        row = heapq.heappop(self._free)
        self._recordings[row] = recording
        self._due[row % FRAMES_PER_HANDOVER].append(recording)
        self._gathered[row] = 0
        self._rows = np.array(sorted(self._recordings), np.intp)
        return row

    def remove(self, row: int) -> None:
        """Ends a recording's time."""
        self._due[row % FRAMES_PER_HANDOVER].remove(self._recordings.pop(row))
        heapq.heappush(self._free, row)
        self._rows = np.array(sorted(self._recordings), np.intp)

    def set_voices(self, row: int, left: int, right: int) -> None:
        """Says which legs' rows a recording takes from now on."""
        self._left_voices[row] = left
        self._right_voices[row] = right

    def gathered(self, row: int) -> int:
        """How many frames of a recording have not been handed over."""
        return int(self._gathered[row])

    def take(self, row: int) -> tuple[bytes, bytes]:
        """Left and right of what has gathered; nothing has gathered then."""
        slots = (np.arange(-self._gathered[row], 0) + self._slot) % FRAMES_PER_HANDOVER
        self._gathered[row] = 0
        return self._left[slots, row].tobytes(), self._right[slots, row].tobytes()

    def tick(self) -> None:
        """Takes the present frames of all voices."""
        rows = self._rows
        if not len(rows):
            return
        slot, last = self._slot, rows[-1] + 1
        left, right = self._left_voices[:last], self._right_voices[:last]
        np.take(self._frames, left, axis=0, out=self._left[slot, :last], mode="clip")
        np.take(self._frames, right, axis=0, out=self._right[slot, :last], mode="clip")
        self._gathered[rows] += 1
        self._slot = slot = (slot + 1) % FRAMES_PER_HANDOVER
        for recording in tuple(self._due[slot]):
            recording.hand_over()

    def skip(self, ticks: int) -> None:
        """Lets time pass in which the machine stood still."""
        for recording in tuple(self._recordings.values()):
            recording.skip(ticks)
