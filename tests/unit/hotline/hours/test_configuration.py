import pytest
from pydantic import ValidationError

from hotline.hours.configuration import HoursRules


@pytest.mark.parametrize(
    "values",
    [
        {"timetables": {"24x7": {}}},
        {"timetables": {"office": {"monday": ["9-18"]}}},
        {"timetables": {"office": {"monday": ["09:00-25:00"]}}},
        {"exceptions": [{"day": "2027-01-01"}, {"day": "2027-01-01"}]},
        {"busy_above": 0},
        {"colour": 1},
    ],
)
def test_hours_rules__what_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HoursRules.model_validate(values)


def test_hours_rules__a_night_reaches_into_the_next_day() -> None:
    rules = HoursRules.model_validate({"timetables": {"night": {"friday": ["20:00-02:00"]}}})
    assert rules.timetables["night"].friday == ("20:00-02:00",)
    assert rules.timetables["night"].public_holidays
