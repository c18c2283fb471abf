"""Calling back: wishes are written, take a place in the queue, and are kept once.

Sources: a key in the queue or outside hours, the citizen's page, a line that broke. Each wish has
one queue entry; the dispatcher offers it to a lawyer when it is due, the lawyer accepts, and only
then the citizen is dialled, by the one process whose conditional UPDATE began the attempt.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from callback import rules
from callback.rules import AttemptResult, CallbackState, QuietHours, Source, Window, Wish
from hotline.callers import service as callers
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import repository as queue_repository, service as queue
from hotline.tables import Call, Callback, Caller, QueueEntry

# Mainland numbers that a trunk can dial: mobile, or area code and subscriber (GB/T numbering plan).
_SHORTEST_NUMBER = 7
_LONGEST_NUMBER = 13

# What a dialler outside of the rules may say of a failed attempt; anything else counts as failed.
_RESULTS = {result.value: result for result in AttemptResult} | {
    "rejected": AttemptResult.BUSY,
    "timeout": AttemptResult.NO_ANSWER,
    "cancelled": AttemptResult.FAILED,
    "ivr_restarted": AttemptResult.LOST,
}


@dataclass(frozen=True, slots=True)
class Requested:
    """A wish as it was taken: `is_new` is False when the same request had come before."""

    callback: Callback
    token: str
    is_new: bool


def request(
    session: Session,
    house: House,
    *,
    number: str,
    language: str,
    topic: str | None,
    window_from: datetime | None = None,
    window_to: datetime | None = None,
    idempotency_key: str | None = None,
    consent_version: str | None = None,
    source: Source = Source.WEB,
) -> Requested:
    """Takes a wish from the citizen's page or mini-program.

    The same `idempotency_key` gives the same wish and the same token again, however often.

    Raises:
        InvalidInput: The number or the window cannot be used, or a key is used for another request.
        Conflict: The number has an open wish already.
    """
    caller = callers.find_or_create(session, house, _checked_number(number))
    digest = _digest(house, caller, language, topic, window_from, window_to)
    if idempotency_key is not None:
        known = _by_key(session, idempotency_key)
        if known is not None:
            if known.idempotency_digest != digest:
                raise InvalidInput("This Idempotency-Key was used for another request.")
            return Requested(known, _token_of(house, known), is_new=False)
    window = Window(window_from, window_to) if window_from and window_to else None
    now = house.clock.now()
    wish = rules.ask(source=source, at=now, quiet=_quiet(house), window=window)
    callback = _create(session, house, caller, wish, language=language, topic=topic)
    callback.idempotency_key, callback.idempotency_digest = idempotency_key, digest
    callback.consent_version = consent_version
    token = _token_of(house, callback)
    callback.token_hash = hashlib.sha256(token.encode()).hexdigest()
    queue.enter(
        session,
        house,
        callback=callback,
        language=language,
        topic=topic,
        placed_at=callback.placed_at,
    )
    return Requested(callback, token, is_new=True)


def request_from_call(
    session: Session, house: House, call: Call, *, language: str, topic: str | None, source: str
) -> Callback:
    """Takes a wish from a call: the place in the queue, if there is one, is kept.

    Raises:
        Conflict: A lawyer has just taken the caller; the talk is about to begin.
        InvalidInput: The caller hid the number, or it cannot be dialled.
    """
    caller = session.get(Caller, call.caller_id) if call.caller_id else None
    if caller is None:
        raise InvalidInput("A caller without a number cannot be called back.")
    _checked_number(callers.number_of(house, caller))
    entry = queue_repository.live_entry_of_call(session, call.id)
    if entry is None and call.lawyer_id is not None:
        raise Conflict("A lawyer has just taken this caller.")
    known = _open_of(session, caller)
    if known is not None:
        # One wish per person. The place on the line ends; the earlier of the two places counts.
        if entry is not None:
            _move_forward(session, house, known, entry)
            queue.leave(session, house, entry, reason="callback_booked")
        return known
    now = house.clock.now()
    wish = rules.ask(source=Source(source), at=now, quiet=_quiet(house))
    callback = _create(session, house, caller, wish, language=language, topic=topic)
    if entry is None:
        queue.enter(session, house, callback=callback, language=language, topic=topic)
    else:
        callback.placed_at = entry.placed_at
        queue.change_to_callback(session, house, entry, callback)
    return callback


def find(session: Session, callback_id: str) -> Callback:
    """The wish.

    Raises:
        NotFound: There is none of that id.
    """
    callback = session.get(Callback, callback_id)
    if callback is None:
        raise NotFound(f"There is no call back {callback_id}.")
    return callback


def find_by_token(session: Session, callback_id: str, token: str) -> Callback:
    """The wish, for the citizen who holds its token.

    Raises:
        NotFound: There is none, or the token is not its own; one answer for both.
    """
    callback = session.get(Callback, callback_id)
    digest = hashlib.sha256(token.encode()).hexdigest()
    if callback is None or not hmac.compare_digest(callback.token_hash or "", digest):
        raise NotFound(f"There is no call back {callback_id} with this token.")
    return callback


def cancel(session: Session, house: House, callback: Callback) -> None:
    """Ends a wish; cancelling an ended one changes nothing."""
    wish = _wish(callback)
    if wish.is_open:
        _store(session, house, callback, rules.cancel(wish))
        _end_entry(session, house, callback, reason="cancelled")


def supersede_of_caller(session: Session, house: House, caller_id: str) -> None:
    """Ends the open wish of a person who has got through in another way."""
    caller = session.get(Caller, caller_id)
    callback = _open_of(session, caller) if caller is not None else None
    if callback is not None and callback.state == CallbackState.WAITING:
        _store(session, house, callback, rules.supersede(_wish(callback)))
        _end_entry(session, house, callback, reason="superseded")


def begin_attempt(session: Session, house: House, callback_id: str) -> int | None:
    """Claims the next attempt: one conditional UPDATE, so that nobody is dialled twice at once.

    Returns:
        The attempt's number, which its result must carry; None if this process shall not dial.
    """
    callback = find(session, callback_id)
    known = callback.attempts
    try:
        wish = rules.begin_attempt(
            _wish(callback), known_attempts=known, at=house.clock.now(), quiet=_quiet(house)
        )
    except Conflict:
        return None
    claimed = session.exec(
        update(Callback)
        .where(
            col(Callback.id) == callback_id,
            col(Callback.state) == CallbackState.WAITING.value,
            col(Callback.attempts) == known,
        )
        .values(state=wish.state.value, attempts=wish.attempts)
    )
    if claimed.rowcount != 1:
        return None
    session.refresh(callback)
    _store(session, house, callback, wish)
    return wish.attempts


def connected(session: Session, house: House, callback_id: str, *, attempt: int) -> None:
    """The citizen picked up: the promise is kept, the place in the queue is history."""
    callback = _locked(session, callback_id)
    _end_attempt(session, house, callback, AttemptResult.ANSWERED, attempt=attempt)
    if callback.state == CallbackState.CONNECTED:
        _end_entry(session, house, callback, reason="served")


def attempt_failed(
    session: Session, house: House, callback_id: str, *, attempt: int, result: str
) -> None:
    """The citizen was not reached: another attempt later in the old place, or the end of them.

    The result of an attempt that is no longer the latest changes nothing.
    """
    callback = _locked(session, callback_id)
    outcome = _RESULTS.get(result, AttemptResult.FAILED)
    if not _end_attempt(session, house, callback, outcome, attempt=attempt):
        return
    entry = _entry_of(session, callback)
    if entry is None:
        return
    if callback.state == CallbackState.WAITING:
        queue.put_back(session, house, entry)
    else:
        _end_entry(session, house, callback, reason="exhausted")


def _locked(session: Session, callback_id: str) -> Callback:
    """The wish, and nobody else's result before ours (SQLite has one writer anyway)."""
    callback = session.get(Callback, callback_id, with_for_update=True)
    return callback if callback is not None else find(session, callback_id)


