"""A quarter of the engine's work: the legs and recordings that are served at the same instant."""

import logging
from collections.abc import Callable

from ivr.media.leg import Leg
from ivr.media.recorder import Recording
from ivr.media.rtp import FRAME_MS

log = logging.getLogger(__name__)

_TICKS_PER_SECOND = 1000 // FRAME_MS


class Lane:
    """Legs and recordings that share their tick."""

    __slots__ = ("_legs", "_listens", "_records", "_recordings", "_speaks", "_ticks")

    def __init__(self) -> None:
        self._ticks = 0
        self._legs: list[Leg] = []
        self._recordings: list[Recording] = []
        # The bound methods, once more: looking them up takes longer than some of them do.
        self._listens: list[Callable[[], None]] = []
        self._speaks: list[Callable[[], None]] = []
        self._records: list[Callable[[], None]] = []

    @property
    def legs(self) -> int:
        """How many legs are served here."""
        return len(self._legs)

    @property
    def recordings(self) -> int:
        """How many recordings are counted here."""
        return len(self._recordings)

    def add_leg(self, leg: Leg) -> None:
        """Serves a leg from the next tick on."""
        self._legs.append(leg)
        self._listens.append(leg.inbound.take)
        self._speaks.append(leg.outbound.send)

    def remove_leg(self, leg: Leg) -> None:
        """Serves a leg no more, if it was."""
        if leg in self._legs:
            self._legs.remove(leg)
            self._listens.remove(leg.inbound.take)
            self._speaks.remove(leg.outbound.send)

    def add_recording(self, recording: Recording) -> None:
        """Counts a recording's time from the next tick on."""
        self._recordings.append(recording)
        self._records.append(recording.tick)

    def remove_recording(self, recording: Recording) -> None:
        """Ends a recording's time, if it ran here."""
        if recording in self._recordings:
            self._recordings.remove(recording)
            self._records.remove(recording.tick)

    def tick(self) -> None:
        """One tick: everybody is heard before anybody is spoken to, so a voice waits for none."""
        self._run(self._listens)
        self._run(self._speaks)
        for record in self._records:
            record()
        self._ticks = ticks = (self._ticks + 1) % _TICKS_PER_SECOND
        for leg in self._legs[ticks::_TICKS_PER_SECOND]:
            leg.inbound.tidy()

    def _run(self, works: list[Callable[[], None]]) -> None:
        """Runs the same work of every leg; a leg with which something is wrong is served no more.

        The legs after it miss this one tick.
        """
        at = 0
        try:
            for at, work in enumerate(works):  # noqa: B007  # read when one of them raises
                work()
        except Exception:
            leg = self._legs[at]
            log.exception("leg failed", extra={"leg": leg.name})
            self.remove_leg(leg)
            leg.fail()

    def skip(self, ticks: int) -> None:
        """Lets time pass in which the machine stood still."""
        for leg in self._legs:
            leg.skip(ticks)
        for recording in self._recordings:
            recording.skip(ticks)
