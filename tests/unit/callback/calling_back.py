"""What becomes of a wish to be called back, step by step, on a real database."""

from sqlmodel import col, select

from callback import attempts, service
from hotline.calls import service as calls
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.tables import Call, Callback, QueueEntry
from tests.unit.hotline.factories import create_lawyer

NODE = "host:5060"
NUMBER = "13800001111"


def ask(house: House, *, number: str = NUMBER) -> Callback:
    """A wish from the page, due at once."""
    with house.database.session() as session:
        return service.request(
            session, house, number=number, language="zh", topic="labour"
        ).callback


def stored(house: House, callback: Callback) -> Callback:
    with house.database.reading() as session:
        return session.get_one(Callback, callback.id)


def entry_of(house: House, callback: Callback) -> QueueEntry:
    with house.database.reading() as session:
        query = select(QueueEntry).where(col(QueueEntry.callback_id) == callback.id)
        return session.exec(query).one()


def take(house: House, callback: Callback) -> Call:
    """Another lawyer accepts; the outbound call that is to be made."""
    with house.database.session() as session:
        query = select(QueueEntry).where(col(QueueEntry.callback_id) == callback.id)
        entry = session.exec(query).one()
        lawyer = create_lawyer(session, house)
        offer = make_offer(session, house, entry, lawyer, fence=1)
        return session.get_one(Call, accept(session, house, offer.id, lawyer.user_id).call_id)


def begin(house: House, call: Call, *, node: str = NODE) -> bool:
    with house.database.session() as session:
        return attempts.begin_attempt(session, house, session.get_one(Call, call.id), node=node)


def dial(house: House, callback: Callback) -> Call:
    """A lawyer accepts, and the citizen is dialled."""
    call = take(house, callback)
    assert begin(house, call)
    return call


def fail(house: House, call: Call, result: str = "no_answer") -> None:
    """The attempt comes to nothing, and its call ends."""
    with house.database.session() as session:
        row = session.get_one(Call, call.id)
        attempts.attempt_failed(session, house, row, result=result)
        calls.end(session, house, row, reason="callee_failed")
