"""From packets that come when they come to one frame every 20 ms, for all legs at once.

Pure. Each leg has a row. Its frames are laid on the sender's own time line and played from there a
delay later, so reordering, pauses without packets and packets of other kinds in between all fall
into place. Each row has a delay of its own, 20 to 200 ms: frames that come too late make it longer
at once, and a time in which all come early makes it shorter, frame by frame.

A row is a ring of slots. `head` is the slot whose moment has come; it is the same for all rows that
are served together, moves on by one each tick, and is the caller's to keep.
"""

import numpy as np
from numpy.typing import NDArray

from hotline.rtp import FRAME_SAMPLES, TIMESTAMP_MASK

Bytes = NDArray[np.uint8]
Rows = NDArray[np.intp]

# How long a frame waits before it is played, until its network is known. Two frames bear the 20-30
# ms that a browser's frames are apart from evenness when they come over a WebSocket.
DELAY_FRAMES = 2

# 20 ms are needed, since a packet may come just after its tick; more than 200 ms make people
# interrupt each other (ITU-T G.114).
LEAST_DELAY = 1
MOST_DELAY = 10

# The time line holds 640 ms; a sender further ahead than that has jumped, not hurried.
SLOTS = 32
SLOT_MASK = SLOTS - 1

# So many frames too late show that the delay does not suffice; a quarter is forgiven each second,
# so that three in one second do, or one in each of five, but not one now and then.
_LATE = 16
_LATE_BEFORE_WAITING = 3 * _LATE
_FORGIVEN_PART = 4

# What a burst after a pause of the network may leave waiting, beyond the delay, before `trim`
# shortens it.
_TOLERATED_FRAMES = 2

# Who has made us wait has to be early for so many looks in a row before it waits less.
_LOOKS_BEFORE_SQUEEZING = 1
_LOOKS_AFTER_WAITING = 4

# Every frame of a row came so many ticks early: one of them is not needed.
_SPARE_TICKS = 2


