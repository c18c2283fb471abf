"""Shifts, and who keeps them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from hotline.agents.rules import OFF_DUTY
from hotline.rota.configuration import RotaRules

ANY_TOPIC = "*"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, from the first moment up to but not with the last."""

    starts_at: datetime
    ends_at: datetime

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max(0.0, (self.ends_at - self.starts_at).total_seconds())

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.starts_at <= moment < self.ends_at

    def overlaps(self, other: "Span") -> bool:
        """Whether they share a moment; one that ends as the other begins does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def common(self, other: "Span") -> "Span":
        """What they share; of no length when they share nothing."""
        starts_at = max(self.starts_at, other.starts_at)
        return Span(starts_at, max(starts_at, min(self.ends_at, other.ends_at)))


@dataclass(frozen=True, slots=True)
class Skills:
    """What a lawyer can take."""

    languages: frozenset[str]
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """A lawyer's state has changed."""

    at: datetime
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class History:
    """What a lawyer did during some time.

    Attributes:
        moves: The changes of state, oldest first.
        state: What the lawyer did at the end.
    """

    moves: tuple[Moved, ...]
    state: str

    def inside(self, window: Span) -> list[Moved]:
        """The changes inside a part of that time."""
        return [one for one in self.moves if window.starts_at <= one.at < window.ends_at]

    def state_at(self, moment: datetime) -> str:
        """What the lawyer did at a moment of that time."""
        return next((one.before for one in self.moves if one.at >= moment), self.state)


class Refusal(StrEnum):
    """Why a lawyer cannot have a seat."""

    TAKEN = "taken"
    OVERLAP = "overlap"
    LANGUAGE = "language"
    TOPIC = "topic"
    TOO_LONG = "too_long"
    INACTIVE = "inactive"


class Attendance(StrEnum):
    """Whether a lawyer keeps a seat."""

    AHEAD = "ahead"
    EXPECTED = "expected"
    HERE = "here"
    LATE = "late"
    LEFT = "left"


def local_span(day: date, begins: time, ends: time, zone: ZoneInfo) -> Span:
    """A shift by the clock on the wall; one that ends no later than it begins passes midnight."""
    last = day if ends > begins else day + timedelta(days=1)
    return Span(_moment(day, begins, zone), _moment(last, ends, zone))


def days_span(first: date, days: int, zone: ZoneInfo) -> Span:
    """Whole days where the hotline is."""
    midnight = time()
    return Span(
        _moment(first, midnight, zone), _moment(first + timedelta(days=days), midnight, zone)
    )


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    # In UTC, because moments of one zone are subtracted as if no summer time began in between.
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def month_span(month: date, zone: ZoneInfo) -> Span:
    """The month that a day lies in."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return days_span(first, (after - first).days, zone)


def lacks(skills: Skills, *, language: str | None, topic: str | None) -> Refusal | None:
    """What the lawyer lacks for a seat; None for nothing. An empty language or topic is any."""
    if language is not None and language not in skills.languages:
        return Refusal.LANGUAGE
    if topic is not None and not skills.topics & {topic, ANY_TOPIC}:
        return Refusal.TOPIC
    return None


def clash(span: Span, others: Iterable[Span], rules: RotaRules) -> Refusal | None:
    """Whether a shift cannot be had besides the lawyer's others; None when it can."""
    spans = sorted(others)
    if any(span.overlaps(other) for other in spans):
        return Refusal.OVERLAP
    if _stretch_around(span, spans).seconds > rules.longest_hours * 3600:
        return Refusal.TOO_LONG
    return None


def _stretch_around(span: Span, others: Sequence[Span]) -> Span:
    """The shift with those that follow one another without a gap."""
    starts_at, ends_at = span.starts_at, span.ends_at
    for other in others:
        if other.starts_at == ends_at:
            ends_at = other.ends_at
    for other in reversed(others):
        if other.ends_at == starts_at:
            starts_at = other.starts_at
    return Span(starts_at, ends_at)


def on_duty(moves: Sequence[Moved], window: Span, *, otherwise: str) -> list[Span]:
    """When a lawyer was on duty.

    Args:
        moves: The changes of state inside the window, oldest first.
        window: What is looked at.
        otherwise: The state all the time, should there be no change.
    """
    before = moves[0].before if moves else otherwise
    marks = [(window.starts_at, before), *((move.at, move.after) for move in moves)]
    ends = [*marks, (window.ends_at, "")]
    return [
        Span(at, next_at)
        for (at, state), (next_at, _) in pairwise(ends)
        if state not in OFF_DUTY and next_at > at
    ]


def seconds_kept(shift: Span, duty: Iterable[Span]) -> float:
    """How much of a shift the lawyer was on duty."""
    return sum(shift.common(span).seconds for span in duty)


def first_seen(shift: Span, duty: Iterable[Span], rules: RotaRules) -> datetime | None:
    """When the lawyer came for a shift, from the tolerance before it on; None for never."""
    early = timedelta(minutes=rules.early_minutes)
    window = Span(shift.starts_at - early, shift.ends_at)
    seen = [part.starts_at for part in map(window.common, duty) if part.seconds > 0]
    return min(seen, default=None)


def is_late(shift: Span, came_at: datetime | None, rules: RotaRules) -> bool:
    """Whether somebody who came came too late for the tolerance."""
    tolerance = timedelta(minutes=rules.late_minutes)
    return came_at is not None and came_at > shift.starts_at + tolerance


def attendance(
    shift: Span, *, now: datetime, came_at: datetime | None, is_here: bool, rules: RotaRules
) -> Attendance:
    """Whether a lawyer keeps a seat of a shift that is not over.

    Args:
        shift: The shift.
        now: The moment.
        came_at: When the lawyer came for it (`first_seen`).
        is_here: Whether the lawyer is on duty now.
        rules: The tolerances.
    """
    if now < shift.starts_at - timedelta(minutes=rules.early_minutes):
        return Attendance.AHEAD
    if is_here:
        return Attendance.HERE
    if now <= shift.starts_at + timedelta(minutes=rules.late_minutes):
        return Attendance.EXPECTED
    return Attendance.LATE if came_at is None else Attendance.LEFT


# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """A value as a spreadsheet may read it: never as a formula."""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
