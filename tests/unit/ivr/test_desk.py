"""How urgent a caller stands in the queue: what is known, and what was pressed."""

import pytest
from sqlmodel import select

from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.house import House
from hotline.queueing import repository
from hotline.queueing.offers import accept, make_offer
from hotline.queueing.rules import Priority
from hotline.tables import Call, Callback, Caller, QueueEntry
from hotline.tickets import service as tickets
from ivr.desk import Desk
from tests.unit.hotline.factories import create_call, create_lawyer, create_user


@pytest.fixture
def desk(house: House) -> Desk:
    with house.database.session() as session:
        return Desk(house, create_call(session, house).id)


def place(house: House) -> QueueEntry:
    with house.database.reading() as session:
        return session.exec(select(QueueEntry)).one()


def enqueue(desk: Desk, *, at_head: bool = False, **pressed: bool) -> None:
    desk.enqueue(language="zh", topic=None, at_head=at_head, **pressed)


def test_enqueue__somebody_unknown(house: House, desk: Desk) -> None:
    enqueue(desk)
    assert place(house).priority == Priority.NORMAL


def test_enqueue__the_key_of_the_elderly(house: House, desk: Desk) -> None:
    enqueue(desk, is_elderly=True)
    assert place(house).priority == Priority.ELDERLY


def test_enqueue__known_as_a_minor_counts_more_than_the_key(house: House, desk: Desk) -> None:
    with house.database.session() as session:
        session.exec(select(Caller)).one().groups = ["minor"]
    enqueue(desk, is_elderly=True)
    assert place(house).priority == Priority.MINOR


def test_enqueue__an_emergency_is_first(house: House, desk: Desk) -> None:
    enqueue(desk, is_emergency=True)
    assert place(house).priority == Priority.EMERGENCY


def test_hurry__raises_the_place_that_is_held(house: House, desk: Desk) -> None:
    enqueue(desk)
    before = place(house)
    desk.hurry()
    after = place(house)
    assert after.priority == Priority.EMERGENCY
    assert (after.id, after.placed_at) == (before.id, before.placed_at)


def test_hurry__without_a_place_does_nothing(desk: Desk, house: House) -> None:
    desk.hurry()
    with house.database.reading() as session:
        assert session.exec(select(QueueEntry)).all() == []


def wait_and_be_taken(house: House, desk: Desk, clock: FakeClock) -> None:
    enqueue(desk)
    clock.advance(seconds=10)
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        offer = make_offer(session, house, session.exec(select(QueueEntry)).one(), lawyer, fence=1)
        accept(session, house, offer.id, lawyer.user_id)


@pytest.mark.parametrize(("is_bridged", "wishes"), [(False, ["abandoned"]), (True, [])])
def test_end__right_after_another_place_counts_the_whole_wait_of_the_unheard(
    house: House, desk: Desk, clock: FakeClock, is_bridged: bool, wishes: list[str]
) -> None:
    wait_and_be_taken(house, desk, clock)
    if is_bridged:
        desk.change(state="talking", bridged_at=clock.now())
    enqueue(desk, at_head=True)
    clock.advance(seconds=2)
    desk.end("caller_hung_up")

    with house.database.reading() as session:
        assert [wish.source for wish in session.exec(select(Callback))] == wishes


@pytest.mark.parametrize(("is_bridged", "wishes"), [(False, ["abandoned"]), (True, [])])
def test_end__who_was_taken_and_never_heard_is_called_back(
    house: House, desk: Desk, clock: FakeClock, is_bridged: bool, wishes: list[str]
) -> None:
    wait_and_be_taken(house, desk, clock)
    if is_bridged:
        desk.change(state="talking", bridged_at=clock.now())
    desk.end("caller_hung_up")

    with house.database.reading() as session:
        assert [wish.source for wish in session.exec(select(Callback))] == wishes


class TestReturning:
    @pytest.fixture
    def lawyer_id(self, house: House, desk: Desk) -> str:
        """The lawyer of the caller's open ticket."""
        with house.database.session() as session:
            lawyer = create_user(session, house)
            earlier = create_call(session, house)
            tickets.open_for_call(session, house, earlier, lawyer_id=lawyer.id)
            calls.end(session, house, earlier, reason="lawyer_hung_up")
            return lawyer.id

    def test_enqueue__should_have_the_lawyer_of_the_open_ticket(
        self, house: House, desk: Desk, lawyer_id: str
    ) -> None:
        enqueue(desk)
        assert place(house).sticky_lawyer_id == lawyer_id
        assert place(house).priority == Priority.RETURNING

    def test_enqueue__not_after_being_sent_to_others(
        self, house: House, desk: Desk, lawyer_id: str
    ) -> None:
        enqueue(desk, at_head=True)
        assert place(house).sticky_lawyer_id is None

    def test_recognise__leads_straight_to_a_person(self, desk: Desk, lawyer_id: str) -> None:
        assert desk.recognise().is_straight


