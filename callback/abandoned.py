"""Callers who hung up in the queue: on the list by themselves, once per number.

国办函〔2025〕66号 asks that missed calls be called back. The place is that of the call that was
given up, so nobody who holds on is overtaken by more than they were before.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from callback import rules
from callback.repository import open_of, quiet_hours
from callback.wishes import ask_again, create, reachable_caller
from hotline.configuration import service as configuration
from hotline.errors import InvalidInput
from hotline.house import House
from hotline.queueing import repository, service as queue
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.dialling import Source
from hotline.tables import Call, Callback, QueueEntry


def keep(session: Session, house: House, call: Call, entry: QueueEntry) -> Callback | None:
    """Puts a caller who has just hung up in the queue onto the list.

    Args:
        session: The deed's session.
        house: The process's house.
        call: The call that was given up.
        entry: The place that it has just left.

    Returns:
        The wish, or the one that the person has already; None for those who hung up at once, whose
        number is withheld or cannot be dialled, and where administrators do not want it.
    """
    wanted = configuration.current(session, CallbackRules)
    now = house.clock.now()
    waited = (now - _waits_since(session, call, entry)).total_seconds()
    if not wanted.keep_abandoned or waited <= wanted.abandoned_seconds:
        return None
    try:
        caller = reachable_caller(session, house, call)
    except InvalidInput:
        return None
    begin = now + timedelta(seconds=wanted.abandoned_delay_seconds)
    wish = rules.ask(source=Source.ABANDONED, at=begin, quiet=quiet_hours(session, house))
    priority = repository.class_of_call(session, call)
    known = open_of(session, caller)
    if known is not None:
        ask_again(
            session,
            house,
            known,
            wish,
            language=entry.language,
            topic=entry.topic,
            priority=priority,
            placed_at=entry.placed_at,
        )
        return known
    callback = create(session, house, caller, wish, language=entry.language, topic=entry.topic)
    callback.call_id, callback.placed_at = call.id, entry.placed_at
    queue.enter(
        session,
        house,
        callback=callback,
        language=entry.language,
        topic=entry.topic,
        priority=priority,
        placed_at=entry.placed_at,
    )
    return callback


def _waits_since(session: Session, call: Call, entry: QueueEntry) -> datetime:
    """Since this place began; since the first one, if nobody who took the call was ever heard."""
    if call.bridged_at is not None:
        return entry.entered_at
    return repository.first_entered_at(session, call.id) or entry.entered_at
