"""At what hours somebody may be called back. Pure.

What the person chose is kept, quiet hours or not; else nobody is dialled at night who has not just
called. When a wish is due, how often it is tried and what ends it is in callback.rules.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)

AWAKE_FOR = timedelta(hours=1)
"""Who has just called is awake: no quiet hours for so long."""


class Source(StrEnum):
    """How the wish came about."""

    KEY = "key"  # pressed in the queue
    HOURS = "hours"  # pressed outside hours
    WEB = "web"
    LOST = "lost"  # the line broke
    ABANDONED = "abandoned"  # hung up in the queue
    MESSAGE = "message"  # left a message in the queue


PROMPT_SOURCES = frozenset({Source.KEY, Source.LOST, Source.ABANDONED, Source.MESSAGE})
"""Whoever made such a wish was at the telephone a moment ago."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the person would like to be called: that span, and the same hours on the days after.

    A span of a day or more names no hours of the day; it only says not before when.

    Attributes:
        opens_at: Aware.
        closes_at: Aware, later than `opens_at`.
    """

    opens_at: datetime
    closes_at: datetime

    @property
    def names_hours(self) -> bool:
        """Whether the person chose hours of the day."""
        return self.closes_at - self.opens_at < DAY


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day in which nobody is dialled who did not choose them.

    Attributes:
        begins: Local time, first quiet moment.
        ends: Local time, first moment no longer quiet; equal to `begins` for no quiet hours.
        zone: Whose local time.
    """

    begins: time = time(21)
    ends: time = time(8)
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")

    def cover(self, moment: datetime) -> bool:
        """Whether a moment is quiet."""
        local = moment.astimezone(self.zone).time()
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def over_after(self, moment: datetime) -> datetime:
        """The first moment from this one on that is not quiet, in the moment's own zone."""
        if not self.cover(moment):
            return moment
        local = moment.astimezone(self.zone)
        end = datetime.combine(local.date(), self.ends, tzinfo=self.zone)
        if end <= local:
            end = datetime.combine(local.date() + DAY, self.ends, tzinfo=self.zone)
        return end.astimezone(moment.tzinfo)


def first_moment(
    at: datetime, *, source: Source, asked_at: datetime, window: Window | None, quiet: QuietHours
) -> datetime:
    """Says from when on somebody may be dialled: the first such moment, not before `at`.

    Hours that the person chose are kept, quiet or not. Otherwise quiet hours are kept, except soon
    after the person pressed the key or the line broke.

    Args:
        at: Aware.
        source: How the wish came about.
        asked_at: When it did.
        window: When the person would like to be called; None for as soon as possible.
        quiet: Hours to keep where the person chose none.
    """
    if window is not None and window.names_hours:
        return _inside(window, at)
    start = at if window is None else max(at, window.opens_at)
    if source in PROMPT_SOURCES and start < asked_at + AWAKE_FOR:
        return start
    return quiet.over_after(start)


def _inside(window: Window, at: datetime) -> datetime:
    """The first moment from `at` on that lies in the window or in the same hours of a later day."""
    if at < window.opens_at:
        return window.opens_at
    into_day = (at - window.opens_at) % DAY
    if into_day < window.closes_at - window.opens_at:
        return at
    return at - into_day + DAY
