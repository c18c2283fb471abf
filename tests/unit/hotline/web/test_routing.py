"""A route's transaction ends where the route ends, so that others write soon."""

from collections.abc import Callable, Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from hotline.house import House
from hotline.tables import Progress
from hotline.views.reader import Reader
from hotline.web.routing import Router


class Office:
    """An application with one route that writes, and what was seen of its transaction."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.seen: list[str] = []
        self.error: Exception | None = None
        router = Router()
        router.add_api_route("/deed", self._deed(), methods=["POST"])
        app = FastAPI()
        app.include_router(router)
        self.client = TestClient(app, raise_server_exceptions=False)

    def rows(self) -> list[str]:
        with self.house.database.reading() as session:
            return [row.name for row in session.exec(select(Progress))]

    def _deed(self) -> Callable[..., str]:
        def writing() -> Iterator[Reader]:
            with self.house.database.session() as session:
                try:
                    yield Reader(session, self.house)
                finally:
                    self._look("left", session)

        def deed(writer: Annotated[Reader, Depends(writing, scope="function")]) -> str:
            self._look("begun", writer.session)
            writer.session.add(Progress(name="deed"))
            writer.session.flush()
            self._look("written", writer.session)
            if self.error is not None:
                raise self.error
            return "done"

        return deed

    def _look(self, moment: str, session: Session) -> None:
        self.seen.append(f"{moment}: {'in' if session.in_transaction() else 'no'} transaction")


@pytest.fixture
def office(house: House) -> Office:
    return Office(house)


def test_router__a_route_has_committed_when_it_is_left(office: Office) -> None:
    assert office.client.post("/deed").status_code == 200

    assert office.seen == [
        "begun: no transaction",
        "written: in transaction",
        "left: no transaction",
    ]
    assert office.rows() == ["deed"]


def test_router__a_route_that_fails_changes_nothing_and_keeps_nobody(office: Office) -> None:
    office.error = RuntimeError("no")

    assert office.client.post("/deed").status_code == 500

    assert office.seen[-1] == "left: no transaction"
    assert office.rows() == []
    with office.house.database.session() as session:
        session.add(Progress(name="next"))
    assert office.rows() == ["next"]
