"""What wakes the dispatcher: what can change an offer, and nothing else."""

from sqlmodel import select

from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.calls import service as calls
from hotline.dispatcher import Dispatcher
from hotline.house import House
from hotline.tables import Call, Offer
from tests.unit.hotline.factories import create_call, create_lawyer, create_waiting


def test_has_news__not_after_its_own_round(house: House) -> None:
    with house.database.session() as session:
        create_lawyer(session, house)
        create_waiting(session, house)
    dispatcher = Dispatcher(house)
    assert dispatcher.has_news()

    dispatcher.round()

    with house.database.reading() as session:
        assert session.exec(select(Offer)).one().state == "open"
    assert not dispatcher.has_news()


def test_has_news__what_changes_no_offer_is_none(house: House) -> None:
    dispatcher = Dispatcher(house)
    dispatcher.round()
    with house.database.session() as session:
        call = create_call(session, house)
        calls.change(session, house, call, state="menu", language="en")

    assert not dispatcher.has_news()


def test_has_news__callers_are_while_a_lawyer_is_free(house: House) -> None:
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        agents.change(session, house, lawyer, LawyerState.BUSY, by=lawyer.user_id)
    dispatcher = Dispatcher(house)
    dispatcher.round()

    with house.database.session() as session:
        create_waiting(session, house)
    assert not dispatcher.has_news()
    with house.database.session() as session:
        lawyer = agents.find(session, lawyer.user_id)
        agents.change(session, house, lawyer, LawyerState.AVAILABLE, by=lawyer.user_id)
    assert dispatcher.has_news()
    with house.database.session() as session:
        create_waiting(session, house)
    assert dispatcher.has_news()
    assert not dispatcher.has_news()


def test_has_news__ends_of_calls_and_of_wrap_up_are(house: House) -> None:
    with house.database.session() as session:
        create_lawyer(session, house)
        other = create_lawyer(session, house)
        call_id = create_call(session, house).id
    dispatcher = Dispatcher(house)
    dispatcher.round()

    with house.database.session() as session:
        call = session.get_one(Call, call_id)
        calls.end(session, house, call, reason="caller_hung_up")
    assert dispatcher.has_news()
    with house.database.session() as session:
        lawyer = agents.find(session, other.user_id)
        agents.change(session, house, lawyer, LawyerState.WRAP_UP, by="system")
    assert dispatcher.has_news()
    with house.database.session() as session:
        lawyer = agents.find(session, other.user_id)
        agents.change(session, house, lawyer, LawyerState.BUSY, by=other.user_id)
    assert not dispatcher.has_news()
