"""Attempts to reach somebody: claimed by one process, ended by the one result that counts."""

from sqlalchemy import update
from sqlmodel import Session, col

from callback import rules
from callback.repository import end_entry, entry_of, find, quiet_hours, retry_delays, store, wish_of
from callback.rules import AttemptResult, CallbackState
from hotline.errors import Conflict
from hotline.house import House
from hotline.queueing import service as queue
from hotline.tables import Callback

# What a dialler outside of the rules may say of a failed attempt; anything else counts as failed.
_RESULTS = {result.value: result for result in AttemptResult} | {
    "rejected": AttemptResult.BUSY,
    "timeout": AttemptResult.NO_ANSWER,
    "cancelled": AttemptResult.FAILED,
    "ivr_restarted": AttemptResult.LOST,
}


def begin_attempt(session: Session, house: House, callback_id: str) -> int | None:
    """Claims the next attempt: one conditional UPDATE, so that nobody is dialled twice at once.

    Returns:
        The attempt's number, which its result must carry; None if this process shall not dial.
    """
    callback = find(session, callback_id)
    known = callback.attempts
    try:
        wish = rules.begin_attempt(
            wish_of(callback),
            known_attempts=known,
            at=house.clock.now(),
            quiet=quiet_hours(session, house),
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
    store(session, house, callback, wish)
    return wish.attempts


def connected(session: Session, house: House, callback_id: str, *, attempt: int) -> None:
    """The citizen picked up: the promise is kept, the place in the queue is history."""
    callback = _locked(session, callback_id)
    _end_attempt(session, house, callback, AttemptResult.ANSWERED, attempt=attempt)
    if callback.state == CallbackState.CONNECTED:
        end_entry(session, house, callback, reason="served")


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
    entry = entry_of(session, callback)
    if entry is None:
        return
    if callback.state == CallbackState.WAITING:
        queue.put_back(session, house, entry)
    else:
        end_entry(session, house, callback, reason="exhausted")


def _locked(session: Session, callback_id: str) -> Callback:
    """The wish, and nobody else's result before ours (SQLite has one writer anyway)."""
    callback = session.get(Callback, callback_id, with_for_update=True)
    return callback if callback is not None else find(session, callback_id)


def _end_attempt(
    session: Session, house: House, callback: Callback, result: AttemptResult, *, attempt: int
) -> bool:
    before = wish_of(callback)
    wish = rules.end_attempt(
        before,
        attempt=attempt,
        result=result,
        at=house.clock.now(),
        quiet=quiet_hours(session, house),
        delays=retry_delays(session),
    )
    if wish is before:
        return False
    store(session, house, callback, wish)
    return True
