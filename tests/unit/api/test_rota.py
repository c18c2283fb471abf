"""The rota over HTTP."""

import pytest
from fastapi.testclient import TestClient

from hotline.clock import FakeClock
from tests.unit.api.conftest import SignIn

ROTA = "/api/v1/rota"
# FakeClock begins on Monday 2026-03-02 at 10:00 in Shanghai.
NIGHT = {"days": ["2026-03-02", "2026-03-03"], "begins": "20:00", "ends": "08:00", "label": "夜班"}


def plan(client: TestClient, *lawyer_ids: str | None) -> list[dict[str, object]]:
    seats = [{"language": "zh", "lawyer_id": each} for each in lawyer_ids]
    answer = client.post(f"{ROTA}/shifts", json={**NIGHT, "seats": seats})
    assert answer.status_code == 201, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def seat_of(shift: dict[str, object]) -> str:
    seats = shift["seats"]
    assert isinstance(seats, list)
    return str(seats[0]["id"])


def test_post_shifts__one_for_each_day_by_the_clock_on_the_wall(
    sign_in: SignIn, ids: dict[str, str]
) -> None:
    first, second = plan(sign_in("supervisor"), ids["li"], None)

    assert first["starts_at"] == "2026-03-02T12:00:00Z"
    assert first["ends_at"] == "2026-03-03T00:00:00Z"
    assert second["starts_at"] == "2026-03-03T12:00:00Z"
    week = sign_in("wang").get(f"{ROTA}/shifts").json()["items"]
    assert [shift["id"] for shift in week] == [first["id"], second["id"]]
    assert [seat["lawyer"] and seat["lawyer"]["name"] for seat in week[0]["seats"]] == ["Li", None]


def test_post_shifts__a_clash_says_which_and_plans_nothing(
    sign_in: SignIn, ids: dict[str, str]
) -> None:
    supervisor = sign_in("supervisor")
    answer = supervisor.post(
        f"{ROTA}/shifts", json={**NIGHT, "seats": [{"language": "bo", "lawyer_id": ids["li"]}]}
    )
    assert (answer.status_code, answer.json()["reason"]) == (409, "language")
    assert supervisor.get(f"{ROTA}/shifts").json()["items"] == []


def test_seats__are_added_given_taken_back_and_removed(
    sign_in: SignIn, ids: dict[str, str]
) -> None:
    supervisor = sign_in("supervisor")
    shift = plan(supervisor, None)[0]
    seat = f"{ROTA}/seats/{seat_of(shift)}"

    supervisor.put(f"{seat}/lawyer", json={"lawyer_id": ids["li"]})
    taken = supervisor.put(f"{seat}/lawyer", json={"lawyer_id": ids["wang"]})
    assert (taken.status_code, taken.json()["reason"]) == (409, "taken")
    replaced = {"lawyer_id": ids["wang"], "instead_of": ids["li"]}
    assert supervisor.put(f"{seat}/lawyer", json=replaced).status_code == 200
    opened = supervisor.put(f"{seat}/lawyer", json={"lawyer_id": None}).json()
    assert opened["seats"][0]["lawyer"] is None
    added = supervisor.post(f"{ROTA}/shifts/{shift['id']}/seats", json={"topic": "labour"}).json()
    assert [each["topic"] for each in added["seats"]] == [None, "labour"]
    assert supervisor.delete(seat).status_code == 204
    assert supervisor.delete(f"{ROTA}/shifts/{shift['id']}").status_code == 204


