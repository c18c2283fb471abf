"""Accounts over HTTP: kept by administrators alone."""

import pytest

from hotline.house import House
from hotline.tables import Lawyer
from tests.unit.api.conftest import SignIn

USERS = "/api/v1/users"
WANTED = {
    "username": "Zhao",
    "display_name": "赵",
    "password": "eight or more 8",
    "roles": ["intake"],
}


def test_post_user__can_sign_in_and_is_in_the_list(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    answer = admin.post(USERS, json=WANTED)

    assert answer.status_code == 201
    assert "password" not in answer.json()
    (row,) = [row for row in admin.get(USERS).json()["items"] if row["username"] == "zhao"]
    assert row == answer.json()
    assert (row["display_name"], row["roles"]) == ("赵", ["intake"])
    typed = {"username": "zhao", "password": WANTED["password"]}
    assert admin.post("/api/v1/session", json=typed).status_code == 200


def test_post_user__name_is_taken_in_any_case(sign_in: SignIn) -> None:
    answer = sign_in("admin").post(USERS, json={**WANTED, "username": "LI"})
    assert (answer.status_code, answer.json()["reason"]) == (409, "name_taken")


@pytest.mark.parametrize(
    "wrong", [{"password": "short"}, {"username": ""}, {"roles": []}, {"roles": ["king"]}]
)
def test_post_user__what_cannot_be_meant_is_refused(
    sign_in: SignIn, wrong: dict[str, object]
) -> None:
    answer = sign_in("admin").post(USERS, json={**WANTED, **wrong})
    assert answer.status_code == 422
    assert "short" not in answer.text


def test_put_user__roles_and_sign_in(sign_in: SignIn, house: House, ids: dict[str, str]) -> None:
    admin, officer = sign_in("admin"), sign_in("officer")
    wanted = {"display_name": "孙", "roles": ["intake", "lawyer"], "is_active": True}
    row = admin.put(f"{USERS}/{ids['officer']}", json=wanted).json()
    assert (row["display_name"], row["roles"]) == ("孙", ["lawyer", "intake"])
    with house.database.reading() as session:
        assert session.get(Lawyer, ids["officer"]) is not None
    assert officer.get("/api/v1/me").status_code == 200

    admin.put(f"{USERS}/{ids['officer']}", json={**wanted, "is_active": False})
    assert officer.get("/api/v1/me").status_code == 401


def test_put_user__last_administrator_and_lawyer_on_duty_stay(
    sign_in: SignIn, ids: dict[str, str]
) -> None:
    admin = sign_in("admin")
    wanted = {"display_name": "", "roles": ["intake"]}
    for name, reason in (("admin", "last_administrator"), ("li", "on_duty")):
        answer = admin.put(f"{USERS}/{ids[name]}", json=wanted)
        assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    assert admin.put(f"{USERS}/user_0", json=wanted).status_code == 404


def test_put_password__signs_out(sign_in: SignIn, ids: dict[str, str]) -> None:
    admin, officer = sign_in("admin"), sign_in("officer")
    path = f"{USERS}/{ids['officer']}/password"
    assert admin.put(path, json={"password": "1111111111"}).status_code == 422
    assert admin.put(path, json={"password": "eight or more 8"}).status_code == 204
    assert officer.get("/api/v1/me").status_code == 401


def test_users__are_the_administrators_business(sign_in: SignIn, ids: dict[str, str]) -> None:
    supervisor = sign_in("supervisor")
    assert supervisor.get(USERS).status_code == 403
    assert supervisor.post(USERS, json=WANTED).status_code == 403
    wanted = {"display_name": "", "roles": ["admin"]}
    assert supervisor.put(f"{USERS}/{ids['supervisor']}", json=wanted).status_code == 403