class JitterBank:
    """Frames on their way to being played, in the order and at the distance they were spoken."""

    def __init__(self, rows: int) -> None:
        # Slot by slot, so that what is played together lies together.
        self._slots = np.zeros((SLOTS, rows, FRAME_SAMPLES), np.uint8)
        self._filled = np.zeros((SLOTS, rows), np.bool_)
        # The sender's time of the frame that belongs at the head.
        self._next = np.zeros(rows, np.int64)
        # The sender's time of the frame that was played last.
        self._played = np.zeros(rows, np.int64)
        self._started = np.zeros(rows, np.bool_)
        # Whether the frame of each slot was played, for the slots whose moment has passed.
        self._was_played = np.zeros((SLOTS, rows), np.bool_)
        self._delay = np.full(rows, DELAY_FRAMES, np.int8)
        # How early the latest frame came since `look`, in ticks, and how many looks in a row that
        # has to be enough before the delay becomes shorter.
        self._spare = np.full(rows, SLOTS, np.int64)
        self._looks = np.full(rows, _LOOKS_BEFORE_SQUEEZING, np.int8)
        # Frames that came too late lately, in `_LATE`, and in all.
        self._late = np.zeros(rows, np.int16)
        self._all_late = np.zeros(rows, np.int64)

    def reset(self, row: int) -> None:
        """Forgets everything of a row but how many frames came too late."""
        self._filled[:, row] = self._was_played[:, row] = False
        self._started[row] = False

    def forget(self, row: int) -> None:
        """Forgets everything of a row."""
        self.reset(row)
        self._delay[row] = DELAY_FRAMES
        self._looks[row] = _LOOKS_BEFORE_SQUEEZING
        self._spare[row] = SLOTS
        self._all_late[row] = 0

    def late(self, row: int) -> int:
        """How many frames of a row came when their moment had passed."""
        return int(self._all_late[row])

    def delay_frames(self, row: int) -> int:
        """How long a frame of a row waits before it is played."""
        return int(self._delay[row])

    def waiting(self, row: int) -> int:
        """How many frames of a row wait."""
        return int(np.count_nonzero(self._filled[:, row]))

    def put_many(
        self, rows: Rows, timestamps: NDArray[np.int64], payloads: Bytes, head: int
    ) -> NDArray[np.int64]:
        """Takes in one frame of each of several rows, if it lies on the row's time line.

        Args:
            rows: Which rows, each once at most.
            timestamps: The senders' times of the first samples.
            payloads: 160 bytes a row.
            head: The head of these rows.

        Returns:
            How many ticks from now each will be played; SLOTS or more for those not on the line,
            which were not taken and are `put`'s to judge.
        """
        ahead = ((timestamps - self._next[rows]) & TIMESTAMP_MASK) // FRAME_SAMPLES
        ahead[~self._started[rows]] = SLOTS
        on_line, on_time = ahead < SLOTS, ahead
        if np.count_nonzero(on_line) < len(on_line):
            rows, payloads, on_time = rows[on_line], payloads[on_line], ahead[on_line]
        slots = (on_time + head) & SLOT_MASK
        self._slots[slots, rows] = payloads
        self._filled[slots, rows] = True
        self._spare[rows] = np.minimum(self._spare[rows], on_time)
        return ahead

    def put(self, row: int, timestamp: int, payload: bytes, head: int) -> int:
        """Takes in any frame of one row.

        Returns:
            How many ticks from now it will be played; 0 also for one that came too late.
        """
        following = int(self._next[row])
        ahead = ((timestamp - following) & TIMESTAMP_MASK) // FRAME_SAMPLES
        if ahead >= SLOTS or not self._started[row]:
            behind = -(-((following - timestamp) & TIMESTAMP_MASK) // FRAME_SAMPLES)
            is_late = self._started[row] and behind <= SLOTS // 2
            if is_late and self._is_overtaken(row, timestamp):
                if not self._was_played[(head - behind) & SLOT_MASK, row]:
                    self._note_late(row, behind, head)
                return 0
            # The first, or a jump; or late with nothing else waiting, which means that we play
            # ahead of the sender. Wait for it anew.
            self._begin(row, timestamp)
            ahead = int(self._delay[row])
        slot = (head + ahead) & SLOT_MASK
        self._slots[slot, row] = np.frombuffer(payload, np.uint8)
        self._filled[slot, row] = True
        self._spare[row] = min(self._spare[row], ahead)
        return ahead

    def _note_late(self, row: int, behind: int, head: int) -> None:
        self._late[row] += _LATE
        self._all_late[row] += 1
        if self._late[row] >= _LATE_BEFORE_WAITING:
            self._wait(row, behind + 1, head)

    def _is_overtaken(self, row: int, timestamp: int) -> bool:
        """Whether later frames have been played or wait in time; this one's moment has passed."""
        since = (int(self._played[row]) - timestamp) & TIMESTAMP_MASK
        return since <= SLOTS * FRAME_SAMPLES or bool(self._filled[:, row].any())

    def _begin(self, row: int, timestamp: int) -> None:
        """Lays a new time line, on which a timestamp is the delay away."""
        self._filled[:, row] = False
        self._started[row] = True
        self._late[row] = 0
        self._played[row] = (timestamp - FRAME_SAMPLES) & TIMESTAMP_MASK
        self._next[row] = (timestamp - int(self._delay[row]) * FRAME_SAMPLES) & TIMESTAMP_MASK

    def _wait(self, row: int, ticks: int, head: int) -> None:
        """Plays everything that much later; what has no room then is dropped."""
        self._filled[(head + np.arange(SLOTS - ticks, SLOTS)) & SLOT_MASK, row] = False
        self._shift(row, ticks)
        self._late[row] = 0
        self._delay[row] = min(MOST_DELAY, int(self._delay[row]) + ticks)
        self._spare[row] = SLOTS
        self._looks[row] = _LOOKS_AFTER_WAITING

    def _shift(self, row: int, ticks: int) -> None:
        """Moves the frames of a row away from the head, or towards it."""
        self._slots[:, row] = np.roll(self._slots[:, row], ticks, axis=0)
        self._filled[:, row] = np.roll(self._filled[:, row], ticks)
        self._was_played[:, row] = np.roll(self._was_played[:, row], ticks)
        self._next[row] = (self._next[row] - ticks * FRAME_SAMPLES) & TIMESTAMP_MASK

    def forgive(self, first: int, last: int) -> None:
        """Forgives some of the frames that came too late; called once a second."""
        late = self._late[first:last]
        late -= late // _FORGIVEN_PART

    def take(self, first: int, last: int, head: int, frames: Bytes) -> NDArray[np.bool_]:
        """Copies the frames whose moment has come; the head is the next one from then on.

        Args:
            first: The first row.
            last: The row after the last one.
            head: The head of these rows.
            frames: Where they go, one row each. Where there is none the content is undefined.

        Returns:
            For which rows there was one.
        """
        there = self._filled[head, first:last].copy()
        frames[:] = self._slots[head, first:last]
        self._filled[head, first:last] = False
        self._was_played[head, first:last] = there
        following = self._next[first:last]
        np.copyto(self._played[first:last], following, where=there)
        following += FRAME_SAMPLES
        following &= TIMESTAMP_MASK
        return there

    def keep(self, head: int, rows: Rows, frames: Bytes) -> None:
        """Takes note of what was played in place of frames that were not there.

        Args:
            head: As it was given to `take`.
            rows: Which rows.
            frames: One frame a row.
        """
        self._slots[head, rows] = frames

    def history(self, head: int, row: int, frames: int) -> bytes:
        """The last frames that were played before the head, oldest first."""
        slots = (head + np.arange(-frames, 0)) & SLOT_MASK
        return bytes(self._slots[slots, row].tobytes())

    def played(self, head: int, first: int, last: int) -> NDArray[np.bool_]:
        """For which rows there was a frame in the tick before the head."""
        there: NDArray[np.bool_] = self._was_played[(head - 1) & SLOT_MASK, first:last]
        return there

    def look(self, first: int, last: int) -> Rows:
        """The rows whose delay may become a frame shorter; called every few seconds."""
        spare = self._spare[first:last]
        is_early = (spare >= _SPARE_TICKS) & (spare < SLOTS)
        spare[:] = SLOTS
        looks = self._looks[first:last]
        looks[:] = np.where(is_early, np.maximum(looks - 1, 0), np.maximum(looks, 1))
        return np.flatnonzero(is_early & (looks <= 0)) + first

    def next_two(self, row: int, head: int) -> tuple[bytes, bytes] | None:
        """The two frames that are played next; None unless both are there."""
        slots = np.array((head, head + 1)) & SLOT_MASK
        if not self._filled[slots, row].all():
            return None
        first, second = self._slots[slots, row]
        return first.tobytes(), second.tobytes()

    def squeeze(self, row: int, head: int, merged: bytes) -> None:
        """Plays one frame in place of the next two, and so all others a tick earlier."""
        second = (head + 1) & SLOT_MASK
        self._slots[second, row] = np.frombuffer(merged, np.uint8)
        self._filled[head, row] = False
        self._shift(row, -1)
        self._delay[row] = max(LEAST_DELAY, int(self._delay[row]) - 1)
        self._looks[row] = _LOOKS_BEFORE_SQUEEZING

    def crowded(self, first: int, last: int) -> Rows:
        """The rows in which so much waits that `trim` has something to do."""
        waiting = np.count_nonzero(self._filled[:, first:last], axis=0)
        return np.flatnonzero(waiting > self._delay[first:last] + _TOLERATED_FRAMES) + first

    def trim(self, row: int, head: int) -> int:
        """Skips to where the newest frame is the delay away, if it is much further.

        Returns:
            How many ticks were skipped.
        """
        filled = np.flatnonzero(self._filled[:, row])
        span = int(((filled - head) & SLOT_MASK).max(initial=-1)) + 1
        delay = int(self._delay[row])
        if span <= delay + _TOLERATED_FRAMES:
            return 0
        excess = span - delay
        dropped = (head + np.arange(excess)) & SLOT_MASK
        self._filled[dropped, row] = False
        self._shift(row, -excess)
        return excess
