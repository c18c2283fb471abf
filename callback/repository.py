"""Wishes to be called back in the database: found, read as the rules see them, written back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from callback import rules
from callback.rules import AttemptResult, CallbackState, Wish
from hotline.configuration import service as configuration
from hotline.errors import NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.queueing import service as queue
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.dialling import QuietHours, Source, Window
from hotline.tables import Call, Callback, Caller, QueueEntry


def find(session: Session, callback_id: str) -> Callback:
    """The wish.

    Raises:
        NotFound: There is none of that id.
    """
    callback = session.get(Callback, callback_id)
    if callback is None:
        raise NotFound(f"There is no call back {callback_id}.")
    return callback


def open_of(session: Session, caller: Caller) -> Callback | None:
    """The person's wish that has not ended."""
    query = select(Callback).where(
        col(Callback.caller_id) == caller.id,
        col(Callback.state).in_([state.value for state in rules.OPEN_STATES]),
    )
    return session.exec(query).first()


def open_wishes_of(session: Session, caller_id: str) -> Sequence[Callback]:
    """The wishes that a person has open: for the own number, and from calls for others."""
    own_calls = select(Call.id).where(col(Call.caller_id) == caller_id)
    query = select(Callback).where(
        or_(col(Callback.caller_id) == caller_id, col(Callback.call_id).in_(own_calls)),
        col(Callback.state).in_([state.value for state in rules.OPEN_STATES]),
    )
    return session.exec(query).all()


def count_since(session: Session, caller: Caller, since: datetime) -> int:
    """How often a number has been asked for since a moment, by people, not by ourselves."""
    query = (
        select(func.count())
        .select_from(Callback)
        .where(
            col(Callback.caller_id) == caller.id,
            col(Callback.created_at) > since,
            col(Callback.source).not_in([Source.LOST.value, Source.ABANDONED.value]),
        )
    )
    return session.exec(query).one()


def by_key(session: Session, key: str) -> Callback | None:
    """The wish that was asked for under this Idempotency-Key."""
    return session.exec(select(Callback).where(col(Callback.idempotency_key) == key)).first()


def entry_of(session: Session, callback: Callback) -> QueueEntry | None:
    """The wish's place in the queue, waiting or taken."""
    query = select(QueueEntry).where(
        col(QueueEntry.callback_id) == callback.id, col(QueueEntry.state) != "left"
    )
    return session.exec(query).first()


def wish_of(callback: Callback) -> Wish:
    """The wish as the rules see it."""
    has_window = callback.window_from is not None and callback.window_to is not None
    return Wish(
        source=Source(callback.source),
        asked_at=callback.created_at,
        next_attempt_at=callback.next_attempt_at,
        window=Window(callback.window_from, callback.window_to)  # type: ignore[arg-type]  # has_window
        if has_window
        else None,
        state=CallbackState(callback.state),
        attempts=callback.attempts,
        last_result=AttemptResult(callback.last_result) if callback.last_result else None,
    )


def store(session: Session, house: House, callback: Callback, wish: Wish) -> None:
    """Writes what the rules made of a wish, and tells of it."""
    callback.state, callback.attempts = wish.state.value, wish.attempts
    callback.next_attempt_at = wish.next_attempt_at
    callback.last_result = wish.last_result.value if wish.last_result else None
    callback.source, callback.created_at = wish.source.value, wish.asked_at
    callback.window_from = wish.window.opens_at if wish.window else None
    callback.window_to = wish.window.closes_at if wish.window else None
    if not wish.is_open:
        callback.closed_at = house.clock.now()
        is_ours = wish.state is CallbackState.EXHAUSTED and wish.last_result in rules.OUR_SIDE
        callback.closed_reason = "line_failed" if is_ours else _CLOSED_BECAUSE[wish.state]
    session.add(callback)
    tell(session, house, callback)


_CLOSED_BECAUSE = {
    CallbackState.CONNECTED: "connected",
    CallbackState.CANCELLED: "cancelled",
    CallbackState.EXHAUSTED: "exhausted",
    CallbackState.SUPERSEDED: "called_again",
}


def end_entry(session: Session, house: House, callback: Callback, *, reason: str) -> None:
    """The wish's place in the queue is history."""
    entry = entry_of(session, callback)
    if entry is None:
        return
    if not queue.leave(session, house, entry, reason=reason) and entry.state != "left":
        queue.serve(session, house, entry, reason=reason)


def quiet_hours(session: Session, house: House) -> QuietHours:
    """The hours in which nobody is dialled unasked, where the hotline is."""
    return configuration.current(session, CallbackRules).quiet_hours(house.settings.zone)


def retry_delays(session: Session) -> tuple[timedelta, ...]:
    """From the end of an attempt that reached nobody to the next, one for each retry."""
    minutes = configuration.current(session, CallbackRules).retry_minutes
    return tuple(timedelta(minutes=each) for each in minutes)


def tell(session: Session, house: House, callback: Callback) -> None:
    """Tells of a wish's state."""
    house.record(session, EventType.CALLBACK_CHANGED, callback_id=callback.id, state=callback.state)
