"""One round of dispatching on a real database, with a clock that the test moves."""

import pytest
from sqlmodel import Session, col, select

from hotline.agents import presence, service as agents
from hotline.agents.rules import ACKNOWLEDGE_SECONDS, CONNECTION_GRACE_SECONDS, LawyerState
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.errors import Conflict, NotFound
from hotline.house import House
from hotline.queueing import service as queue
from hotline.queueing.dispatch import run_round
from hotline.queueing.lease import is_held, take
from hotline.queueing.offers import accept, acknowledge, decline
from hotline.tables import Call, Lawyer, Leg, Offer, QueueEntry, Ticket
from tests.unit.hotline.factories import create_lawyer, create_waiting


def dispatch(house: House) -> None:
    with house.database.session() as session:
        run_round(session, house, fence=1)


def offers(house: House) -> list[Offer]:
    with house.database.reading() as session:
        return list(session.exec(select(Offer).order_by(col(Offer.id))))


def state_of(house: House, lawyer: Lawyer) -> str:
    with house.database.reading() as session:
        return session.get_one(Lawyer, lawyer.user_id).state


def entry_now(house: House, entry: QueueEntry) -> QueueEntry:
    with house.database.reading() as session:
        return session.get_one(QueueEntry, entry.id)


@pytest.fixture
def pair(house: House) -> tuple[QueueEntry, Lawyer]:
    """A waiting caller and an idle lawyer."""
    with house.database.session() as session:
        return create_waiting(session, house), create_lawyer(session, house)


def test_run_round__offers_the_caller(house: House, pair: tuple[QueueEntry, Lawyer]) -> None:
    dispatch(house)
    (offer,) = offers(house)
    assert (offer.entry_id, offer.lawyer_id, offer.state) == (pair[0].id, pair[1].user_id, "open")
    assert state_of(house, pair[1]) == LawyerState.RESERVED


def test_run_round__twice_makes_one_offer(house: House, pair: tuple[QueueEntry, Lawyer]) -> None:
    dispatch(house)
    dispatch(house)
    assert len(offers(house)) == 1


def test_run_round__unfit_lawyer_is_not_asked(house: House) -> None:
    with house.database.session() as session:
        create_waiting(session, house, language="ko")
        create_lawyer(session, house, languages=("zh",))
    dispatch(house)
    assert offers(house) == []


def test_run_round__lawyer_without_a_page_is_not_asked(house: House) -> None:
    with house.database.session() as session:
        create_waiting(session, house)
        lawyer = create_lawyer(session, house)
        presence.disconnected(session, house, lawyer.user_id)
    dispatch(house)
    assert offers(house) == []


def test_run_round__expired_offer_goes_to_the_next_and_says_why(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        acknowledge(session, house, offers(house)[0].id, pair[1].user_id)
        second = create_lawyer(session, house, name="second")
    clock.advance(seconds=house.settings.offer_seconds)
    dispatch(house)
    first_offer, second_offer = offers(house)
    assert (first_offer.state, first_offer.reason) == ("closed", "expired")
    assert second_offer.lawyer_id == second.user_id
    assert state_of(house, pair[1]) == LawyerState.AVAILABLE


def test_run_round__two_missed_offers_take_the_lawyer_out(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, Lawyer]
) -> None:
    for _ in range(2):
        dispatch(house)
        with house.database.session() as session:
            acknowledge(session, house, offers(house)[-1].id, pair[1].user_id)
        clock.advance(seconds=house.settings.offer_seconds)
        dispatch(house)
        clock.advance(seconds=house.settings.offer_seconds)
    assert state_of(house, pair[1]) == LawyerState.BUSY
    assert len(offers(house)) == 2


