"""China's public holidays and the weekend days worked in exchange; the one user of the calendar.

The State Council announces them each autumn for the year that follows, and the library has them
some weeks later; what it does not know yet, administrators enter themselves (kind `hours`).
"""

from datetime import date
from enum import StrEnum

from chinese_calendar import constants, get_holiday_detail, is_workday

_SATURDAY = 5


class DayKind(StrEnum):
    """What the State Council says of a day."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    """A day off by law, or given in exchange."""
    WORKDAY = "workday"
    """A Saturday or Sunday worked in exchange for a longer holiday."""


LAST_YEAR = max(constants.holidays).year
"""The last year that the calendar knows."""

_FIRST_YEAR = min(constants.holidays).year


def is_known(year: int) -> bool:
    """Whether the calendar has this year."""
    return bool(_FIRST_YEAR <= year <= LAST_YEAR)


def kind_of(day: date) -> DayKind:
    """What kind of day it is; ordinary in years that the calendar does not know."""
    if not is_known(day.year):
        return DayKind.ORDINARY
    if is_workday(day):
        return DayKind.WORKDAY if day.weekday() >= _SATURDAY else DayKind.ORDINARY
    _, name = get_holiday_detail(day)
    return DayKind.HOLIDAY if name is not None else DayKind.ORDINARY