def test_swaps__asked_accepted_approved(sign_in: SignIn, ids: dict[str, str]) -> None:
    supervisor, li, wang = sign_in("supervisor"), sign_in("li"), sign_in("wang")
    seat = seat_of(plan(supervisor, ids["li"])[0])
    swap = li.post(
        f"{ROTA}/swaps", json={"seat_id": seat, "to_lawyer_id": ids["wang"], "note": "孩子发烧"}
    ).json()
    assert wang.get(f"{ROTA}/mine").json()["swaps"][0]["asker"]["name"] == "Li"
    assert sign_in("li").post(f"{ROTA}/swaps/{swap['id']}/approve").status_code == 403

    assert wang.post(f"{ROTA}/swaps/{swap['id']}/accept").json()["state"] == "accepted"
    (waiting,) = supervisor.get(f"{ROTA}/swaps").json()["items"]
    assert waiting["note"] == "孩子发烧"
    assert supervisor.post(f"{ROTA}/swaps/{swap['id']}/approve").json()["state"] == "done"
    assert len(wang.get(f"{ROTA}/mine").json()["shifts"]) == 1
    assert len(li.get(f"{ROTA}/mine").json()["shifts"]) == 1


def test_get_now__says_who_is_missing(
    sign_in: SignIn, ids: dict[str, str], clock: FakeClock
) -> None:
    supervisor = sign_in("supervisor")
    plan(supervisor, ids["li"])
    assert supervisor.get(f"{ROTA}/now").json()["items"] == []
    clock.advance(seconds=10 * 3600)

    (keeping,) = supervisor.get(f"{ROTA}/now").json()["items"]
    assert (keeping["lawyer"]["name"], keeping["attendance"]) == ("Li", "here")
    supervisor.put(f"/api/v1/lawyers/{ids['li']}/state", json={"state": "offline"})
    (mine,) = sign_in("li").get(f"{ROTA}/mine").json()["now"]
    assert mine["attendance"] == "expected"


def test_post_week__copies(sign_in: SignIn, ids: dict[str, str]) -> None:
    supervisor = sign_in("supervisor")
    plan(supervisor, ids["li"])
    body = {"monday": "2026-03-02", "to": "2026-03-09"}
    copies = supervisor.post(f"{ROTA}/weeks", json=body).json()["items"]
    assert [copy["starts_at"] for copy in copies] == [
        "2026-03-09T12:00:00Z",
        "2026-03-10T12:00:00Z",
    ]
    again = supervisor.post(f"{ROTA}/weeks", json=body)
    assert (again.status_code, again.json()["reason"]) == (409, "week_taken")


def test_get_sheet__is_a_file_for_excel(
    sign_in: SignIn, ids: dict[str, str], clock: FakeClock
) -> None:
    supervisor = sign_in("supervisor")
    plan(supervisor, ids["li"])
    clock.advance(seconds=11 * 3600)
    answer = supervisor.get(f"{ROTA}/sheet", params={"month": "2026-03"})

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="rota-2026-03.csv"'
    header, row = answer.content.decode("utf-8-sig").splitlines()
    assert header.startswith("姓名,账号,排班次数")
    assert row.startswith("Li,li,1,720,")
    assert supervisor.get(f"{ROTA}/sheet", params={"month": "2026-13"}).status_code == 422


@pytest.mark.parametrize(
    "query", ["shifts?from=9999-12-30", "shifts?from=0001-01-01", "sheet?month=9999-12"]
)
def test_get__nothing_at_the_ends_of_the_calendar(sign_in: SignIn, query: str) -> None:
    assert sign_in("supervisor").get(f"/api/v1/rota/{query}").status_code == 422


def test_rota__is_planned_by_supervisors(sign_in: SignIn, ids: dict[str, str]) -> None:
    li = sign_in("li")
    body = {**NIGHT, "seats": [{"lawyer_id": ids["li"]}]}
    assert li.post(f"{ROTA}/shifts", json=body).status_code == 403
    assert li.get(f"{ROTA}/sheet", params={"month": "2026-03"}).status_code == 403
    assert li.get(f"{ROTA}/now").status_code == 403
    assert sign_in("officer").get(f"{ROTA}/shifts").status_code == 403
    assert sign_in("supervisor").get(f"{ROTA}/mine").status_code == 403
