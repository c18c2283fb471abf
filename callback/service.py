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

from sqlmodel import Session

from callback import rules
from callback.repository import (
    by_key,
    count_since,
    end_entry,
    entry_of,
    open_of,
    open_wishes_of,
    quiet_hours,
    store,
    wish_of,
)
from callback.wishes import ask_again, checked_number, create, reachable_caller
from hotline.callers import service as callers
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotFound, TooMany
from hotline.house import House
from hotline.queueing import repository as queue_repository, service as queue
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.dialling import DAY, Source, Window
from hotline.queueing.rules import CloseReason
from hotline.tables import Call, Callback, Caller


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
    caller = callers.find_or_create(session, house, checked_number(number))
    digest = _digest(house, caller, language, topic, window_from, window_to)
    if idempotency_key is not None:
        known = by_key(session, idempotency_key)
        if known is not None:
            if known.idempotency_digest != digest:
                raise InvalidInput("This Idempotency-Key was used for another request.")
            return Requested(known, _token_of(house, known), is_new=False)
    window = Window(window_from, window_to) if window_from and window_to else None
    now = house.clock.now()
    wish = rules.ask(source=source, at=now, quiet=quiet_hours(session, house), window=window)
    callback = create(session, house, caller, wish, language=language, topic=topic)
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
    session: Session,
    house: House,
    call: Call,
    *,
    language: str,
    topic: str | None,
    source: str,
    number: str | None = None,
) -> Callback:
    """Takes a wish from a call: the place in the queue, if there is one, is kept, and the class.

    A call that our own failure cut off (`Source.LOST`) without a place in the queue, as in a menu
    or in the talk, has its place from its beginning.

    Args:
        session: The deed's session.
        house: The process's house.
        call: The call.
        language: What the lawyer must speak.
        topic: What the lawyer must know; None: anything.
        source: See `Source`.
        number: What the caller typed; None for the number that the call comes from.

    Raises:
        Conflict: A lawyer has just taken the caller; the talk is about to begin.
        InvalidInput: The caller hid the number and typed none, or it cannot be dialled.
        TooMany: The typed number has been asked for too often today.
    """
    entry = queue_repository.live_entry_of_call(session, call.id)
    if entry is None and call.lawyer_id is not None and source != Source.LOST:
        raise Conflict("A lawyer has just taken this caller.")
    if number is None:
        caller = reachable_caller(session, house, call)
    else:
        caller = callers.find_or_create(session, house, checked_number(number))
        refuse_too_often(session, house, caller)
    now = house.clock.now()
    # Whoever pressed the key is still hearing the good-bye: dialled now, they would be busy.
    begin = now if source == Source.LOST else now + rules.GOODBYE
    wish = rules.ask(source=Source(source), at=begin, quiet=quiet_hours(session, house))
    priority = queue_repository.class_of_call(session, call)
    placed_at = entry.placed_at if entry is not None else None
    if entry is None and source == Source.LOST:
        placed_at = call.started_at
    known = open_of(session, caller)
    if known is not None:
        # One wish per person. The place on the line ends; the earlier of the two places counts.
        ask_again(
            session,
            house,
            known,
            wish,
            language=language,
            topic=topic,
            priority=priority,
            placed_at=placed_at,
        )
        if entry is not None:
            queue.leave(session, house, entry, reason="callback_booked")
        return known
    callback = create(session, house, caller, wish, language=language, topic=topic)
    callback.call_id = call.id
    callback.placed_at = placed_at or callback.placed_at
    if entry is not None:
        queue.change_to_callback(session, house, entry, callback)
        return callback
    queue.enter(
        session,
        house,
        callback=callback,
        language=language,
        topic=topic,
        priority=priority,
        placed_at=callback.placed_at,
    )
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
    wish = wish_of(callback)
    if wish.is_open:
        store(session, house, callback, rules.cancel(wish))
        end_entry(session, house, callback, reason="cancelled")


def supersede_of_caller(session: Session, house: House, caller_id: str) -> None:
    """Ends the open wishes of a person who has got through in another way.

    Those for another number, which the person typed in an earlier call, end with them; so does one
    that is being dialled just now, or it would be tried again later.
    """
    for callback in open_wishes_of(session, caller_id):
        store(session, house, callback, rules.supersede(wish_of(callback)))
        end_entry(session, house, callback, reason="superseded")


def hold_back(session: Session, house: House, caller: Caller) -> None:
    """Whoever is calling is not rung up: what rings at a lawyer for them is withdrawn."""
    callback = open_of(session, caller)
    entry = entry_of(session, callback) if callback is not None else None
    if entry is not None:
        queue.close_offer_of(session, house, entry, reason=CloseReason.SUPERSEDED)


def refuse_too_often(
    session: Session, house: House, caller: Caller, *, besides: Callback | None = None
) -> None:
    """Checks that a number is not asked for again and again.

    Args:
        session: The deed's session.
        house: The process's house.
        caller: Whose number.
        besides: A wish that is written already and does not count.

    Raises:
        TooMany: It has been, within a day.
    """
    allowed = configuration.current(session, CallbackRules).requests_per_number_a_day
    since = house.clock.now() - DAY
    earlier = count_since(session, caller, since) - (1 if besides is not None else 0)
    if earlier >= allowed:
        raise TooMany(
            "This number has asked to be called back too often today; please dial 12348.",
            retry_after_seconds=int(DAY.total_seconds()),
        )


def _token_of(house: House, callback: Callback) -> str:
    """The citizen's token: derived, so that a repeated request gets the same one again."""
    if callback.idempotency_key is None:
        return secrets.token_urlsafe(24)
    return house.vault.index(f"{callback.id}:{callback.idempotency_key}", purpose="callback.token")


def _digest(house: House, caller: Caller, *parts: object) -> str:
    text = "|".join([caller.id, *(str(part) for part in parts)])
    return house.vault.index(text, purpose="callback.request")
