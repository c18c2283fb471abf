"""Opening hours, over HTTP, and what the doctor says of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hotline.clock import FakeClock
from hotline.hours.calendar import LAST_YEAR
from hotline.hours.doctor import doctor
from hotline.house import House
from tests.unit.api.conftest import SignIn

HOURS = "/api/v1/hours"


def test_get__warns_of_a_year_without_holidays_until_they_are_entered(
    sign_in: SignIn, house: House, clock: FakeClock
) -> None:
    december = datetime(LAST_YEAR, 12, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    clock.advance(seconds=(december - clock.now()) / timedelta(seconds=1))
    admin = sign_in("admin")
    assert str(LAST_YEAR + 1) in admin.get(HOURS).json()["warning"]

    values = {"in_force": "office", "holidays": [f"{LAST_YEAR + 1}-01-01"]}
    put = admin.put("/api/v1/configuration/hours", json={"version": 0, "values": values})

    assert put.status_code == 200
    answer = sign_in("li").get(HOURS).json()
    assert (answer["warning"], answer["in_force"]) == (None, "office")


def test_doctor__says_how_far_the_calendar_reaches(house: House) -> None:
    ((_, text, _),) = doctor(house.settings)
    assert str(LAST_YEAR) in text
