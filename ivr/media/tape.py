"""Where the voices of recordings gather until there is enough to hand to the writer."""

import heapq
from typing import TYPE_CHECKING

import numpy as np

from ivr.media.bank import Bank
from ivr.media.jitter import Rows
from ivr.media.rtp import FRAME_MS, FRAME_SAMPLES

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
        self._left = np.zeros((rows, FRAMES_PER_HANDOVER, FRAME_SAMPLES), np.uint8)
        self._right = np.zeros((rows, FRAMES_PER_HANDOVER, FRAME_SAMPLES), np.uint8)
        self._gathered = np.zeros(rows, np.intp)
        self._left_voices = np.zeros(rows, np.intp)
        self._right_voices = np.zeros(rows, np.intp)
        self._free = list(range(rows))
        self._recordings: dict[int, Recording] = {}
        self._rows: Rows = np.zeros(0, np.intp)
        # Who hands over in which tick of a second: spread evenly, whenever they began.
        self._due: list[list[Recording]] = [[] for _ in range(FRAMES_PER_HANDOVER)]
        self._phase = 0

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
        frames = self._gathered[row]
        self._gathered[row] = 0
        return self._left[row, :frames].tobytes(), self._right[row, :frames].tobytes()

    def tick(self) -> None:
        """Takes the present frames of all voices."""
        rows = self._rows
        if not len(rows):
            return
        at = self._gathered[rows]
        self._left[rows, at] = self._frames[self._left_voices[rows]]
        self._right[rows, at] = self._frames[self._right_voices[rows]]
        self._gathered[rows] = at + 1
        self._phase = phase = (self._phase + 1) % FRAMES_PER_HANDOVER
        for recording in tuple(self._due[phase]):
            recording.hand_over()

    def skip(self, ticks: int) -> None:
        """Lets time pass in which the machine stood still."""
        for recording in tuple(self._recordings.values()):
            recording.skip(ticks)
