from datetime import date, datetime, timedelta, timezone

import pytest

from ivr.flow.errors import FlowDefinitionError
from ivr.flow.hours import Timetable, always_open, is_open, parse_timetable

BEIJING = timezone(timedelta(hours=8))

# 2026-11-23 is a Monday.
OFFICE: dict[str, object] = {
    "monday": ["09:00-12:00", "14:00-18:00"],
    "friday": ["20:00-02:00"],
    "holidays": [date(2026, 11, 30)],
    "extra_days": [date(2026, 11, 29)],
}


@pytest.fixture
def office() -> Timetable:
    return parse_timetable("office", OFFICE)


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        (23, "08:59", False),
        (23, "09:00", True),
        (23, "11:59", True),
        (23, "12:00", False),
        (23, "14:00", True),
        (23, "18:00", False),
        (24, "10:00", False),
        # Friday's opening reaches into Saturday.
        (27, "19:59", False),
        (27, "20:00", True),
        (28, "01:59", True),
        (28, "02:00", False),
        # A Sunday worked in exchange has Monday's times; the holiday Monday has none.
        (29, "10:00", True),
        (29, "13:00", False),
        (30, "10:00", False),
    ],
)
def test_is_open__follows_the_timetable(
    office: Timetable, day: int, time: str, expected: bool
) -> None:
    moment = datetime.fromisoformat(f"2026-11-{day}T{time}").replace(tzinfo=BEIJING)
    assert is_open(office, moment) is expected


def test_is_open__always_when_always_open() -> None:
    start = datetime(2026, 11, 23, tzinfo=BEIJING)
    assert all(is_open(always_open(), start + timedelta(minutes=7 * n)) for n in range(1500))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"montag": []}, "montag"),
        ({"monday": "09:00-18:00"}, "list of openings"),
        ({"monday": [900]}, "900"),
        ({"monday": ["9-18"]}, "9-18"),
        ({"monday": ["24:00-25:00"]}, "not a time of day"),
        ({"monday": ["09:00-24:01"]}, "not a time of day"),
        ({"monday": ["09:60-10:00"]}, "not a time of day"),
        ({"holidays": "2027-01-01"}, "lists of dates"),
        ({"holidays": ["2027-01-01"]}, "not a date"),
        ({"extra_days": [datetime(2027, 1, 1, tzinfo=BEIJING)]}, "not a date"),
    ],
)
def test_parse_timetable__names_what_is_wrong(table: dict[str, object], complaint: str) -> None:
    with pytest.raises(FlowDefinitionError, match=complaint):
        parse_timetable("office", table)


def test_parse_timetable__midnight_as_an_end() -> None:
    timetable = parse_timetable("late", {"monday": ["18:00-24:00"]})
    assert is_open(timetable, datetime(2026, 11, 23, 23, 59, tzinfo=BEIJING))
    assert not is_open(timetable, datetime(2026, 11, 24, 0, 0, tzinfo=BEIJING))
