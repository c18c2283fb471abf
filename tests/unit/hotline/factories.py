"""Rows for tests: keyword-only, with sensible defaults; a test names only what it is about."""

from sqlmodel import Session

from hotline.agents import presence, service as agents
from hotline.agents.rules import LawyerState
from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import service as queue
from hotline.tables import Call, Lawyer, QueueEntry, User


def create_user(
    session: Session, house: House, *, name: str = "lawyer", roles: tuple[str, ...] = ("lawyer",)
) -> User:
    """A user who cannot sign in (no password)."""
    user = User(
        id=new_id("user", house.clock),
        username=f"{name}-{new_id('u', house.clock)[-6:]}",
        display_name=name,
        password_hash="!",
        roles=list(roles),
        created_at=house.clock.now(),
    )
    session.add(user)
    session.flush()
    return user


def create_lawyer(
    session: Session,
    house: House,
    *,
    name: str = "lawyer",
    languages: tuple[str, ...] = ("zh",),
    topics: tuple[str, ...] = ("*",),
    is_on_duty: bool = True,
) -> Lawyer:
    """A duty lawyer whose page is connected."""
    user = create_user(session, house, name=name)
    lawyer = Lawyer(
        user_id=user.id,
        languages=list(languages),
        topics=list(topics),
        state_since=house.clock.now(),
    )
    session.add(lawyer)
    session.flush()
    if is_on_duty:
        presence.connected(session, house, user.id)
        agents.change(session, house, lawyer, LawyerState.AVAILABLE, by=user.id)
    return lawyer


def create_call(session: Session, house: House, *, number: str | None = "13800001111") -> Call:
    """An inbound call that is still going on."""
    caller = callers.find_or_create(session, house, number) if number else None
    return calls.begin(session, house, caller_id=caller.id if caller else None)


def create_waiting(
    session: Session,
    house: House,
    *,
    number: str | None = "13800001111",
    language: str = "zh",
    topic: str | None = None,
    priority: int = 0,
) -> QueueEntry:
    """A caller who waits on the line."""
    call = create_call(session, house, number=number)
    return queue.enter(session, house, call=call, language=language, topic=topic, priority=priority)
