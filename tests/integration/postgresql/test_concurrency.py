"""Several processes on one PostgreSQL: what SQLite's single writer promises must hold there too."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from hotline.calls import service as calls
from hotline.errors import HotlineError
from hotline.events import EventType, last_seq, read_after
from hotline.house import House
from hotline.queueing import offers, service as queue
from hotline.queueing.dispatch import run_round
from hotline.tables import Offer, QueueEntry
from tests.unit.hotline.factories import create_call, create_lawyer, create_waiting

_WRITERS = 6
_ROUNDS = 15


_MIGRATE = "import sys; from hotline.database import Database; Database(sys.argv[1]).migrate()"


def test_migrate__two_processes_at_once(empty_url: str) -> None:
    works = [subprocess.Popen([sys.executable, "-c", _MIGRATE, empty_url]) for _ in range(2)]
    assert [work.wait(timeout=60) for work in works] == [0, 0]


def test_events__numbers_appear_in_the_order_of_commits(
    open_house: Callable[[], House],
) -> None:
    """A follower that has passed a number never meets a smaller one later."""
    writers = [open_house() for _ in range(_WRITERS)]
    reader = open_house()
    start = Barrier(_WRITERS + 1)

    def write(house: House) -> None:
        start.wait(timeout=10)
        for _ in range(_ROUNDS):
            with house.database.session() as session:
                create_call(session, house, number=None)

    seen: list[int] = []
    with ThreadPoolExecutor(_WRITERS) as pool:
        works = [pool.submit(write, house) for house in writers]
        start.wait(timeout=10)
        while len(seen) < _WRITERS * _ROUNDS:
            assert not any(work.done() and work.exception() for work in works)
            with reader.database.reading() as session:
                seen += [event.seq for event in read_after(session, seen[-1] if seen else 0)]
    assert seen == sorted(set(seen))


def test_enter__two_at_once_get_one_place(open_house: Callable[[], House]) -> None:
    houses = [open_house() for _ in range(2)]
    with houses[0].database.session() as session:
        call_id = create_call(session, houses[0]).id
    start = Barrier(2)

    def enter(house: House) -> str:
        start.wait(timeout=10)
        with house.database.session() as session:
            call = calls.find(session, call_id)
            return queue.enter(session, house, call=call, language="zh", topic=None).id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(enter, houses, timeout=20))) == 1


def test_accept__two_pages_of_a_lawyer_win_once(open_house: Callable[[], House]) -> None:
    houses = [open_house() for _ in range(2)]
    with houses[0].database.session() as session:
        lawyer_id = create_lawyer(session, houses[0]).user_id
        entry_id = create_waiting(session, houses[0]).id
        run_round(session, houses[0], fence=1)
    with houses[0].database.reading() as session:
        offer_id = _offer_of(session, entry_id).id
    start = Barrier(2)

    def accept(house: House) -> bool:
        start.wait(timeout=10)
        try:
            with house.database.session() as session:
                offers.accept(session, house, offer_id, lawyer_id=lawyer_id)
        except HotlineError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, houses, timeout=20)) == [False, True]
    with houses[0].database.reading() as session:
        assert session.get_one(QueueEntry, entry_id).state == "accepted"


def test_reading__is_one_moment(open_house: Callable[[], House]) -> None:
    reader, writer = open_house(), open_house()
    with reader.database.reading() as session:
        before = last_seq(session)
        with writer.database.session() as other:
            create_call(other, writer, number=None)
        assert last_seq(session) == before
    with reader.database.reading() as session:
        assert last_seq(session) > before


def test_reading__cannot_write(house: House) -> None:
    with house.database.reading() as session:
        house.record(session, EventType.CALL_ENDED, call_id="call_1", reason="test")
        with pytest.raises(DBAPIError):
            session.flush()


def _offer_of(session: Session, entry_id: str) -> Offer:
    return session.exec(select(Offer).where(col(Offer.entry_id) == entry_id)).one()
