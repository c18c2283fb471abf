"""The outbox of text messages: promised in the transaction that the caller hears of."""

import re

from sqlmodel import Session, col, select, update

from hotline.callers.service import number_of
from hotline.house import House
from hotline.ids import new_id
from hotline.jobs import enqueue
from hotline.messages.rules import SENDING_TIME, MessageState, is_given_up, next_try
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

    The row says that it is being sent before anybody sends it: a worker that dies leaves a message
    of which nobody knows whether it went, never one that goes twice.
    """
    message = session.get(Message, message_id)
    now = house.clock.now()
    if message is None or message.state != MessageState.WAITING or message.next_attempt_at > now:
        return None
    caller = session.get_one(Caller, message.caller_id)
    taken = session.exec(
        update(Message)
        .where(
            col(Message.id) == message_id,
            col(Message.state) == MessageState.WAITING,
            col(Message.attempts) == message.attempts,
        )
        .values(
            attempts=message.attempts + 1,
            state=MessageState.SENDING,
            next_attempt_at=now + SENDING_TIME,
        )
    )
    if taken.rowcount != 1:
        return None
    return number_of(house, caller), house.vault.open(message.text_sealed, purpose=_TEXT)


def settle(
    session: Session,
    house: House,
    message_id: str,
    *,
    state: MessageState,
    error: str | None = None,
) -> MessageState:
    """Writes what became of a try; one that led nowhere too often is the last.

    Returns:
        Where the message is now.
    """
    message = session.get_one(Message, message_id)
    now = house.clock.now()
    if state is MessageState.WAITING:
        message.next_attempt_at = next_try(now, message.attempts)
        if is_given_up(message.attempts):
            state = MessageState.FAILED
    if state is MessageState.SENT:
        message.sent_at = now
    message.state, message.error = state, error
    session.add(message)
    return state


def give_up_on_dead(session: Session, house: House) -> list[str]:
    """Writes of messages whose worker died in mid-sending that nobody knows; their ids."""
    query = select(Message).where(
        col(Message.state) == MessageState.SENDING,
        col(Message.next_attempt_at) <= house.clock.now(),
    )
    messages = session.exec(query).all()
    for message in messages:
        message.state, message.error = MessageState.UNCERTAIN, "interrupted"
        session.add(message)
    return [message.id for message in messages]


def due(session: Session, house: House) -> list[str]:
    """Messages that wait for a try."""
    query = select(Message.id).where(
        col(Message.state) == MessageState.WAITING,
        col(Message.next_attempt_at) <= house.clock.now(),
    )
    return list(session.exec(query))
