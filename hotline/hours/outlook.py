"""Whether the public holidays that lie ahead are known."""

from datetime import date, timedelta

from hotline.hours.calendar import LAST_YEAR, is_known
from hotline.hours.configuration import HoursRules

_AHEAD = timedelta(days=60)
"""Holidays of a year are announced in the November before it; the first is New Year's Day."""


def unknown_year(rules: HoursRules, today: date) -> int | None:
    """The year of which nobody has told us the holidays, when it is near; None when all is well."""
    year = (today + _AHEAD).year
    entered = {day.year for day in (*rules.holidays, *(each.day for each in rules.exceptions))}
    if is_known(year) or year in entered:
        return None
    return year


def warning(year: int) -> str:
    """What to say about it."""
    return (
        f"The public holidays of {year} are not known: the calendar ends with {LAST_YEAR}. Update "
        "chinesecalendar, or enter them under the rules of the opening hours."
    )
