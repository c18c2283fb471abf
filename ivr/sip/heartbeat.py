"""Whether a trunk is there, told from its answers to OPTIONS, without I/O.

RFC 3261 section 11.1 has OPTIONS for asking what a peer can; carriers and PBXs use it as a
heartbeat. Moments are seconds of any clock that only goes forward.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# One loss is a lost packet, three in a row are a dead trunk.
LOSSES_UNTIL_DOWN = 3
# OPTIONS is repeated after 0.5, 1.5 and 3.5 s (RFC 3261 section 17.1.2.2).
ANSWER_SECONDS = 5.0
# So that many nodes that were started together do not ask together.
_JITTER_SHARE = 0.2
# Answers of a proxy that is there for a trunk that is not, and of one that drains.
_NOT_THERE = frozenset({408, 503, 504})


class Health(StrEnum):
    """Whether a trunk is there."""

    UNKNOWN = "unknown"
    """Nobody asks, or nobody has answered yet."""
    UP = "up"
    DEGRADED = "degraded"
    """The last question was not answered."""
    DOWN = "down"


@dataclass(slots=True)
class Heartbeat:
    """The state of one trunk.

    Attributes:
        interval_seconds: How often it is asked; more often while it does not answer.
        random: A number from 0 to 1, anew each time.
        health: Whether it is there.
        due_at: When it is to be asked again.
    """

    interval_seconds: float
    random: Callable[[], float]
    health: Health = Health.UNKNOWN
    due_at: float = 0.0
    _losses: int = 0

    def answered(self, now: float, status: int) -> None:
        """The trunk answered with a SIP status; most refusals show as well that it is there."""
        if status in _NOT_THERE:
            self.lost(now)
            return
        self._losses = 0
        self.health = Health.UP
        self.due_at = now + self._jittered(self.interval_seconds)

    def heard(self) -> None:
        """A request of its own came: it is there, whether or not it answers OPTIONS."""
        self._losses = 0
        self.health = Health.UP

    def lost(self, now: float) -> None:
        """The trunk did not answer, to OPTIONS or to a call."""
        self._losses += 1
        is_down = self._losses >= LOSSES_UNTIL_DOWN
        self.health = Health.DOWN if is_down else Health.DEGRADED
        seconds = self.interval_seconds if is_down else self.interval_seconds / LOSSES_UNTIL_DOWN
        self.due_at = now + self._jittered(seconds)

    def _jittered(self, seconds: float) -> float:
        return seconds * (1.0 + _JITTER_SHARE * (self.random() - 0.5))
