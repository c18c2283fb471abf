"""A hotline with people in it; rows by keyword, with sensible defaults."""

from datetime import timedelta
from functools import cache

from sqlmodel import Session, col, select

from hotline.accounts.passwords import hash_password
from hotline.accounts.service import hash_token
from hotline.agents import presence, service as agents
from hotline.agents.rules import LawyerState
from hotline.callers.service import find_or_create
from hotline.calls import service as calls
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import service as queueing
from hotline.queueing.offers import Accepted, accept, make_offer
from hotline.tables import Call, Lawyer, QueueEntry, SignIn, User

PASSWORD = "a-long-password"
NUMBER = "13800001234"
MASKED = "138****1234"
PEOPLE = {
    "li": ("lawyer",),
    "wang": ("lawyer",),
    "supervisor": ("supervisor",),
    "officer": ("intake",),
    "admin": ("admin",),
}


@cache
def _hash() -> str:
    """One hash for all: each costs 50 ms and more."""
    return hash_password(PASSWORD)


def add_people(house: House) -> dict[str, str]:
    """Makes the people above, lawyers on duty; their ids by name."""
    ids = {}
    with house.database.session() as session:
        for name, roles in PEOPLE.items():
            user = User(
                id=new_id("user", house.clock),
                username=name,
                display_name=name.title(),
                password_hash=_hash(),
                roles=list(roles),
                created_at=house.clock.now(),
            )
            session.add(user)
            session.flush()
            ids[name] = user.id
            if "lawyer" in roles:
                _add_lawyer(session, house, user.id)
    return ids


def _add_lawyer(session: Session, house: House, user_id: str) -> None:
    lawyer = Lawyer(
        user_id=user_id, languages=["zh", "en"], topics=["*"], state_since=house.clock.now()
    )
    session.add(lawyer)
    session.flush()
    presence.connected(session, house, user_id)
    agents.change(session, house, lawyer, LawyerState.AVAILABLE, by=user_id)


def add_sign_in(house: House, user_id: str) -> str:
    """Signs somebody in without the cost of a password; the token."""
    token = new_id("token")
    now = house.clock.now()
    with house.database.session() as session:
        session.add(
            SignIn(
                id=new_id("sess", house.clock),
                token_hash=hash_token(token),
                user_id=user_id,
                created_at=now,
                expires_at=now + timedelta(hours=house.settings.session_hours),
            )
        )
    return token


def add_call(
    house: House,
    *,
    number: str = NUMBER,
    language: str = "zh",
    topic: str | None = "labour",
) -> str:
    """A call whose caller is in the menu; its id."""
    with house.database.session() as session:
        caller = find_or_create(session, house, number)
        call = calls.begin(session, house, caller_id=caller.id, called="12348")
        calls.change(
            session,
            house,
            call,
            state="menu",
            answered_at=house.clock.now(),
            language=language,
            topic=topic,
        )
        return call.id


def add_waiting(house: House, *, number: str = NUMBER, language: str = "zh") -> str:
    """A call that waits in the queue; its id."""
    call_id = add_call(house, number=number, language=language)
    with house.database.session() as session:
        call = session.get_one(Call, call_id)
        queueing.enter(session, house, language=language, topic=call.topic, call=call)
    return call_id


def add_offer(house: House, lawyer_id: str, *, number: str = NUMBER) -> tuple[str, str]:
    """A caller who rings at a lawyer's; ids of call and offer."""
    call_id = add_waiting(house, number=number)
    with house.database.session() as session:
        query = select(QueueEntry).where(col(QueueEntry.call_id) == call_id)
        entry = session.exec(query).one()
        offer = make_offer(session, house, entry, session.get_one(Lawyer, lawyer_id), fence=1)
        return call_id, offer.id


def add_talk(house: House, lawyer_id: str, *, number: str = NUMBER) -> Accepted:
    """A call that a lawyer has taken."""
    _, offer_id = add_offer(house, lawyer_id, number=number)
    with house.database.session() as session:
        return accept(session, house, offer_id, lawyer_id)


def end_call(house: House, call_id: str) -> None:
    """The caller hangs up."""
    with house.database.session() as session:
        calls.end(session, house, session.get_one(Call, call_id), reason="caller_hung_up")
