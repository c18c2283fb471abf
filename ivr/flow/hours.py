"""When the hotline is open: named weekly timetables with holidays and extra days."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ivr.flow.errors import FlowDefinitionError

ALWAYS_OPEN = "24x7"
"""Name of the timetable that every definition has."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MINUTES_PER_DAY = 24 * 60
_OPENING = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of opening time.

    Attributes:
        start: Minutes after midnight, included.
        end: Minutes after the same midnight, excluded; more than 1440 reaches into the next day.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """Opening times by the local calendar.

    Attributes:
        name: What `HOTLINE_HOURS` calls it.
        week: Seven tuples of openings, Monday first.
        holidays: Days that do not open, whatever the weekday.
        extra_days: Days that open with Monday's times, such as a weekend day worked in exchange
            for a longer public holiday.
        exceptions: Days with openings of their own, whatever else is said of them.
        public_holidays: The public calendar counts: closed on its holidays, open with Monday's
            times on weekend days worked in exchange.
    """

    name: str
    week: tuple[tuple[Opening, ...], ...]
    holidays: frozenset[date] = frozenset()
    extra_days: frozenset[date] = frozenset()
    exceptions: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)
    public_holidays: bool = False

    def openings(self, day: date) -> tuple[Opening, ...]:
        """The openings that begin on `day`."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day in self.extra_days:
            return self.week[0]
        if day in self.holidays:
            return ()
        return self.week[day.weekday()]


def always_open() -> Timetable:
    """The timetable without any closing time."""
    return Timetable(ALWAYS_OPEN, ((Opening(0, _MINUTES_PER_DAY),),) * len(WEEKDAYS))


def is_open(timetable: Timetable, local: datetime) -> bool:
    """Whether the hotline takes calls at `local`, a moment in the hotline's own time zone."""
    minute = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    return any(each.start <= minute < each.end for each in timetable.openings(today)) or any(
        minute + _MINUTES_PER_DAY < each.end for each in timetable.openings(yesterday)
    )


def parse_timetable(name: str, table: Mapping[str, object]) -> Timetable:
    """Reads a timetable from its TOML table.

    Weekday names hold lists like `["09:00-12:00", "14:00-18:00"]`; a day that is not named does not
    open; an end at or before its start belongs to the next day. `holidays` and `extra_days` hold
    dates; `public_holidays` says whether the public calendar counts.

    Raises:
        FlowDefinitionError: A key or a value cannot be understood.
    """
    unknown = set(table) - {*WEEKDAYS, "holidays", "extra_days", "public_holidays"}
    if unknown:
        raise FlowDefinitionError(f"Timetable {name} has the unknown key {min(unknown)}.")
    return Timetable(
        name,
        tuple(_parse_day(name, table.get(day, [])) for day in WEEKDAYS),
        holidays=_parse_dates(name, table.get("holidays", [])),
        extra_days=_parse_dates(name, table.get("extra_days", [])),
        public_holidays=_parse_flag(name, table.get("public_holidays", False)),
    )


def parse_opening(text: str) -> Opening:
    """Reads an opening such as `09:00-18:00`.

    Raises:
        FlowDefinitionError: It cannot be understood.
    """
    return _parse_opening("opening", text)


def _parse_day(name: str, openings: object) -> tuple[Opening, ...]:
    if not isinstance(openings, list):
        raise FlowDefinitionError(f"Timetable {name}: a weekday needs a list of openings.")
    return tuple(_parse_opening(name, each) for each in openings)


def _parse_opening(name: str, text: object) -> Opening:
    match = _OPENING.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise FlowDefinitionError(f"Timetable {name}: {text!r} is not like 09:00-18:00.")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or start >= _MINUTES_PER_DAY or end > _MINUTES_PER_DAY:
        raise FlowDefinitionError(f"Timetable {name}: {text!r} is not a time of day.")
    return Opening(start, end if end > start else end + _MINUTES_PER_DAY)


def _parse_flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FlowDefinitionError(f"Timetable {name}: public_holidays is true or false.")
    return value


def _parse_dates(name: str, days: object) -> frozenset[date]:
    if not isinstance(days, list):
        raise FlowDefinitionError(f"Timetable {name}: holidays and extra_days are lists of dates.")
    for day in days:
        # A datetime is a date too, but its time of day would be ignored in silence.
        if not isinstance(day, date) or isinstance(day, datetime):
            raise FlowDefinitionError(f"Timetable {name}: {day!r} is not a date like 2027-01-01.")
    return frozenset(days)
