"""The outbox of text messages: promised in the transaction that the caller hears of."""

import re

from sqlmodel import Session, col, select, update

from hotline.callers.service import number_of
from hotline.house import House
from hotline.ids import new_id
from hotline.jobs import enqueue
from hotline.messages.rules import MessageState, next_try
from hotline.tables import Call, Caller, Message

DELIVER_JOB = "hotline.messages.jobs.deliver"

_TEXT = "message.text"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def promise(session: Session, house: House, call: Call, *, kind: str, text: str) -> bool:
    """Writes a message to the caller's number into the outbox.

    Args:
        session: The deed's session.
        house: The process's house.
        call: Whose caller shall have it.
        kind: What it is about: progress, centre or hours.
        text: What it says.

    Returns:
        Whether the caller may be told that it comes. Without a provider the row says so, and
        nobody is promised anything; a number that is no mobile gets no row.
    """
    caller = session.get(Caller, call.caller_id) if call.caller_id else None
    if caller is None or not _MOBILE.fullmatch(number_of(house, caller)):
        return False
    is_configured = bool(house.settings.sms_url)
    now = house.clock.now()
    message = Message(
        id=new_id("sms", house.clock),
        caller_id=caller.id,
        call_id=call.id,
        kind=kind,
        text_sealed=house.vault.seal(text, purpose=_TEXT),
        state=MessageState.WAITING if is_configured else MessageState.NOT_CONFIGURED,
        created_at=now,
        next_attempt_at=now,
    )
    session.add(message)
    if is_configured:
        send_soon(session, house, message.id)
    return is_configured


def send_soon(session: Session, house: House, message_id: str) -> None:
    """Has the worker try; the database says when it is tried again."""
    enqueue(session, house, DELIVER_JOB, {"message_id": message_id}, retries=0, unique=message_id)


def claim(session: Session, house: House, message_id: str) -> tuple[str, str] | None:
    """Takes a message for one try: number and text; None if it is not due or was just taken.

    The next try is set before this one begins, so that a worker that dies costs a delay, not a
    second message.
    """
    message = session.get(Message, message_id)
    now = house.clock.now()
    if message is None or message.state != MessageState.WAITING or message.next_attempt_at > now:
        return None
    taken = session.exec(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.attempts) == message.attempts)
        .values(attempts=message.attempts + 1, next_attempt_at=next_try(now, message.attempts + 1))
    )
    caller = session.get(Caller, message.caller_id)
    if taken.rowcount != 1 or caller is None:
        return None
    return number_of(house, caller), house.vault.open(message.text_sealed, purpose=_TEXT)


def settle(
    session: Session,
    house: House,
    message_id: str,
    *,
    state: MessageState,
    error: str | None = None,
) -> None:
    """Writes what became of a message."""
    message = session.get_one(Message, message_id)
    message.state, message.error = state, error
    if state is MessageState.SENT:
        message.sent_at = house.clock.now()
    session.add(message)


def due(session: Session, house: House) -> list[str]:
    """Messages that wait for a try."""
    query = select(Message.id).where(
        col(Message.state) == MessageState.WAITING,
        col(Message.next_attempt_at) <= house.clock.now(),
    )
    return list(session.exec(query))
