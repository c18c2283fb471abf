"""What the database and the rules promise about offers, on a clock that the test moves."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from hotline.agents import presence, service as agents
from hotline.agents.rules import ACKNOWLEDGE_SECONDS, LawyerState, Reason
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.dispatcher import Dispatcher
from hotline.house import House
from hotline.queueing import forecasts, service as queue
from hotline.queueing.dispatch import run_round
from hotline.queueing.offers import accept, acknowledge, decline, lawyer_gone
from hotline.queueing.overflow import OverflowStep
from hotline.tables import Call, Lawyer, Offer, QueueEntry
from tests.unit.hotline.factories import create_lawyer, create_waiting

_OFFER_SECONDS = 20.0


def dispatch(house: House) -> float | None:
    """A round; returns the seconds until the next one is due."""
    with house.database.session() as session:
        due = run_round(session, house, fence=1)
    return (due - house.clock.now()).total_seconds() if due is not None else None


def last_offer(session: Session) -> Offer:
    return session.exec(select(Offer).order_by(col(Offer.id).desc()).limit(1)).one()


def set_rules(house: House, **values: object) -> None:
    with house.database.session() as session:
        configuration.change(session, house, "queue", values, expected=0, by=None)


@pytest.fixture
def lawyer_id(house: House) -> str:
    """The only lawyer, at whom the only caller rings."""
    with house.database.session() as session:
        create_waiting(session, house)
        lawyer_id = create_lawyer(session, house).user_id
    dispatch(house)
    return lawyer_id


class TestOpenOffers:
    @pytest.mark.parametrize("pairs", [((0, 0), (0, 1)), ((0, 0), (1, 0))], ids=["entry", "lawyer"])
    def test_offer__database_refuses_a_second_one(
        self, house: House, pairs: tuple[tuple[int, int], ...]
    ) -> None:
        with house.database.session() as session:
            entries = [create_waiting(session, house, number=f"1380000000{n}") for n in (1, 2)]
            lawyers = [create_lawyer(session, house) for _ in range(2)]
        now = house.clock.now()
        rows = [
            Offer(
                id=str(number),
                entry_id=entries[entry].id,
                lawyer_id=lawyers[lawyer].user_id,
                fence=1,
                made_at=now,
                expires_at=now + timedelta(seconds=_OFFER_SECONDS),
            )
            for number, (entry, lawyer) in enumerate(pairs)
        ]
        with house.database.session() as session:
            session.add_all(rows)
            with pytest.raises(IntegrityError):
                session.flush()
            session.rollback()


class TestDispatcher:
    def test_round__only_the_holder_of_the_lease_offers(
        self, house: House, clock: FakeClock
    ) -> None:
        first, second = (Dispatcher(house, holder=name) for name in ("first", "second"))
        first.round()
        with house.database.session() as session:
            create_waiting(session, house)
            create_lawyer(session, house)
        second.round()
        with house.database.reading() as session:
            assert session.exec(select(Offer)).all() == []
        clock.advance(seconds=4)
        second.round()
        first.round()
        with house.database.reading() as session:
            assert [offer.fence for offer in session.exec(select(Offer))] == [2]


class TestDecline:
    def test_decline__note_is_kept(self, house: House, lawyer_id: str) -> None:
        with house.database.session() as session:
            decline(session, house, last_offer(session).id, lawyer_id, note="conflict")
        with house.database.reading() as session:
            offer = last_offer(session)
            assert (offer.reason, offer.note) == ("declined", "conflict")


class TestMissed:
    def test_missed_twice__says_so_and_a_served_call_forgives(
        self, house: House, clock: FakeClock, lawyer_id: str
    ) -> None:
        for _ in range(2):
            dispatch(house)
            with house.database.session() as session:
                acknowledge(session, house, last_offer(session).id, lawyer_id)
            clock.advance(seconds=_OFFER_SECONDS)
            dispatch(house)
            clock.advance(seconds=_OFFER_SECONDS)
        with house.database.reading() as session:
            row = agents.row_of(session, lawyer_id)
        assert (row.state, row.reason) == (LawyerState.BUSY, Reason.MISSED_TWICE)
        with house.database.session() as session:
            agents.set_state(session, house, lawyer_id, LawyerState.AVAILABLE, by=lawyer_id)
        dispatch(house)
        with house.database.session() as session:
            accept(session, house, last_offer(session).id, lawyer_id)
            assert session.get_one(Lawyer, lawyer_id).missed_offers == 0

    def test_decline__between_two_missed_offers_shows_that_somebody_is_there(
        self, house: House, clock: FakeClock, lawyer_id: str
    ) -> None:
        for answer in (acknowledge, decline, acknowledge):
            dispatch(house)
            with house.database.session() as session:
                answer(session, house, last_offer(session).id, lawyer_id)
            clock.advance(seconds=_OFFER_SECONDS)
            dispatch(house)
            clock.advance(seconds=_OFFER_SECONDS)
        with house.database.reading() as session:
            row = agents.find(session, lawyer_id)
            reasons = [
                offer.reason for offer in session.exec(select(Offer).order_by(col(Offer.id)))
            ]
            assert reasons[:3] == ["expired", "declined", "expired"]
            assert row.state_reason != Reason.MISSED_TWICE
            assert row.missed_offers == 1


class TestUnacknowledged:
    @pytest.fixture
    def lost(self, house: House, clock: FakeClock, lawyer_id: str) -> str:
        """A lawyer whose page stays connected and has not shown an offer in time."""
        clock.advance(seconds=ACKNOWLEDGE_SECONDS)
        dispatch(house)
        return lawyer_id

    def test_round__page_that_shows_nothing_is_left_alone(
        self, house: House, clock: FakeClock, lost: str
    ) -> None:
        for _ in range(3):
            clock.advance(seconds=60)
            dispatch(house)
        with house.database.reading() as session:
            assert agents.row_of(session, lost).state is LawyerState.LOST
            assert len(session.exec(select(Offer)).all()) == 1

    def test_connected__page_that_comes_anew_brings_the_lawyer_back(
        self, house: House, lost: str
    ) -> None:
        with house.database.session() as session:
            presence.connected(session, house, lost)
            row = agents.row_of(session, lost)
        assert (row.state, row.reason) == (LawyerState.AVAILABLE, Reason.CONNECTION_BACK)

    def test_acknowledge__too_late_brings_the_lawyer_back_but_not_the_caller(
        self, house: House, lost: str
    ) -> None:
        with house.database.session() as session:
            offer_id = last_offer(session).id
            for _ in range(2):
                acknowledge(session, house, offer_id, lost)
            row = agents.row_of(session, lost)
            offer = last_offer(session)
        assert (row.state, row.reason) == (LawyerState.AVAILABLE, Reason.CONNECTION_BACK)
        assert (offer.id, offer.state, offer.reason) == (offer_id, "closed", "unacknowledged")

    def test_acknowledge__too_late_undoes_no_wish(self, house: House, lost: str) -> None:
        with house.database.session() as session:
            agents.set_state(session, house, lost, LawyerState.OFFLINE, by=lost)
            acknowledge(session, house, last_offer(session).id, lost)
            assert agents.row_of(session, lost).state is LawyerState.OFFLINE


class TestLawyerGone:
    @pytest.mark.parametrize("is_acknowledged", [True, False])
    def test_lawyer_gone__caller_goes_to_the_next_and_nothing_was_missed(
        self, house: House, lawyer_id: str, is_acknowledged: bool
    ) -> None:
        with house.database.session() as session:
            second = create_lawyer(session, house, name="second").user_id
            first = last_offer(session)
            if is_acknowledged:
                acknowledge(session, house, first.id, lawyer_id)
            lawyer_gone(session, house, lawyer_id)
        dispatch(house)

        with house.database.reading() as session:
            row = agents.find(session, lawyer_id)
            assert session.get_one(Offer, first.id).reason == "lawyer_gone"
            assert (row.state, row.state_reason) == ("lost", "connection_lost")
            assert row.missed_offers == 0
            assert last_offer(session).lawyer_id == second

    def test_lawyer_gone__who_comes_back_may_have_the_same_caller(
        self, house: House, lawyer_id: str
    ) -> None:
        with house.database.session() as session:
            first = last_offer(session).id
            lawyer_gone(session, house, lawyer_id)
            presence.connected(session, house, lawyer_id)
        dispatch(house)
        with house.database.reading() as session:
            again = last_offer(session)
            assert (again.lawyer_id, again.state) == (lawyer_id, "open")
            assert again.id != first

    def test_lawyer_gone__without_an_offer_has_the_grace(self, house: House) -> None:
        with house.database.session() as session:
            lawyer_id = create_lawyer(session, house).user_id
            lawyer_gone(session, house, lawyer_id)
            row = agents.find(session, lawyer_id)
            assert row.state == LawyerState.AVAILABLE
            assert row.disconnected_at is not None


class TestOverflow:
    def test_round__widens_and_says_that_an_interpreter_is_needed(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            entry = create_waiting(session, house, language="ko")
            create_lawyer(session, house, languages=("zh",))
        assert dispatch(house) == 60.0
        clock.advance(seconds=180)
        dispatch(house)
        with house.database.reading() as session:
            assert last_offer(session).needs_interpreter
            row = session.get_one(QueueEntry, entry.id)
            assert row.overflow_step == OverflowStep.INTERPRETER

    def test_round__notes_the_step_without_any_lawyer(self, house: House, clock: FakeClock) -> None:
        with house.database.session() as session:
            entry = create_waiting(session, house)
        clock.advance(seconds=300)
        dispatch(house)
        with house.database.reading() as session:
            row = session.get_one(QueueEntry, entry.id)
            assert row.overflow_step == OverflowStep.CALLBACK
            assert forecasts.look(session, house)[entry.id].is_long
            fence = row.fence
        dispatch(house)
        with house.database.reading() as session:
            assert session.get_one(QueueEntry, entry.id).fence == fence


class TestSticky:
    @pytest.mark.parametrize(
        ("state", "is_offered"), [(LawyerState.WRAP_UP, False), (LawyerState.BREAK, True)]
    )
    def test_round__waits_only_for_lawyers_who_will_be_back_soon(
        self, house: House, state: LawyerState, is_offered: bool
    ) -> None:
        set_rules(house, sticky_seconds=20)
        with house.database.session() as session:
            known = create_lawyer(session, house, name="known")
            create_lawyer(session, house, name="other")
            agents.change(session, house, known, state, by="test")
            call_id = create_waiting(session, house).call_id
            call = session.get_one(Call, call_id)
            entry = queue.waiting(session, house)[0].entry
            queue.leave(session, house, entry, reason="test")
            queue.enter(
                session,
                house,
                call=call,
                language="zh",
                topic=None,
                sticky_lawyer_id=known.user_id,
            )
        due = dispatch(house)
        with house.database.reading() as session:
            assert bool(session.exec(select(Offer)).all()) is is_offered
        assert is_offered or due == 20.0


class TestStrategy:
    def test_round__fewest_today_counts_since_midnight(
        self, house: House, clock: FakeClock
    ) -> None:
        set_rules(house, strategy="fewest_today")
        with house.database.session() as session:
            veteran = create_lawyer(session, house, name="veteran")
            clock.advance(seconds=60)
            fresh = create_lawyer(session, house, name="fresh")
            create_waiting(session, house)
        dispatch(house)
        with house.database.session() as session:
            accept(session, house, last_offer(session).id, veteran.user_id)
            row = agents.find(session, veteran.user_id)
            agents.change(session, house, row, LawyerState.AVAILABLE, by="test")
            # As if the veteran had been idle for longer.
            row.idle_since = house.clock.now() - timedelta(hours=1)
            create_waiting(session, house, number="13800000009")
        dispatch(house)
        with house.database.reading() as session:
            assert last_offer(session).lawyer_id == fresh.user_id
