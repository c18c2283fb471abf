from datetime import date

import pytest

from hotline.hours.calendar import LAST_YEAR, DayKind, is_known, kind_of
from hotline.hours.configuration import DayException, HoursRules
from hotline.hours.outlook import unknown_year, warning


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 10, 1), DayKind.HOLIDAY),
        (date(2026, 10, 10), DayKind.WORKDAY),
        (date(2026, 11, 20), DayKind.ORDINARY),
        (date(2026, 11, 21), DayKind.ORDINARY),
        (date(1999, 10, 1), DayKind.ORDINARY),
    ],
)
def test_kind_of__days_as_the_state_council_announced_them(day: date, kind: DayKind) -> None:
    assert kind_of(day) is kind


def test_kind_of__a_year_that_is_not_known_has_ordinary_days() -> None:
    assert is_known(LAST_YEAR)
    assert not is_known(LAST_YEAR + 1)
    assert kind_of(date(LAST_YEAR + 1, 10, 1)) is DayKind.ORDINARY


def test_unknown_year__is_told_two_months_ahead_until_somebody_enters_it() -> None:
    near, far = date(LAST_YEAR, 12, 1), date(LAST_YEAR, 10, 1)
    next_year = date(LAST_YEAR + 1, 1, 1)
    assert unknown_year(HoursRules(), far) is None
    assert unknown_year(HoursRules(), near) == LAST_YEAR + 1
    assert unknown_year(HoursRules(holidays=(next_year,)), near) is None
    assert unknown_year(HoursRules(exceptions=(DayException(day=next_year),)), near) is None
    assert str(LAST_YEAR + 1) in warning(LAST_YEAR + 1)