def _end_attempt(
    session: Session, house: House, callback: Callback, result: AttemptResult, *, attempt: int
) -> bool:
    before = _wish(callback)
    wish = rules.end_attempt(
        before, attempt=attempt, result=result, at=house.clock.now(), quiet=_quiet(house)
    )
    if wish is before:
        return False
    _store(session, house, callback, wish)
    return True


def _create(
    session: Session,
    house: House,
    caller: Caller,
    wish: Wish,
    *,
    language: str,
    topic: str | None,
) -> Callback:
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
    _tell(session, house, callback)
    return callback


def _store(session: Session, house: House, callback: Callback, wish: Wish) -> None:
    callback.state, callback.attempts = wish.state.value, wish.attempts
    callback.next_attempt_at = wish.next_attempt_at
    callback.last_result = wish.last_result.value if wish.last_result else None
    if not wish.is_open:
        callback.closed_at = house.clock.now()
    session.add(callback)
    _tell(session, house, callback)


def _wish(callback: Callback) -> Wish:
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


def _move_forward(session: Session, house: House, callback: Callback, entry: QueueEntry) -> None:
    """The caller's place on the line is older than the wish's: the wish takes it over."""
    kept = _entry_of(session, callback)
    if kept is not None and entry.placed_at < kept.placed_at:
        kept.placed_at = entry.placed_at
        queue.tell(session, house, kept)


def _end_entry(session: Session, house: House, callback: Callback, *, reason: str) -> None:
    entry = _entry_of(session, callback)
    if entry is None:
        return
    if not queue.leave(session, house, entry, reason=reason) and entry.state != "left":
        queue.serve(session, house, entry, reason=reason)


def _entry_of(session: Session, callback: Callback) -> QueueEntry | None:
    query = select(QueueEntry).where(
        col(QueueEntry.callback_id) == callback.id, col(QueueEntry.state) != "left"
    )
    return session.exec(query).first()


def _open_of(session: Session, caller: Caller) -> Callback | None:
    query = select(Callback).where(
        col(Callback.caller_id) == caller.id,
        col(Callback.state).in_([state.value for state in rules.OPEN_STATES]),
    )
    return session.exec(query).first()


def _by_key(session: Session, key: str) -> Callback | None:
    return session.exec(select(Callback).where(col(Callback.idempotency_key) == key)).first()


def _token_of(house: House, callback: Callback) -> str:
    """The citizen's token: derived, so that a repeated request gets the same one again."""
    if callback.idempotency_key is None:
        return secrets.token_urlsafe(24)
    return house.vault.index(f"{callback.id}:{callback.idempotency_key}", purpose="callback.token")


def _digest(house: House, caller: Caller, *parts: object) -> str:
    text = "|".join([caller.id, *(str(part) for part in parts)])
    return house.vault.index(text, purpose="callback.request")


def _checked_number(number: str) -> str:
    digits = [character for character in number if character.isdigit()]
    if not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER + 4:
        raise InvalidInput("Write a telephone number with its area code, such as 13800001234.")
    return number


def _quiet(house: House) -> QuietHours:
    return QuietHours(zone=house.settings.zone)


def _tell(session: Session, house: House, callback: Callback) -> None:
    house.record(session, EventType.CALLBACK_CHANGED, callback_id=callback.id, state=callback.state)
