"""When a frame goes on to the engine. Pure.

Frames come every 20 ms, but a web socket is TCP: after a hiccup several come at once. The engine
bears a few early frames, not a burst, so what comes early waits, at most a tenth of a second of it,
and a pause in speech is used to catch up.
"""

from collections import deque

FRAME_SECONDS = 0.02

# How much earlier than the regular beat a frame may go: one frame, which every jitter buffer holds.
_EARLY_SECONDS = 0.02

# 100 ms: more would be heard as delay for the rest of the call.
_MOST_WAITING = 5

# From this many waiting frames on, quiet ones are left out; see Pacer.arrived.
_CATCH_UP_FROM = 2


class Pacer:
    """Decides for one direction of one leg; times are seconds on any steady clock."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self._due = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def arrived(self, frame: bytes, *, now: float, is_quiet: bool) -> bytes | None:
        """A frame has come.

        Args:
            frame: What came.
            now: When.
            is_quiet: Whether nobody would miss it: then it is left out while others wait, which
                brings a voice that fell behind back to the present.

        Returns:
            The frame to send now; None when frames have to wait until `next_at`.
        """
        if not self._waiting and self._may_go(now):
            return self._go(frame, now)
        if not (is_quiet and len(self._waiting) >= _CATCH_UP_FROM):
            self._waiting.append(frame)
        return self.take(now=now)

    def take(self, *, now: float) -> bytes | None:
        """The next waiting frame, if its time has come."""
        if self._waiting and self._may_go(now):
            return self._go(self._waiting.popleft(), now)
        return None

    @property
    def next_at(self) -> float | None:
        """When the next waiting frame may go; None when none waits."""
        return self._due - _EARLY_SECONDS if self._waiting else None

    def _may_go(self, now: float) -> bool:
        return now >= self._due - _EARLY_SECONDS

    def _go(self, frame: bytes, now: float) -> bytes:
        self._due = max(now, self._due) + FRAME_SECONDS
        return frame
