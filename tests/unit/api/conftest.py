"""A hotline with people in it, and clients that are signed in as them."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import mount
from hotline.accounts.service import NewUser, create_user
from hotline.callers.service import find_or_create
from hotline.calls import service as calls
from hotline.house import House
from hotline.queueing import service as queueing
from hotline.tables import Call
from hotline.web.app import create_app

PASSWORD = "a-long-password"
NUMBER = "13800001234"
PEOPLE = {
    "li": ("lawyer",),
    "wang": ("lawyer",),
    "supervisor": ("supervisor",),
    "officer": ("intake",),
    "admin": ("admin",),
}

SignIn = Callable[[str], TestClient]


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    """The people's ids by user name."""
    with house.database.session() as session:
        return {
            name: create_user(
                session,
                house,
                NewUser(username=name, display_name=name.title(), password=PASSWORD, roles=roles),
            ).id
            for name, roles in PEOPLE.items()
        }


@pytest.fixture
def anybody(house: House, ids: dict[str, str]) -> Iterator[TestClient]:
    """A client that is not signed in."""
    with TestClient(create_app(house, mounts=[mount]), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def sign_in(house: House, ids: dict[str, str], anybody: TestClient) -> SignIn:
    """Makes a client that is signed in by token."""

    def client_of(name: str) -> TestClient:
        credentials = {"username": name, "password": PASSWORD}
        answer = anybody.post("/api/v1/session", json=credentials)
        anybody.cookies.clear()
        token = answer.json()["token"]
        return TestClient(anybody.app, headers={"Authorization": f"Bearer {token}"})

    return client_of


def a_call(
    house: House,
    *,
    number: str = NUMBER,
    lawyer_id: str | None = None,
    language: str = "zh",
    topic: str | None = "labour",
) -> str:
    """A call that has been answered; returns its id."""
    with house.database.session() as session:
        caller = find_or_create(session, house, number)
        call = calls.begin(session, house, caller_id=caller.id, called="12348")
        calls.change(
            session,
            house,
            call,
            state="talking" if lawyer_id else "menu",
            answered_at=house.clock.now(),
            language=language,
            topic=topic,
            lawyer_id=lawyer_id,
        )
        return call.id


def a_place(house: House, call_id: str) -> str:
    """Puts a call into the queue; returns the entry's id."""
    with house.database.session() as session:
        call = session.get_one(Call, call_id)
        entry = queueing.enter(
            session, house, language=call.language or "zh", topic=call.topic, call=call
        )
        return entry.id
