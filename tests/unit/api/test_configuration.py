"""What administrators set, over HTTP."""

from hotline.house import House
from tests.unit.api.conftest import SignIn

QUEUE = "/api/v1/configuration/queue"


def test_get__tells_the_defaults_and_their_schema(sign_in: SignIn) -> None:
    answer = sign_in("admin").get(QUEUE).json()

    assert answer["version"] == 0
    assert answer["values"]["avoid_seconds"] == 15
    assert answer["schema"]["properties"]["avoid_seconds"]["maximum"] == 600
    listed = sign_in("supervisor").get("/api/v1/configuration").json()["items"]
    assert "queue" in {each["kind"] for each in listed}


def test_put__is_in_force_and_in_the_history(sign_in: SignIn, ids: dict[str, str]) -> None:
    admin = sign_in("admin")
    answer = admin.put(QUEUE, json={"version": 0, "values": {"avoid_seconds": 20}})

    assert answer.status_code == 200
    assert admin.get(QUEUE).json()["values"]["avoid_seconds"] == 20
    (row,) = admin.get(f"{QUEUE}/history").json()["items"]
    assert (row["version"], row["changed_by"]) == (1, ids["admin"])
    assert row["changed_by_name"] == "Admin"


def test_put__what_cannot_be_is_refused_with_the_reason(sign_in: SignIn, house: House) -> None:
    admin = sign_in("admin")

    wrong = admin.put(QUEUE, json={"version": 0, "values": {"avoid_seconds": -1}})
    stale = admin.put(QUEUE, json={"version": 7, "values": {}})
    unknown = admin.put("/api/v1/configuration/nothing", json={"version": 0, "values": {}})

    assert (wrong.status_code, stale.status_code, unknown.status_code) == (422, 409, 404)
    assert "avoid_seconds" in wrong.json()["detail"]
    assert [each["field"] for each in wrong.json()["errors"]] == ["avoid_seconds"]


def test_configuration__is_the_administrators(sign_in: SignIn) -> None:
    assert sign_in("supervisor").put(QUEUE, json={"version": 0, "values": {}}).status_code == 403
    assert sign_in("li").get(QUEUE).status_code == 403
    assert sign_in("officer").get("/api/v1/configuration").status_code == 403
