"""Institutions, as administrators keep them and everybody reads them."""

from typing import Any

import pytest
from sqlmodel import col, select

from hotline.house import House
from hotline.tables import AuditEntry
from tests.unit.api.conftest import SignIn

LIMIT = {"fen": 150_050, "year": 2026, "source": "省政府文件"}
CENTRE = {
    "kind": "legal_aid_centre",
    "name": "成都市法律援助中心",
    "region_code": "510100",
    "phones": ["028-1110"],
    "means_limit": LIMIT,
}


@pytest.fixture
def centre(sign_in: SignIn) -> dict[str, Any]:
    """A centre with a limit."""
    answer = sign_in("admin").post("/api/v1/institutions", json=CENTRE)
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    return body


def deeds(house: House) -> list[tuple[str, dict[str, Any]]]:
    """What the audit trail says of institutions."""
    with house.database.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    return [(row.action, row.detail) for row in rows if row.action.startswith("institution.")]


def test_post_institution__is_there_for_everybody(centre: dict[str, Any], sign_in: SignIn) -> None:
    (row,) = sign_in("li").get("/api/v1/institutions?kind=legal_aid_centre").json()["items"]
    assert row == {"address": "", "hours": "", "languages": ["zh"], **CENTRE, "id": centre["id"]}


def test_put_institution__without_a_limit_has_none(
    centre: dict[str, Any], house: House, sign_in: SignIn
) -> None:
    path = f"/api/v1/institutions/{centre['id']}"

    answer = sign_in("admin").put(path, json={**CENTRE, "means_limit": None})

    assert answer.json()["means_limit"] is None
    assert deeds(house) == [
        ("institution.added", {"means_limit_before": None, "means_limit": LIMIT}),
        ("institution.changed", {"means_limit_before": LIMIT, "means_limit": None}),
    ]


def test_put_institution__the_same_limit_is_no_change_of_it(
    centre: dict[str, Any], house: House, sign_in: SignIn
) -> None:
    path = f"/api/v1/institutions/{centre['id']}"
    assert sign_in("admin").put(path, json={**CENTRE, "hours": "周一"}).json()["hours"] == "周一"
    assert deeds(house)[1:] == [("institution.changed", {})]


def test_delete_institution__is_gone(centre: dict[str, Any], house: House, sign_in: SignIn) -> None:
    path = f"/api/v1/institutions/{centre['id']}"

    assert sign_in("admin").delete(path).status_code == 204

    assert sign_in("li").get("/api/v1/institutions").json()["items"] == []
    assert sign_in("admin").delete(path).status_code == 404
    assert deeds(house)[-1] == ("institution.removed", {})


@pytest.mark.parametrize(
    "wrong",
    [
        {"means_limit": {"fen": 150_050, "year": 2026}},
        {"means_limit": {**LIMIT, "fen": 0}},
        {"means_limit": {**LIMIT, "fen": 10_000_001}},
        {"means_limit": {**LIMIT, "year": 2999}},
        {"means_limit": {**LIMIT, "source": ""}},
        {"means_limit": {**LIMIT, "source": "  "}},
        {"region_code": ""},
        {"region_code": "51010"},
        {"phones": ["中心"]},
        {"phones": ["--"]},
        {"languages": ["Chinese"]},
        {"kind": "castle"},
    ],
)
def test_post_institution__what_cannot_be_meant_is_refused(
    house: House, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    answer = sign_in("admin").post("/api/v1/institutions", json={**CENTRE, **wrong})

    assert answer.status_code == 422
    assert deeds(house) == []


def test_post_institution__twice_is_a_conflict(centre: dict[str, Any], sign_in: SignIn) -> None:
    assert sign_in("admin").post("/api/v1/institutions", json=CENTRE).status_code == 409


@pytest.mark.parametrize("name", ["li", "supervisor"])
def test_post_institution__only_by_administrators(house: House, sign_in: SignIn, name: str) -> None:
    assert sign_in(name).post("/api/v1/institutions", json=CENTRE).status_code == 403
    assert deeds(house) == []
