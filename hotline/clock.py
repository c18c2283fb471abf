"""The one place that knows what time it is."""

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time; services take one so that tests can own it."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)


class FakeClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self._now

    def advance(self, *, seconds: float) -> None:
        """Moves the clock forward."""
        self._now += timedelta(seconds=seconds)


def start_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """The midnight before a moment on the clocks of a zone."""
    return datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