def test_enqueue__cut_off_gets_the_place_of_before(
    house: House, desk: Desk, clock: FakeClock
) -> None:
    enqueue(desk)
    placed_at = place(house).placed_at
    clock.advance(seconds=60)
    desk.end("engine_failed")
    clock.advance(seconds=60)
    with house.database.session() as session:
        again = Desk(house, create_call(session, house).id)
    enqueue(again)
    with house.database.reading() as session:
        entry = session.exec(select(QueueEntry).where(QueueEntry.call_id == again.call_id)).one()
        assert session.get_one(Call, again.call_id).started_at > placed_at
    assert entry.placed_at == placed_at
    assert entry.priority == Priority.CUT_OFF


class TestCalledAgainBeforeTheLineWasFoundDead:
    def call_again(self, house: House, *, number: str = "13800001111") -> Desk:
        with house.database.session() as session:
            return Desk(house, create_call(session, house, number=number).id)

    def place_of(self, house: House, desk: Desk) -> QueueEntry:
        with house.database.reading() as session:
            query = select(QueueEntry).where(QueueEntry.call_id == desk.call_id)
            return session.exec(query).one()

    def lose(self, house: House, desk: Desk, clock: FakeClock, *, after: float) -> None:
        """The line has been silent so long that the call is over."""
        clock.advance(seconds=after)
        desk.end("caller_lost")

    def test_end__the_new_call_gets_place_and_class(
        self, house: House, desk: Desk, clock: FakeClock
    ) -> None:
        enqueue(desk)
        placed_at = place(house).placed_at
        clock.advance(seconds=300)
        again = self.call_again(house)
        clock.advance(seconds=10)
        enqueue(again)
        assert self.place_of(house, again).priority == Priority.NORMAL
        self.lose(house, desk, clock, after=19)
        kept = self.place_of(house, again)
        assert (kept.priority, kept.placed_at) == (Priority.CUT_OFF, placed_at)

    def test_end__an_emergency_stays_one(self, house: House, desk: Desk, clock: FakeClock) -> None:
        enqueue(desk)
        again = self.call_again(house)
        enqueue(again, is_emergency=True)
        self.lose(house, desk, clock, after=29)
        assert self.place_of(house, again).priority == Priority.EMERGENCY

    def test_end__call_that_began_before_the_silence_is_somebody_elses(
        self, house: House, desk: Desk, clock: FakeClock
    ) -> None:
        enqueue(desk)
        other = self.call_again(house)
        enqueue(other)
        self.lose(house, desk, clock, after=31)
        assert self.place_of(house, other).priority == Priority.NORMAL

    def test_end__other_numbers_get_nothing(
        self, house: House, desk: Desk, clock: FakeClock
    ) -> None:
        enqueue(desk)
        other = self.call_again(house, number="13900002222")
        enqueue(other)
        self.lose(house, desk, clock, after=20)
        assert self.place_of(house, other).priority == Priority.NORMAL

    def test_end__whoever_hung_up_hands_nothing_on(
        self, house: House, desk: Desk, clock: FakeClock
    ) -> None:
        enqueue(desk)
        again = self.call_again(house)
        enqueue(again)
        clock.advance(seconds=20)
        desk.end("caller_hung_up")
        assert self.place_of(house, again).priority == Priority.NORMAL

    def test_end__one_person_is_not_offered_twice(
        self, house: House, desk: Desk, clock: FakeClock
    ) -> None:
        enqueue(desk)
        again = self.call_again(house)
        enqueue(again)
        self.lose(house, desk, clock, after=20)
        clock.advance(seconds=600)
        with house.database.session() as session:
            due = repository.entries_to_offer(session, now=clock.now(), with_callbacks=True)
            assert [entry.call_id for entry in due] == [again.call_id]
        again.talk_began()
        with house.database.reading() as session:
            assert [wish.state for wish in session.exec(select(Callback))] == ["superseded"]


class TestWithheldNumber:
    @pytest.fixture
    def hidden(self, house: House) -> Desk:
        with house.database.session() as session:
            return Desk(house, create_call(session, house, number=None).id)

    def test_register_callback__nobody_can_be_called_back(self, house: House, hidden: Desk) -> None:
        assert not hidden.register_callback(language="zh", topic=None, source="hours")
        with house.database.reading() as session:
            assert session.exec(select(Callback)).all() == []

    def test_register_callback__the_typed_number_gets_call_back_and_message(
        self, house: House, hidden: Desk
    ) -> None:
        assert hidden.register_callback(
            language="zh", topic=None, source="message", number="13900001234"
        )
        recording = hidden.begin_message()

        assert recording is not None
        with house.database.reading() as session:
            wish = session.exec(select(Callback)).one()
            assert wish.message_id == recording.id
            caller = session.get_one(Caller, wish.caller_id)
            assert callers.number_of(house, caller) == "13900001234"
