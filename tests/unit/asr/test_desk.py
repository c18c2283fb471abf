import threading
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from asr.desk import Desk
from hotline.errors import NotFound
from hotline.house import House
from hotline.tables import Institution
from tests.conftest import SilentBus

LIMIT_SECONDS = 60


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    desk = Desk(house)
    yield desk
    desk.close(timeout_seconds=LIMIT_SECONDS)


def store(name: str, session: Session) -> None:
    session.add(Institution(id=name, kind="notary", name=name))


def stored(house: House) -> list[str]:
    with house.database.reading() as session:
        return [row.id for row in session.exec(select(Institution))]


def test_write__a_deed__committed(house: House, desk: Desk) -> None:
    desk.write(lambda session, _house: store("a", session))
    desk.close(timeout_seconds=LIMIT_SECONDS)

    assert stored(house) == ["a"]


def test_write__database_busy_at_first__tried_again(house: House, desk: Desk) -> None:
    tries = 0

    def deed(session: Session, _house: House) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OperationalError("", {}, Exception("locked"))
        store("a", session)

    desk.write(deed)
    desk.close(timeout_seconds=LIMIT_SECONDS)

    assert stored(house) == ["a"]


def test_write__the_row_is_gone__not_tried_again_and_the_next_is_written(
    house: House, desk: Desk
) -> None:
    tries = 0

    def deed(_session: Session, _house: House) -> None:
        nonlocal tries
        tries += 1
        raise NotFound("gone")

    desk.write(deed)
    desk.write(lambda session, _house: store("b", session))
    desk.close(timeout_seconds=LIMIT_SECONDS)

    assert tries == 1
    assert stored(house) == ["b"]


def test_write__a_fault_in_the_deed__the_desk_goes_on(house: House, desk: Desk) -> None:
    def fault(_session: Session, _house: House) -> None:
        raise ZeroDivisionError

    desk.write(fault)
    desk.write(lambda session, _house: store("c", session))
    desk.close(timeout_seconds=LIMIT_SECONDS)

    assert stored(house) == ["c"]


def test_tell__desk_is_behind__dropped(house: House, desk: Desk) -> None:
    may_go_on = threading.Event()

    def wait(_session: Session, _house: House) -> None:
        assert may_go_on.wait(LIMIT_SECONDS)

    desk.write(wait)
    for number in range(500):
        desk.tell("transcript.partial", {"number": number})
    may_go_on.set()
    desk.close(timeout_seconds=LIMIT_SECONDS)

    assert isinstance(house.bus, SilentBus)
    assert 0 < len(house.bus.live) <= 51
