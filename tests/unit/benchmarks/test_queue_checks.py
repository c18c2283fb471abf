"""Every broken promise that is planted in a database is found, and nothing else is."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from benchmarks.queue_checks import broken_promises
from callback import attempts
from callback.service import request_from_call
from hotline.agents.rules import LawyerState
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.house import House
from hotline.queueing.offers import accept, close_offer, make_offer
from hotline.queueing.rules import CloseReason
from hotline.tables import Call, Callback, Lawyer, Offer, QueueEntry
from tests.unit.hotline.factories import create_lawyer, create_waiting


def broken(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(broken_promises(session))


def offer(session: Session, house: House, entry: QueueEntry) -> Offer:
    """Another lawyer is offered this place."""
    return make_offer(session, house, entry, create_lawyer(session, house), fence=1)


def take(session: Session, house: House, entry: QueueEntry) -> Call:
    made = offer(session, house, entry)
    return session.get_one(Call, accept(session, house, made.id, made.lawyer_id).call_id)


def lose(session: Session, house: House, *, number: str = "13800001111") -> QueueEntry:
    """A caller who waited is to be called back."""
    entry = create_waiting(session, house, number=number)
    call = session.get_one(Call, entry.call_id)
    request_from_call(session, house, call, language="zh", topic=None, source="lost")
    calls.end(session, house, call, reason="ivr_restarted")
    return entry


@pytest.fixture
def pair(house: House, clock: FakeClock) -> tuple[QueueEntry, QueueEntry]:
    """Two callers on the line, ten seconds apart."""
    with house.database.session() as session:
        first = create_waiting(session, house)
        clock.advance(seconds=10)
        return first, create_waiting(session, house, number="13900002222")


def test_broken_promises__none_where_all_is_well(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, QueueEntry]
) -> None:
    with house.database.session() as session:
        for entry in pair:
            clock.advance(seconds=1)
            call = take(session, house, session.get_one(QueueEntry, entry.id))
            calls.change(session, house, call, bridged_at=clock.now())
            calls.end(session, house, call, reason="lawyer_hung_up")
    assert broken(house) == []


def test_broken_promises__caller_who_is_overtaken_on_the_line(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, QueueEntry]
) -> None:
    clock.advance(seconds=1)
    with house.database.session() as session:
        offer(session, house, session.get_one(QueueEntry, pair[1].id))
    assert f"{pair[1].id} was offered before {pair[0].id}" in broken(house)


class TestCallback:
    @pytest.fixture
    def due(self, house: House, clock: FakeClock) -> QueueEntry:
        """Somebody who was cut off, and has been due for ten seconds."""
        with house.database.session() as session:
            entry = lose(session, house)
        clock.advance(seconds=10)
        return entry

    def overtakers(self, house: House, entry: QueueEntry) -> list[str]:
        return [line for line in broken(house) if line.endswith(f"was offered before {entry.id}")]

    def test_broken_promises__call_back_that_is_overtaken(
        self, house: House, due: QueueEntry
    ) -> None:
        with house.database.session() as session:
            offer(session, house, create_waiting(session, house, number="13900002222"))
        assert len(self.overtakers(house, due)) == 1

    def test_broken_promises__call_back_that_was_offered_at_once_is_not_overtaken(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            made = offer(session, house, lose(session, house))
            clock.advance(seconds=5)
            close_offer(session, house, made, reason=CloseReason.DECLINED)
            clock.advance(seconds=5)
            late = create_waiting(session, house, number="13900002222")
            offer(session, house, late)
            clock.advance(seconds=1)
            offer(session, house, session.get_one(QueueEntry, made.entry_id))
        assert [line for line in broken(house) if "was offered before" in line] == []

    def test_broken_promises__call_back_that_overtakes(
        self, house: House, clock: FakeClock, pair: tuple[QueueEntry, QueueEntry]
    ) -> None:
        with house.database.session() as session:
            late = lose(session, house, number="13700003333")
            clock.advance(seconds=5)
            offer(session, house, late)
        assert len(self.overtakers(house, pair[0])) == 1

    def test_broken_promises__who_is_on_the_line_is_not_overtaken(
        self, house: House, due: QueueEntry
    ) -> None:
        with house.database.session() as session:
            calls.begin(session, house, caller_id=due.caller_id)
            offer(session, house, create_waiting(session, house, number="13900002222"))
        assert self.overtakers(house, due) == []

    def test_broken_promises__who_is_not_due_is_not_overtaken(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            entry = lose(session, house)
            wish = session.get_one(Callback, entry.callback_id)
            wish.created_at = wish.next_attempt_at = clock.now() + timedelta(seconds=60)
            clock.advance(seconds=10)
            offer(session, house, create_waiting(session, house, number="13900002222"))
        assert self.overtakers(house, entry) == []

    def test_broken_promises__wish_without_a_place(self, house: House, due: QueueEntry) -> None:
        with house.database.session() as session:
            session.get_one(QueueEntry, due.id).state = "left"
        assert f"{due.callback_id} has 0 places" in broken(house)

    def test_broken_promises__given_up_too_early(self, house: House, due: QueueEntry) -> None:
        with house.database.session() as session:
            session.get_one(Callback, due.callback_id).state = "exhausted"
        assert f"{due.callback_id} was given up after 0 tries" in broken(house)

    def test_broken_promises__dialled_by_nobody(
        self, house: House, clock: FakeClock, due: QueueEntry
    ) -> None:
        with house.database.session() as session:
            call = take(session, house, session.get_one(QueueEntry, due.id))
            assert attempts.begin_attempt(session, house, call, node="host:5060")
            calls.end(session, house, call, reason="ivr_restarted")
        assert f"{due.callback_id} is being dialled by nobody" in broken(house)


def test_broken_promises__offered_to_nobody(
    house: House, pair: tuple[QueueEntry, QueueEntry]
) -> None:
    with house.database.session() as session:
        session.get_one(QueueEntry, pair[0].id).state = "offered"
    assert f"{pair[0].id} is offered to nobody" in broken(house)


def test_broken_promises__lawyer_who_talks_to_nobody(house: House) -> None:
    with house.database.session() as session:
        lawyer_id = create_lawyer(session, house).user_id
        session.get_one(Lawyer, lawyer_id).state = LawyerState.TALKING.value
    assert broken(house) == [f"{lawyer_id} is talking, audio: False"]


def test_broken_promises__place_of_a_call_that_has_ended(
    house: House, pair: tuple[QueueEntry, QueueEntry]
) -> None:
    with house.database.session() as session:
        calls.end(session, house, session.get_one(Call, pair[0].call_id), reason="system")
    assert f"{pair[0].id} waits for {pair[0].call_id}, which has ended" in broken(house)


def test_broken_promises__two_offers_at_once(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, QueueEntry]
) -> None:
    with house.database.session() as session:
        first = offer(session, house, session.get_one(QueueEntry, pair[0].id))
        first.state, first.closed_at = "closed", clock.now() + timedelta(seconds=5)
        session.flush()
        clock.advance(seconds=1)
        second = offer(session, house, session.get_one(QueueEntry, pair[0].id))
    expected = f"{pair[0].id} had the offers {first.id} and {second.id} at once"
    assert expected in broken(house)


def test_broken_promises__served_and_called_back(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        for _ in range(2):
            call = session.get_one(Call, create_waiting(session, house).call_id)
            calls.change(session, house, call, bridged_at=clock.now())
            calls.end(session, house, call, reason="lawyer_hung_up")
        caller_id = session.exec(select(Call.caller_id)).first()
    assert f"{caller_id} was served 2 times" in broken(house)
