"""Duty over HTTP: breaks, wrap-up, supervisors' changes, skills."""

import pytest

from hotline.agents import service as agents
from hotline.agents.rules import LawyerState, Reason
from hotline.house import House
from tests.unit.api.conftest import SignIn

LAWYERS = "/api/v1/lawyers"


def test_get_duty_rules__has_reasons_and_limits(sign_in: SignIn) -> None:
    rules = sign_in("li").get(f"{LAWYERS}/duty-rules").json()

    assert rules["wrap_up_extensions"] == 1
    assert {"key": "meal", "zh": "用餐", "en": "Meal", "minutes": 45} in rules["breaks"]
    assert sign_in("officer").get(f"{LAWYERS}/duty-rules").status_code == 403


def test_post_extension__once_and_then_no_more(
    sign_in: SignIn, house: House, ids: dict[str, str]
) -> None:
    li = sign_in("li")
    assert li.post(f"{LAWYERS}/me/wrap-up/extend").status_code == 409
    with house.database.session() as session:
        lawyer = agents.find(session, ids["li"])
        agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
        agents.after_call(session, house, ids["li"], reason=Reason.CALL_ENDED)

    assert li.post(f"{LAWYERS}/me/wrap-up/extend").json()["wrap_up_extensions"] == 1
    assert li.post(f"{LAWYERS}/me/wrap-up/extend").status_code == 409


def test_put_state__by_a_supervisor_says_who_and_why(sign_in: SignIn, ids: dict[str, str]) -> None:
    wish = {"state": "busy", "reason": "请来一下"}
    row = sign_in("supervisor").put(f"{LAWYERS}/{ids['li']}/state", json=wish).json()

    assert (row["state"], row["reason"]) == ("busy", "请来一下")
    assert row["by"] == {"id": ids["supervisor"], "name": "Supervisor"}
    (newest, *_) = sign_in("li").get(f"{LAWYERS}/{ids['li']}/states").json()["items"]
    assert (newest["to_state"], newest["by"]["name"]) == ("busy", "Supervisor")
    assert sign_in("wang").get(f"{LAWYERS}/{ids['li']}/states").status_code == 403


def test_put_my_state__nobody_else_is_named(sign_in: SignIn) -> None:
    row = sign_in("li").put(f"{LAWYERS}/me/state", json={"state": "break", "reason": "meal"}).json()
    assert (row["state"], row["reason"], row["by"]) == ("break", "meal", None)
    assert row["until"] is not None


@pytest.mark.parametrize("wish", ["wrap_up", "ringing", "lost"])
def test_put_my_state__what_comes_by_itself_is_refused(
    sign_in: SignIn, house: House, ids: dict[str, str], wish: str
) -> None:
    with house.database.session() as session:
        lawyer = agents.find(session, ids["li"])
        agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
        agents.after_call(session, house, ids["li"], reason=Reason.CALL_ENDED)
        until = agents.row_of(session, ids["li"]).until
    answer = sign_in("li").put(f"{LAWYERS}/me/state", json={"state": wish})

    assert answer.status_code == 409
    assert "available, break, busy, offline" in answer.json()["detail"]
    with house.database.reading() as session:
        row = agents.row_of(session, ids["li"])
    assert (row.state, row.until) == (LawyerState.WRAP_UP, until)
    assert until is not None


class TestSkills:
    def test_put_skills__are_levels_and_in_the_list(
        self, sign_in: SignIn, ids: dict[str, str]
    ) -> None:
        wanted = {"languages": {"zh": 3, "ko": 1}, "topics": {"labour": 3, "*": 1}}
        answer = sign_in("admin").put(f"{LAWYERS}/{ids['li']}/skills", json=wanted)

        assert answer.status_code == 200
        rows = sign_in("supervisor").get(f"{LAWYERS}/skills").json()["items"]
        (row,) = [row for row in rows if row["id"] == ids["li"]]
        assert (row["languages"], row["topics"]) == (wanted["languages"], wanted["topics"])
        (line,) = [
            line for line in sign_in("li").get(LAWYERS).json()["items"] if line["id"] == ids["li"]
        ]
        assert line["languages"] == ["zh", "ko"]

    @pytest.mark.parametrize(
        "wanted",
        [
            {"languages": {}, "topics": {"*": 2}},
            {"languages": {"zh": 4}, "topics": {"*": 2}},
            {"languages": {"Chinese": 2}, "topics": {"*": 2}},
            {"languages": {"zh": 2}, "topics": {"=cmd()": 2}},
        ],
    )
    def test_put_skills__what_cannot_be_is_refused(
        self, sign_in: SignIn, ids: dict[str, str], wanted: dict[str, object]
    ) -> None:
        answer = sign_in("admin").put(f"{LAWYERS}/{ids['li']}/skills", json=wanted)
        assert answer.status_code == 422

    def test_put_skills__is_the_administrators(self, sign_in: SignIn, ids: dict[str, str]) -> None:
        wanted = {"languages": {"zh": 2}, "topics": {"*": 2}}
        for name in ("li", "supervisor"):
            answer = sign_in(name).put(f"{LAWYERS}/{ids['li']}/skills", json=wanted)
            assert answer.status_code == 403

    def test_put_active__shuts_out_and_lets_in(self, sign_in: SignIn, ids: dict[str, str]) -> None:
        li, admin = sign_in("li"), sign_in("admin")
        admin.put(f"{LAWYERS}/{ids['li']}/active", json={"is_active": False})
        assert li.get(LAWYERS).status_code == 401

        row = admin.put(f"{LAWYERS}/{ids['li']}/active", json={"is_active": True}).json()
        assert row["is_active"]
        assert sign_in("li").get(LAWYERS).status_code == 200