def test_run_round__unacknowledged_offer_moves_on_and_the_lawyer_is_lost(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    clock.advance(seconds=ACKNOWLEDGE_SECONDS)
    dispatch(house)
    assert offers(house)[0].reason == "unacknowledged"
    assert state_of(house, pair[1]) == LawyerState.LOST


def test_run_round__lawyer_whose_page_is_gone_is_lost_after_the_grace(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        presence.disconnected(session, house, lawyer.user_id)
    dispatch(house)
    assert state_of(house, lawyer) == LawyerState.AVAILABLE
    clock.advance(seconds=CONNECTION_GRACE_SECONDS)
    dispatch(house)
    assert state_of(house, lawyer) == LawyerState.LOST
    with house.database.session() as session:
        presence.connected(session, house, lawyer.user_id)
    assert state_of(house, lawyer) == LawyerState.AVAILABLE


def accept_first(session: Session, house: House, lawyer: Lawyer) -> str:
    return accept(session, house, offers(house)[0].id, lawyer.user_id).leg_id


def test_accept__gives_leg_and_ticket(house: House, pair: tuple[QueueEntry, Lawyer]) -> None:
    dispatch(house)
    with house.database.session() as session:
        won = accept(session, house, offers(house)[0].id, pair[1].user_id)
    with house.database.reading() as session:
        assert session.get_one(Leg, won.leg_id).state == "wanted"
        assert session.get_one(Ticket, won.ticket_id).lawyer_id == pair[1].user_id
        assert session.get_one(Call, won.call_id).lawyer_id == pair[1].user_id
    assert state_of(house, pair[1]) == LawyerState.TALKING
    assert entry_now(house, pair[0]).state == "accepted"


def test_accept__second_time_is_a_conflict(house: House, pair: tuple[QueueEntry, Lawyer]) -> None:
    dispatch(house)
    with house.database.session() as session:
        accept_first(session, house, pair[1])
    with pytest.raises(Conflict), house.database.session() as session:
        accept_first(session, house, pair[1])


def test_accept__expired_offer_is_a_conflict(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    clock.advance(seconds=house.settings.offer_seconds)
    with pytest.raises(Conflict), house.database.session() as session:
        accept_first(session, house, pair[1])


def test_accept__other_lawyers_offer_is_not_found(
    house: House, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        other = create_lawyer(session, house, name="other")
    with pytest.raises(NotFound), house.database.session() as session:
        accept_first(session, house, other)


def test_decline__next_lawyer_is_asked_and_the_place_kept(
    house: House, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        decline(session, house, offers(house)[0].id, pair[1].user_id)
        second = create_lawyer(session, house, name="second")
    dispatch(house)
    assert [offer.lawyer_id for offer in offers(house)] == [pair[1].user_id, second.user_id]
    assert entry_now(house, pair[0]).placed_at == pair[0].placed_at


def test_leave__caller_who_hangs_up_leaves_nobody_ringing(
    house: House, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        assert queue.leave(session, house, session.get_one(QueueEntry, pair[0].id), reason="gone")
    assert offers(house)[0].reason == "caller_gone"
    assert state_of(house, pair[1]) == LawyerState.AVAILABLE


def test_leave__place_that_a_lawyer_took_stays(
    house: House, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        accept_first(session, house, pair[1])
    with house.database.session() as session:
        entry = session.get_one(QueueEntry, pair[0].id)
        assert not queue.leave(session, house, entry, reason="gone")


def test_end__lawyer_wraps_up_and_is_available_again(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        leg_id = accept_first(session, house, pair[1])
    with house.database.session() as session:
        call = session.get_one(Call, pair[0].call_id)
        calls.end(session, house, call, reason="caller_hung_up")
        assert session.get_one(Leg, leg_id).state == "closed"
    assert state_of(house, pair[1]) == LawyerState.WRAP_UP
    clock.advance(seconds=house.settings.wrap_up_seconds)
    dispatch(house)
    assert state_of(house, pair[1]) == LawyerState.AVAILABLE


def test_set_state__wish_during_a_talk_comes_after_wrap_up(
    house: House, clock: FakeClock, pair: tuple[QueueEntry, Lawyer]
) -> None:
    dispatch(house)
    with house.database.session() as session:
        accept_first(session, house, pair[1])
        agents.set_state(session, house, pair[1].user_id, LawyerState.BREAK, by="me")
    assert state_of(house, pair[1]) == LawyerState.TALKING
    with house.database.session() as session:
        call = session.get_one(Call, pair[0].call_id)
        calls.request_hang_up(session, house, call, by=pair[1].user_id)
    clock.advance(seconds=house.settings.wrap_up_seconds)
    dispatch(house)
    assert state_of(house, pair[1]) == LawyerState.BREAK


def test_set_state__ringing_cannot_be_asked_for(
    house: House, pair: tuple[QueueEntry, Lawyer]
) -> None:
    with pytest.raises(Conflict), house.database.session() as session:
        agents.set_state(session, house, pair[1].user_id, LawyerState.RINGING, by="me")


def test_enter__at_head_is_before_all_who_were_not_cut_off(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        first = create_waiting(session, house, number="13800000001")
        clock.advance(seconds=5)
        call = session.get_one(Call, create_waiting(session, house, number="13800000002").call_id)
        entry = queue.waiting(session, house)[1].entry
        queue.leave(session, house, entry, reason="cut")
        queue.enter(session, house, call=call, language="zh", topic=None, at_head=True)
        order = [place.entry.call_id for place in queue.waiting(session, house)]
    assert order == [call.id, first.call_id]


def test_take__one_holder_until_the_lease_lapses(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        assert take(session, clock, "d", "one", seconds=3) == 1
        assert take(session, clock, "d", "two", seconds=3) is None
        clock.advance(seconds=2)
        assert take(session, clock, "d", "one", seconds=3) == 1
        clock.advance(seconds=3)
        assert take(session, clock, "d", "two", seconds=3) == 2
        assert not is_held(session, "d", "one", 1)
        assert take(session, clock, "d", "one", seconds=3) is None
