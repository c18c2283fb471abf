"""Opening hours, over HTTP, and what the doctor says of them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from hotline.clock import FakeClock
from hotline.hours.calendar import LAST_YEAR
from hotline.hours.doctor import doctor
from hotline.house import House
from hotline.tables import Lawyer
from ivr.arrivals import look
from ivr.catalogue import load_definition, read_flow_file
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


def test_get_at__says_what_the_line_does_and_why(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    values = {
        "in_force": "desk",
        "timetables": {"desk": {"thursday": ["09:00-12:00"], "friday": ["20:00-02:00"]}},
        "exceptions": [{"day": "2026-06-04", "openings": ["10:00-11:00"]}],
    }
    assert (
        admin.put("/api/v1/configuration/hours", json={"version": 0, "values": values}).status_code
        == 200
    )

    def at(moment: str) -> tuple[bool, str, list[str]]:
        body = sign_in("supervisor").get(f"{HOURS}/at?moment={moment}").json()
        return body["is_open"], body["reason"], body["openings"]

    assert at("2026-06-11T09:30") == (True, "weekday", ["09:00-12:00"])
    assert at("2026-06-04T09:30") == (False, "exception", ["10:00-11:00"])
    assert at("2026-10-01T09:30") == (False, "holiday", [])
    assert at("2026-06-12T17:59:59Z") == (True, "weekday", [])
    assert at("2026-06-12T20:00") == (True, "weekday", ["20:00-02:00"])


def test_get_at__counts_the_rota_where_the_rules_ask_for_it(
    sign_in: SignIn, house: House, ids: dict[str, str]
) -> None:
    admin = sign_in("admin")
    admin.put("/api/v1/configuration/hours", json={"version": 0, "values": {"needs_rota": True}})
    shift = {
        "days": ["2026-06-11"],
        "begins": "09:00",
        "ends": "12:00",
        "seats": [{"language": "zh", "lawyer_id": ids["li"]}],
    }
    added = admin.post("/api/v1/rota/shifts", json=shift)
    assert added.status_code == 201, added.text

    def at(moment: str) -> tuple[bool, bool]:
        body = admin.get(f"{HOURS}/at?moment={moment}").json()
        return body["is_open"], body["is_staffed"]

    assert at("2026-06-11T10:00") == (True, True)
    assert at("2026-06-11T20:00") == (False, False)


def test_get_at__now_is_what_a_call_meets_that_arrives(sign_in: SignIn, house: House) -> None:
    admin = sign_in("admin")
    admin.put("/api/v1/configuration/hours", json={"version": 0, "values": {"needs_rota": True}})
    day = house.clock.now().date() + timedelta(days=2)
    shift = {"days": [day.isoformat()], "begins": "09:00", "ends": "12:00", "seats": [{}]}
    assert admin.post("/api/v1/rota/shifts", json=shift).status_code == 201
    flow = load_definition()

    def now() -> bool:
        is_open: bool = admin.get(f"{HOURS}/at").json()["is_open"]
        assert is_open is look(house, flow).is_open
        return is_open

    def sign_everybody(state: str) -> None:
        with house.database.session() as session:
            for lawyer in session.exec(select(Lawyer)):
                lawyer.state = state

    sign_everybody("offline")
    assert not now()
    sign_everybody("available")
    assert now()


def test_put__a_timetable_that_nobody_knows_is_refused(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    week = {"desk": {"monday": ["09:00-12:00"]}}

    def put(name: str) -> tuple[int, dict[str, Any]]:
        values = {"in_force": name, "timetables": week}
        version = admin.get("/api/v1/configuration/hours").json()["version"]
        body = {"version": version, "values": values}
        answer = admin.put("/api/v1/configuration/hours", json=body)
        return answer.status_code, answer.json()

    status, wrong = put("offcie")
    assert status == 422
    assert wrong["detail"] == (
        "There is no timetable called offcie; there are: 24x7, daytime, desk, office."
    )
    assert [each["field"] for each in wrong["errors"]] == ["in_force"]
    assert admin.get("/api/v1/configuration/hours").json()["version"] == 0

    assert [put(name)[0] for name in ("office", "desk", "24x7")] == [200, 200, 200]


def test_put__the_timetable_may_be_of_the_flow_in_force(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    flow = read_flow_file().replace("[timetables.daytime]", "[timetables.winter]")
    version = admin.post("/api/v1/flows", json={"text": flow}).json()["version"]
    assert admin.post(f"/api/v1/flows/{version}/activate").status_code == 200
    body = {"version": 0, "values": {"in_force": "winter"}}
    assert admin.put("/api/v1/configuration/hours", json=body).status_code == 200

    without = admin.post("/api/v1/flows", json={"text": read_flow_file()}).json()
    assert "timetable_gone" in [each["rule"] for each in without["findings"]]
    refused = admin.post(f"/api/v1/flows/{without['version']}/activate")
    assert refused.status_code == 422
    assert "winter" in refused.json()["detail"]


def test_get_at__is_for_supervisors_and_administrators(sign_in: SignIn) -> None:
    assert sign_in("li").get(f"{HOURS}/at?moment=2026-06-11T09:30").status_code == 403
