"""Where the voices of recordings gather until there is enough to hand to the writer."""

import heapq
from typing import TYPE_CHECKING

import numpy as np

from hotline.rtp import FRAME_MS, FRAME_SAMPLES
from ivr.media.bank import Bank
from ivr.media.blend import Blend
from ivr.media.jitter import Bytes, Rows

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
        # What is handed over together lies together: a stretch for the left voice of a recording,
        # then one for its right voice.
        self._gathering = np.zeros((2 * rows * FRAMES_PER_HANDOVER, FRAME_SAMPLES), np.uint8)
        # Of each voice: where its stretch begins, where its next frame goes, and whose it is.
        self._begins = np.arange(2 * rows) * FRAMES_PER_HANDOVER
        self._ends = self._begins.copy()
        self._voices = np.zeros(2 * rows, np.intp)
        self._slot = 0
        self._free = list(range(rows))
        self._recordings: dict[int, Recording] = {}
        self._blends: dict[int, Blend] = {}
        # The voices of the recordings that run: a stretch of the table if there are no gaps in it.
        self._running: slice | Rows = slice(0, 0)
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
        self._clear(row)
        self._arrange()
        return row

    def remove(self, row: int) -> None:
        """Ends a recording's time."""
        self.set_blend(row, None)
        self._due[row % FRAMES_PER_HANDOVER].remove(self._recordings.pop(row))
        heapq.heappush(self._free, row)
        self._arrange()

    def _arrange(self) -> None:
        rows = sorted(self._recordings)
        if not rows or rows[-1] == len(rows) - 1:
            self._running = slice(0, 2 * len(rows))
        else:
            self._running = np.add.outer(2 * np.array(rows, np.intp), (0, 1)).ravel()

    def _clear(self, row: int) -> None:
        self._ends[2 * row : 2 * row + 2] = self._begins[2 * row : 2 * row + 2]

    def set_blend(self, row: int, blend: Blend | None) -> None:
        """Says what has to be made before a recording's voices can be taken; None for nothing."""
        before = self._blends.pop(row, None)
        if before is not None:
            before.dissolve()
        if blend is not None:
            self._blends[row] = blend

    def set_voices(self, row: int, left: int, right: int) -> None:
        """Says which rows of the table a recording takes from now on."""
        self._voices[2 * row : 2 * row + 2] = left, right

    def gathered(self, row: int) -> int:
        """How many frames of a recording have not been handed over."""
        return int(self._ends[2 * row] - self._begins[2 * row])

    def take(self, row: int) -> tuple[Bytes, Bytes]:
        """Left and right of what has gathered, frame by frame; nothing has gathered then.

        They are the tape's own and good until its next tick.
        """
        frames, left = self.gathered(row), 2 * row * FRAMES_PER_HANDOVER
        right = left + FRAMES_PER_HANDOVER
        self._clear(row)
        both = self._gathering
        return both[left : left + frames], both[right : right + frames]

    def tick(self) -> None:
        """Takes the present frames of all voices."""
        if not self._recordings:
            return
        for blend in self._blends.values():
            blend.make()
        ends, voices = self._ends[self._running], self._voices[self._running]
        self._gathering[ends] = self._frames.take(voices, axis=0, mode="clip")
        self._ends[self._running] += 1
        self._slot = slot = (self._slot + 1) % FRAMES_PER_HANDOVER
        for recording in tuple(self._due[slot]):
            recording.hand_over()

    def skip(self, ticks: int) -> None:
        """Lets time pass in which the machine stood still."""
        for recording in tuple(self._recordings.values()):
            recording.skip(ticks)
