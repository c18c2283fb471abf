"""Whether a call that arrives now is taken: timetable, holidays, and what administrators set.

Whether somebody is there as well is asked beside it (`ivr.staffing`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from hotline.hours import calendar
from hotline.hours.calendar import DayKind
from hotline.hours.configuration import HoursRules, WeekRules
from hotline.hours.day import DayReason, OpeningAt
from ivr.flow.definition import FlowDefinition
from ivr.flow.hours import WEEKDAYS, Opening, Timetable, is_open, parse_opening

DayKinds = Callable[[date], DayKind]

_MINUTES_PER_DAY = 24 * 60


def is_taken(
    flow: FlowDefinition,
    rules: HoursRules,
    local: datetime,
    *,
    hours: str,
    kind_of: DayKinds = calendar.kind_of,
) -> bool:
    """Whether the hotline takes calls at this moment.

    Args:
        flow: The flow in force, with timetables of its own.
        rules: What administrators set.
        local: The moment, in the hotline's own time zone.
        hours: The timetable that the settings name.
        kind_of: The public calendar.

    Raises:
        FlowDefinitionError: There is no timetable of that name.
    """
    return is_open(timetable_of(flow, rules, local, hours=hours, kind_of=kind_of), local)


def opening_at(
    flow: FlowDefinition,
    rules: HoursRules,
    local: datetime,
    *,
    hours: str,
    kind_of: DayKinds = calendar.kind_of,
) -> OpeningAt:
    """What `is_taken` answers, with the day's openings and the reason for them.

    Raises:
        FlowDefinitionError: There is no timetable of that name.
    """
    timetable = timetable_of(flow, rules, local, hours=hours, kind_of=kind_of)
    return OpeningAt(
        is_open=is_open(timetable, local),
        timetable=timetable.name,
        reason=_reason(timetable, local.date()),
        openings=tuple(_text(each) for each in timetable.openings(local.date())),
    )


def timetable_of(
    flow: FlowDefinition,
    rules: HoursRules,
    local: datetime,
    *,
    hours: str,
    kind_of: DayKinds = calendar.kind_of,
) -> Timetable:
    """The timetable in force, with everything that is said of the days around `local`.

    Raises:
        FlowDefinitionError: There is no timetable of that name.
    """
    timetable = _named(flow, rules, rules.in_force or hours)
    exceptions = {
        each.day: tuple(parse_opening(text) for text in each.openings) for each in rules.exceptions
    }
    timetable = replace(timetable, exceptions=exceptions)
    if not timetable.public_holidays:
        return timetable
    # An opening may reach into the next day, so yesterday counts too.
    days = (local.date(), local.date() - timedelta(days=1))
    kinds = {day: _kind(day, rules, kind_of) for day in days}
    return replace(
        timetable,
        holidays=timetable.holidays | {day for day in days if kinds[day] is DayKind.HOLIDAY},
        extra_days=timetable.extra_days | {day for day in days if kinds[day] is DayKind.WORKDAY},
    )


def _named(flow: FlowDefinition, rules: HoursRules, name: str) -> Timetable:
    week = rules.timetables.get(name)
    return flow.timetable(name) if week is None else _timetable(name, week)


def _timetable(name: str, week: WeekRules) -> Timetable:
    days = (getattr(week, day) for day in WEEKDAYS)
    return Timetable(
        name,
        tuple(tuple(parse_opening(text) for text in openings) for openings in days),
        public_holidays=week.public_holidays,
    )


def _reason(timetable: Timetable, day: date) -> DayReason:
    if day in timetable.exceptions:
        return DayReason.EXCEPTION
    if day in timetable.extra_days:
        return DayReason.WORKDAY
    return DayReason.HOLIDAY if day in timetable.holidays else DayReason.WEEKDAY


def _text(opening: Opening) -> str:
    """Such as 20:00-02:00, the end on the next day; a day that is open throughout ends at 24:00."""
    end = opening.end if opening.end <= _MINUTES_PER_DAY else opening.end - _MINUTES_PER_DAY
    start, stop = (f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in (opening.start, end))
    return f"{start}-{stop}"


def _kind(day: date, rules: HoursRules, kind_of: DayKinds) -> DayKind:
    if day in rules.exchanged_workdays:
        return DayKind.WORKDAY
    if day in rules.holidays:
        return DayKind.HOLIDAY
    return kind_of(day)
