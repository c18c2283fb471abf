"""Attempts to reach somebody: claimed by one process, ended by the one result that counts.

A lawyer who takes a call-back makes the outbound call; the process that claims it dials. What came
of it counts as long as it is the wish's latest call.
"""

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from callback import rules
from callback.repository import end_entry, entry_of, find, quiet_hours, retry_delays, store, wish_of
from callback.rules import AttemptResult, CallbackState
from hotline.agents.rules import Reason
from hotline.calls import legs, service as calls
from hotline.errors import Conflict
from hotline.house import House
from hotline.queueing import repository as queue_repository, service as queue
from hotline.tables import Call, Callback

# What a dialler outside of the rules may say of a failed attempt; anything else counts as failed.
_RESULTS = {result.value: result for result in AttemptResult} | {
    "rejected": AttemptResult.BUSY,
    "timeout": AttemptResult.NO_ANSWER,
    "lawyer_unreached": AttemptResult.CANCELLED,
    "ivr_restarted": AttemptResult.LOST,
}

NOT_DIALLED = "not_dialled"
"""Why a call ended whose citizen was not to be dialled any more when the lawyer had accepted."""


def begin_attempt(session: Session, house: House, call: Call, *, node: str) -> bool:
    """Claims the attempt for a process: one conditional UPDATE, so that nobody is dialled twice.

    Not where the wish has ended or its time is over, where the citizen is calling just now, or
    where the lawyer has hung up already. Then the call is to be refused.

    Args:
        session: The deed's session.
        house: The process's house.
        call: The outbound call that the lawyer's acceptance has made.
        node: The process that dials.

    Returns:
        Whether it shall dial.
    """
    callback = _callback_of(session, call)
    if queue_repository.is_on_line(session, callback.caller_id, besides=call):
        return False
    if not legs.open_legs(session, call.id, role=legs.LAWYER):
        return False
    try:
        wish = rules.begin_attempt(
            wish_of(callback), at=house.clock.now(), quiet=quiet_hours(session, house)
        )
    except Conflict:
        return False
    claimed = session.exec(
        update(Callback)
        .where(col(Callback.id) == callback.id, col(Callback.state) == CallbackState.WAITING.value)
        .values(state=wish.state.value)
    )
    if claimed.rowcount != 1:
        return False
    session.refresh(callback)
    store(session, house, callback, wish)
    call.node = node
    session.add(call)
    session.flush()
    return True


def refuse(session: Session, house: House, call: Call) -> None:
    """Ends a call that was accepted and shall not be dialled: everything is as before the offer.

    The lawyer is free at once and told why; a wish that is still open keeps its place. A call that
    has ended is left as it is.
    """
    if call.state == calls.ENDED:
        return
    calls.release_lawyer(session, house, call, reason=Reason.NOT_DIALLED)
    calls.end(session, house, call, reason=NOT_DIALLED)
    callback = _callback_of(session, call)
    entry = entry_of(session, callback)
    if entry is not None and (entry.state, callback.state) == ("accepted", CallbackState.WAITING):
        queue.put_back(session, house, entry)


def connected(session: Session, house: House, call: Call) -> None:
    """The citizen picked up: the promise is kept, the place in the queue is history."""
    callback = _callback_of(session, call)
    _end_attempt(session, house, call, callback, AttemptResult.ANSWERED)
    if callback.state == CallbackState.CONNECTED:
        end_entry(session, house, callback, reason="served")


def attempt_failed(session: Session, house: House, call: Call, *, result: str) -> None:
    """The citizen was not reached: another attempt later in the old place, or the end of them.

    The result of a call that is no longer the wish's latest changes nothing.
    """
    callback = _callback_of(session, call)
    outcome = _RESULTS.get(result, AttemptResult.FAILED)
    if not _end_attempt(session, house, call, callback, outcome):
        return
    entry = entry_of(session, callback)
    if entry is None:
        return
    if callback.state == CallbackState.WAITING:
        queue.put_back(session, house, entry)
    else:
        end_entry(session, house, callback, reason="exhausted")


def latest_call(session: Session, callback: Callback) -> Call | None:
    """The call that dials, or dialled last."""
    query = select(Call).where(col(Call.callback_id) == callback.id, col(Call.node) != "")
    return session.exec(query.order_by(col(Call.id).desc()).limit(1)).first()


def _callback_of(session: Session, call: Call) -> Callback:
    """The wish, and nobody else's result before ours (SQLite has one writer anyway)."""
    callback = session.get(Callback, call.callback_id, with_for_update=True)
    return callback if callback is not None else find(session, str(call.callback_id))


def _end_attempt(
    session: Session, house: House, call: Call, callback: Callback, result: AttemptResult
) -> bool:
    latest = latest_call(session, callback)
    if latest is None or latest.id != call.id:
        return False
    before = wish_of(callback)
    wish = rules.end_attempt(
        before,
        result=result,
        at=house.clock.now(),
        quiet=quiet_hours(session, house),
        delays=retry_delays(session),
        unreached=_dialled(session, callback) - before.attempts,
    )
    if wish is before:
        return False
    store(session, house, callback, wish)
    return True


def _dialled(session: Session, callback: Callback) -> int:
    """How many calls have tried since the person asked."""
    query = (
        select(func.count())
        .select_from(Call)
        .where(
            col(Call.callback_id) == callback.id,
            col(Call.node) != "",
            col(Call.started_at) >= callback.created_at,
        )
    )
    return session.exec(query).one()
