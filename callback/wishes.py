"""Wishes to be called back as they are written down, whichever way they come."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from callback import rules
from callback.repository import entry_of, store, tell, wish_of
from callback.rules import Wish
from hotline.callers import service as callers
from hotline.errors import Conflict, InvalidInput
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import service as queue
from hotline.queueing.rules import CloseReason
from hotline.tables import Call, Callback, Caller

# Mainland numbers that a trunk can dial: mobile, or area code and subscriber (GB/T numbering plan).
_SHORTEST_NUMBER = 7
_LONGEST_NUMBER = 13


def create(
    session: Session,
    house: House,
    caller: Caller,
    wish: Wish,
    *,
    language: str,
    topic: str | None,
) -> Callback:
    """Writes a wish; its place in the queue is the caller's to give.

    Raises:
        Conflict: The number has an open wish already.
    """
    callback = Callback(
        id=new_id("cb", house.clock),
        caller_id=caller.id,
        source=wish.source.value,
        language=language,
        topic=topic,
        window_from=wish.window.opens_at if wish.window else None,
        window_to=wish.window.closes_at if wish.window else None,
        placed_at=max(wish.asked_at, wish.next_attempt_at),
        next_attempt_at=wish.next_attempt_at,
        created_at=wish.asked_at,
    )
    try:
        with session.begin_nested():
            session.add(callback)
            session.flush()
    except IntegrityError:
        raise Conflict("This number is waiting to be called back already.") from None
    tell(session, house, callback)
    return callback


def ask_again(
    session: Session,
    house: House,
    callback: Callback,
    wish: Wish,
    *,
    language: str,
    topic: str | None,
    priority: int,
    placed_at: datetime | None,
) -> None:
    """The person who has a wish already asks in a call: one wish, the better of the two.

    It is due as soon as either, in the earlier place and the more urgent class, for a lawyer as
    they need one now.

    Args:
        session: The deed's session.
        house: The process's house.
        callback: What the person has.
        wish: What the new request alone would be.
        language: What the lawyer must speak.
        topic: What the lawyer must know; None: anything.
        priority: The class of the call.
        placed_at: When the call's place began; None if it has none.
    """
    callback.language, callback.topic = language, topic
    store(session, house, callback, rules.renew(wish_of(callback), wish))
    entry = entry_of(session, callback)
    if entry is None:
        return
    # It may ring at a lawyer who does not fit any more.
    queue.close_offer_of(session, house, entry, reason=CloseReason.SUPERSEDED)
    entry.language, entry.topic = language, topic
    entry.priority = max(entry.priority, priority)
    if placed_at is not None:
        entry.placed_at = callback.placed_at = min(entry.placed_at, placed_at)
    queue.tell(session, house, entry)


def reachable_caller(session: Session, house: House, call: Call) -> Caller:
    """Who calls, if they can be called back.

    Raises:
        InvalidInput: The caller hid the number, or it cannot be dialled.
    """
    caller = session.get(Caller, call.caller_id) if call.caller_id else None
    if caller is None:
        raise InvalidInput("A caller without a number cannot be called back.")
    checked_number(callers.number_of(house, caller))
    return caller


def checked_number(number: str) -> str:
    """The number, if it can be dialled.

    Raises:
        InvalidInput: It cannot.
    """
    digits = [character for character in number if character.isdigit()]
    if not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER + 4:
        raise InvalidInput("Write a telephone number with its area code, such as 13800001234.")
    return number
