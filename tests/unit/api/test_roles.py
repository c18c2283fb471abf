"""Every address of the API asks who it is: known to be public by name, or closed to strangers.

Read from the API's own description, so that a route that forgets its check is found here.
"""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.moments import MONTH
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import User
from tests.unit.api.factories import add_sign_in

# Citizens ask to be called back; signing in answers 401 too, to a wrong password.
PUBLIC = {"POST /api/v1/callbacks"}
SIGNING_IN = {"POST /api/v1/session"}
# Whoever is signed in, in whatever role.
EVERYBODY = {
    "DELETE /api/v1/session",
    "GET /api/v1/me",
    "GET /api/v1/institutions",
}
# Who is in no role may still be the lawyer of a call: what is not one's own does not exist.
BY_OWN = (
    "/api/v1/calls/{",
    "/api/v1/tickets",
    "/api/v1/intakes/",
    "/api/v1/recordings/",
    "/insights/",
)

_BY_PATTERN = {r"^[a-z]{2,3}$": "zh", MONTH: "2026-11"}
_BY_FORMAT = {"date": "2026-11-02", "time": "09:00:00", "date-time": "2026-11-02T09:00:00+08:00"}
_BY_NAME = {
    "transfer": {"number": "110"},
    "consult": {"number": "110"},
    "parties": {"number": "110"},
}
_PARAMETERS = {
    "version": "1",
    "insight_id": "1",
    "deed": "accept",
    "ending": "txt",
    "language": "bo",
}


class Operation:
    """One method of one address, with a request that is well formed."""

    def __init__(self, document: dict[str, Any], method: str, path: str) -> None:
        self._schemas = document["components"]["schemas"]
        self._description = document["paths"][path][method.lower()]
        self.name = f"{method.upper()} {path}"
        self.method, self.path = method.upper(), path

    def request(self, client: TestClient) -> int:
        """Sends it; returns the status of the answer."""
        named = {each["name"]: each for each in self._description.get("parameters", ())}
        path = self.path
        query = {}
        for name, each in named.items():
            value = _PARAMETERS.get(name) or str(self._example(each["schema"]))
            if each["in"] == "path":
                path = path.replace("{" + name + "}", value)
            elif each.get("required"):
                query[name] = value
        return client.request(self.method, path, params=query, **self._body()).status_code

    def _body(self) -> dict[str, Any]:
        content = self._description.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            return {"files": {"file": ("a.wav", b"RIFF")}}
        last = self.path.rsplit("/", 1)[-1]
        if last in _BY_NAME and content:
            return {"json": _BY_NAME[last]}
        if "application/json" in content:
            return {"json": self._example(content["application/json"]["schema"])}
        return {}

    def _example(self, schema: dict[str, Any]) -> Any:
        """Something that the schema takes."""
        if "$ref" in schema:
            return self._example(self._schemas[schema["$ref"].rsplit("/", 1)[-1]])
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._example(schema[choice][0])
        if "enum" in schema:
            return schema["enum"][0]
        return _EXAMPLES[schema.get("type", "object")](self, schema)

    def object_(self, schema: dict[str, Any]) -> dict[str, Any]:
        fields = schema.get("properties", {})
        found = {name: self._example(fields[name]) for name in schema.get("required", ())}
        more = schema.get("additionalProperties")
        return found or ({"zh": self._example(more)} if isinstance(more, dict) else {})

    def array(self, schema: dict[str, Any]) -> list[Any]:
        return [self._example(schema["items"])] if schema.get("minItems") else []

    @staticmethod
    def text(_: "Operation", schema: dict[str, Any]) -> str:
        known = _BY_PATTERN.get(schema.get("pattern", "")) or _BY_FORMAT.get(
            schema.get("format", "")
        )
        return known or "x" * max(schema.get("minLength", 1), 1)


_EXAMPLES: dict[str, Callable[[Operation, dict[str, Any]], Any]] = {
    "object": Operation.object_,
    "array": Operation.array,
    "string": Operation.text,
    "integer": lambda _, schema: schema.get("minimum", 1),
    "number": lambda _, schema: schema.get("minimum", 1),
    "boolean": lambda _, __: True,
    "null": lambda _, __: None,
}


@pytest.fixture
def operations(anybody: TestClient) -> list[Operation]:
    """Everything that can be asked of the API."""
    document = anybody.get("/api/openapi.json").json()
    return [
        Operation(document, method, path)
        for path, methods in document["paths"].items()
        for method in methods
    ]


@pytest.fixture
def guest(house: House, anybody: TestClient) -> TestClient:
    """Somebody who is signed in and has no role."""
    with house.database.session() as session:
        user = User(
            id=new_id("user", house.clock),
            username="guest",
            display_name="Guest",
            password_hash="",
            roles=[],
            created_at=house.clock.now(),
        )
        session.add(user)
        session.flush()
        user_id = user.id
    anybody.headers["Authorization"] = f"Bearer {add_sign_in(house, user_id)}"
    return anybody


def test_every_address__is_closed_to_whoever_is_not_signed_in(
    anybody: TestClient, operations: list[Operation]
) -> None:
    open_ = {each.name for each in operations if each.request(anybody) != 401}

    assert open_ == PUBLIC


def test_every_address__is_closed_to_whoever_has_no_role(
    guest: TestClient, operations: list[Operation]
) -> None:
    checked = [each for each in operations if each.name not in PUBLIC | SIGNING_IN | EVERYBODY]
    answers = {each.name: each.request(guest) for each in checked}

    wrong = {
        name: status
        for name, status in answers.items()
        if status != 403 and not (status == 404 and any(part in name for part in BY_OWN))
    }
    assert len(answers) > 100
    assert wrong == {}
