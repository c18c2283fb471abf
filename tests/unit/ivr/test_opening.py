from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hotline.hours.calendar import DayKind
from hotline.hours.configuration import HoursRules
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.hours import parse_timetable
from ivr.opening import is_taken
from tests.unit.ivr.flow.definitions import make_flow

OFFICE = parse_timetable(
    "office",
    {"monday": ["09:00-12:00"], "friday": ["09:00-18:00", "20:00-02:00"], "public_holidays": True},
)
FLOW = replace(make_flow(), timetables={**make_flow().timetables, "office": OFFICE})
KINDS = {
    date(2026, 11, 20): DayKind.HOLIDAY,
    date(2026, 11, 22): DayKind.WORKDAY,
}


def taken(rules: HoursRules, day: int, hour: int, hours: str = "office") -> bool:
    """Whether a call is taken in November 2026; the 20th is a Friday."""
    local = datetime(2026, 11, day, hour, tzinfo=UTC)
    return is_taken(
        FLOW, rules, local, hours=hours, kind_of=lambda day: KINDS.get(day, DayKind.ORDINARY)
    )


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (13, 10, True),
        (13, 19, False),
        (14, 1, True),
        (20, 10, False),
        (21, 1, False),
        (22, 10, True),
        (22, 13, False),
        (23, 10, True),
    ],
)
def test_is_taken__weekdays_holidays_and_days_in_exchange(
    day: int, hour: int, expected: bool
) -> None:
    assert taken(HoursRules(), day, hour) is expected


def test_is_taken__what_administrators_enter_comes_before_the_calendar() -> None:
    entered = HoursRules.model_validate(
        {
            "holidays": ["2026-11-13"],
            "exchanged_workdays": ["2026-11-15"],
            "exceptions": [
                {"day": "2026-11-20", "openings": ["10:00-11:00"]},
                {"day": "2026-11-23"},
            ],
        }
    )
    assert not taken(entered, 13, 10)
    assert taken(entered, 15, 10)
    assert taken(entered, 20, 10)
    assert not taken(entered, 20, 11)
    assert not taken(entered, 23, 10)


def test_is_taken__round_the_clock_knows_exceptions_but_no_holidays() -> None:
    rules = HoursRules.model_validate({"exceptions": [{"day": "2026-11-23"}]})
    assert taken(rules, 20, 3, hours="24x7")
    assert not taken(rules, 23, 10, hours="24x7")


def test_is_taken__a_timetable_of_the_administrators_replaces_the_flows() -> None:
    week = {"friday": ["06:00-07:00"], "public_holidays": False}
    rules = HoursRules.model_validate({"in_force": "office", "timetables": {"office": week}})
    assert taken(rules, 20, 6, hours="24x7")
    assert not taken(rules, 20, 10, hours="24x7")


def test_is_taken__a_timetable_that_is_not_there() -> None:
    with pytest.raises(FlowDefinitionError, match="night"):
        taken(HoursRules(), 20, 10, hours="night")
