"""From packets that come when they come to one frame every 20 ms.

Pure. `JitterBuffer` lays frames on the sender's own time line and plays them from there a fixed
delay later, so reordering, pauses without packets and packets of other kinds in between all fall
into place. The delay is fixed for now; everything that would make it adaptive is behind `put`,
`take` and `trim`.
"""

from ivr.media.rtp import FRAME_SAMPLES, TIMESTAMP_MASK

Frame = bytes | bytearray

# How long a frame waits before it is played. Two frames bear the 20-30 ms that a browser's frames
# are apart from evenness when they come over a WebSocket.
DELAY_FRAMES = 2

# The time line holds 640 ms; a sender further ahead than that has jumped, not hurried.
_SLOTS = 32
_SLOT_MASK = _SLOTS - 1

# What a burst after a pause of the network may leave in the buffer before `trim` shortens it.
_TOLERATED_FRAMES = DELAY_FRAMES + 2


class JitterBuffer:
    """Frames on their way to being played, in the order and at the distance they were spoken."""

    __slots__ = ("_filled", "_head", "_next", "_slots", "_started")

    def __init__(self) -> None:
        self._slots: list[Frame | None] = [None] * _SLOTS
        self._head = 0
        self._next = 0  # the sender's time at _head; not wrapped, `put` masks the difference
        self._filled = 0
        self._started = False

    @property
    def filled(self) -> int:
        """How many frames wait."""
        return self._filled

    def put(self, timestamp: int, frame: Frame) -> int:
        """Takes a frame in.

        Args:
            timestamp: The sender's time of its first sample.
            frame: 160 bytes.

        Returns:
            How many ticks from now the frame will be played; 0 also for one that came too late.
        """
        ahead = ((timestamp - self._next) & TIMESTAMP_MASK) // FRAME_SAMPLES
        if ahead < _SLOTS and self._started:
            slot = (self._head + ahead) & _SLOT_MASK
            if self._slots[slot] is None:
                self._filled += 1
            self._slots[slot] = frame
            return ahead
        return self._put_off_line(timestamp, frame)

    def _put_off_line(self, timestamp: int, frame: Frame) -> int:
        """A frame that is not on the time line: the very first, a jump, or one too late."""
        behind = (self._next - timestamp) & TIMESTAMP_MASK
        is_late = self._started and behind <= _SLOTS * FRAME_SAMPLES
        if is_late and self._filled:
            return 0  # overtaken by others that wait in time: its moment has passed
        # Late with nothing else waiting means that we play ahead of the sender: wait for it anew.
        self._slots = [None] * _SLOTS
        self._next = timestamp - DELAY_FRAMES * FRAME_SAMPLES
        self._slots[(self._head + DELAY_FRAMES) & _SLOT_MASK] = frame
        self._filled = 1
        self._started = True
        return DELAY_FRAMES

    def take(self) -> Frame | None:
        """The frame whose moment has come, or None; called once a tick."""
        head = self._head
        frame = self._slots[head]
        self._head = (head + 1) & _SLOT_MASK
        self._next += FRAME_SAMPLES
        if frame is not None:
            self._slots[head] = None
            self._filled -= 1
        return frame

    def trim(self) -> int:
        """Skips what lies further back than the delay, if it is much.

        Returns:
            How many frames were dropped.
        """
        dropped = 0
        if self._filled > _TOLERATED_FRAMES:
            while self._filled > DELAY_FRAMES:
                dropped += self.take() is not None
        return dropped


class Reframer:
    """Cuts payloads of any length into frames: peers with a ptime of 10, 30 or 40 ms."""

    __slots__ = ("_begun", "_timestamp")

    def __init__(self) -> None:
        self._begun = b""
        self._timestamp = 0  # the sender's time of _begun's first sample

    def cut(self, timestamp: int, payload: bytes) -> list[tuple[int, bytes]]:
        """The frames that are complete now, each with its own timestamp."""
        expected = (self._timestamp + len(self._begun)) & TIMESTAMP_MASK
        if timestamp == expected and self._begun:
            payload = self._begun + payload
            timestamp = self._timestamp
        whole = len(payload) - len(payload) % FRAME_SAMPLES
        self._begun = payload[whole:]
        self._timestamp = (timestamp + whole) & TIMESTAMP_MASK
        return [
            ((timestamp + start) & TIMESTAMP_MASK, payload[start : start + FRAME_SAMPLES])
            for start in range(0, whole, FRAME_SAMPLES)
        ]
