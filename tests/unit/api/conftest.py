"""The API over a hotline with people in it, and clients that are signed in as them."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import mount
from hotline.house import House
from hotline.web.app import create_app
from tests.unit.api.factories import add_people, add_sign_in

SignIn = Callable[[str], TestClient]


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    """The people's ids by user name."""
    return add_people(house)


@pytest.fixture
def anybody(house: House, ids: dict[str, str]) -> Iterator[TestClient]:
    """A client that is not signed in."""
    with TestClient(create_app(house, mounts=[mount]), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def sign_in(house: House, ids: dict[str, str], anybody: TestClient) -> SignIn:
    """Makes a client that is signed in by token."""

    def client_of(name: str) -> TestClient:
        headers = {"Authorization": f"Bearer {add_sign_in(house, ids[name])}"}
        return TestClient(anybody.app, headers=headers, raise_server_exceptions=False)

    return client_of
