"""When the engine works: one lane every 10 ms, by a clock that never drifts.

Pure: takes the time as an argument, in nanoseconds of a clock that only goes forward.
"""

from collections.abc import Sequence

from hotline.rtp import FRAME_MS

# Each has its share of the work that is the same however many legs there are: with two of them a
# call-second of 300 calls takes 0.16 ms less than with four (2026-11-22), and a command or a
# packet's moment waits for half of the legs at most.
LANES = 2
STEP_NS = FRAME_MS * 1_000_000 // LANES
_ROUND_NS = FRAME_MS * 1_000_000

# A delay up to this is caught up with, packet by packet; so much a peer's buffer can bear. After a
# longer one (the machine was suspended) the time is skipped.
_CATCH_UP_NS = 200_000_000

# Lateness is counted in steps of 0.05 ms up to 50 ms, over windows of 10 s.
_BUCKET_NS = 50_000
_BUCKETS = 1000
_WINDOW_STEPS = 10_000_000_000 // STEP_NS

# A lane serves so many before the next one serves any: its tick costs as much as fifteen legs or so
# by itself, and with so many it takes about a millisecond.
_FILLED_FIRST = 96


def lane_for(loads: Sequence[int]) -> int:
    """Which lane takes one more, by how many each serves; there is at least one."""
    for lane, load in enumerate(loads):
        if load < _FILLED_FIRST:
            return lane
    return loads.index(min(loads))


class Pace:
    """Tells what is due, and keeps account of how late it was.

    Attributes:
        lateness_max_ns: The latest step.
        stalls: How often time was skipped.
    """

    __slots__ = ("_counts", "_next", "_p99_ns", "_step", "_steps", "lateness_max_ns", "stalls")

    def __init__(self, now_ns: int) -> None:
        self._next = now_ns + STEP_NS
        self._step = 0
        self._counts = [0] * (_BUCKETS + 1)
        self._steps = 0
        self._p99_ns = 0
        self.lateness_max_ns = 0
        self.stalls = 0

    def wait_seconds(self, now_ns: int) -> float:
        """How long to wait for the next step; 0 when it is due."""
        return max(0, self._next - now_ns) / 1e9

    def rest(self, now_ns: int) -> None:
        """Begins anew after a time in which there was nothing to do."""
        self._next = now_ns + STEP_NS

    def skip(self, now_ns: int) -> int:
        """Gives up what cannot be caught up with.

        Returns:
            How many rounds of all lanes have been skipped, usually 0.
        """
        behind = now_ns - self._next
        if behind <= _CATCH_UP_NS:
            return 0
        rounds = behind // _ROUND_NS
        self._next += rounds * _ROUND_NS
        self.stalls += 1
        return rounds

    @property
    def next_lane(self) -> int:
        """Whose step comes next."""
        return (self._step + 1) % LANES

    def pass_over(self) -> None:
        """Leaves out the next step, because its lane has nothing to do."""
        self._next += STEP_NS
        self._step = self.next_lane

    def begin(self, now_ns: int) -> int:
        """Begins the step that is due; returns its lane."""
        lateness = now_ns - self._next
        if lateness > self.lateness_max_ns:
            self.lateness_max_ns = lateness
        self._counts[min(lateness // _BUCKET_NS, _BUCKETS)] += 1
        self._steps += 1
        if self._steps == _WINDOW_STEPS:
            self._p99_ns = self._percentile()
            self._counts = [0] * (_BUCKETS + 1)
            self._steps = 0
        self._next += STEP_NS
        self._step = step = (self._step + 1) % LANES
        return step

    @property
    def lateness_p99_ns(self) -> int:
        """The 99th percentile of the last whole window; of the present one if it is the first."""
        return self._p99_ns or self._percentile()

    def _percentile(self) -> int:
        left = self._steps * 99 // 100
        for bucket, count in enumerate(self._counts):
            left -= count
            if left < 0:
                return (bucket + 1) * _BUCKET_NS
        return 0
