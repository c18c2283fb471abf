"""After a death: what the last ivr process of this node left behind is put in order.

A dead process takes its telephone calls with it. Their rows end, their lawyers go to wrap-up, and
callers who waited or talked become call-backs in their old place, so that nobody is lost.
"""

import logging

from sqlmodel import Session, col, select

from callback import attempts, service as callbacks
from hotline.calls import service as calls
from hotline.errors import HotlineError
from hotline.house import House
from hotline.queueing import repository as queue_repository, service as queue
from hotline.tables import Call, Callback, QueueEntry
from hotline.transcripts import service as transcripts
from recordings import storage

log = logging.getLogger(__name__)

_REASON = "ivr_restarted"

# So many calls are one transaction: on a busy machine each waits its turn to write, and the new
# process takes no calls before all are in order. More would keep the others from writing too long.
_CALLS_AT_ONCE = 20

# Calls in these states had been served, or were being dialled, which is tried again anyway.
_NOTHING_OWED = frozenset({"rating", "dialling", "transferred"})


def recover(house: House, *, node: str) -> int:
    """Puts in order what earlier processes of this node left; returns how many calls that were.

    A second death loses the progress of one batch, which is put in order anew. A call whose rows
    cannot be put in order is left as it is and logged; the others do not suffer from it.
    """
    with house.database.reading() as session:
        lost = [call.id for call in calls.unended(session) if call.node in (node, "")]
    for start in range(0, len(lost), _CALLS_AT_ONCE):
        with house.database.session() as session:
            for call_id in lost[start : start + _CALLS_AT_ONCE]:
                _put_in_order(session, house, call_id)
    with house.database.session() as session:
        _free_taken_callbacks(session, house)
    with house.database.session() as session:
        storage.finish_orphans(session, house)
    if lost:
        log.warning("calls of a dead process were ended", extra={"calls": len(lost)})
    return len(lost)


def _put_in_order(session: Session, house: House, call_id: str) -> None:
    """Ends one call, whole or not at all."""
    try:
        with session.begin_nested():
            _end_lost_call(session, house, calls.find(session, call_id))
    except Exception:
        log.exception("a call of a dead process could not be ended", extra={"lost_call": call_id})


def _end_lost_call(session: Session, house: House, call: Call) -> None:
    if call.callback_id is not None and not call.node:
        # A lawyer took the call-back, and nobody heard of it any more.
        attempts.refuse(session, house, call)
        return
    entry = queue_repository.live_entry_of_call(session, call.id)
    is_kept = call.state not in _NOTHING_OWED and _keep_as_callback(session, house, call, entry)
    if entry is not None and not is_kept:
        queue.leave(session, house, entry, reason=_REASON)
    if call.callback_id is not None:
        attempts.attempt_failed(session, house, call, result=_REASON)
    transcripts.close_streams_of(session, house, call.id)
    calls.end(session, house, call, reason=_REASON)


def _keep_as_callback(session: Session, house: House, call: Call, entry: QueueEntry | None) -> bool:
    """Whether the caller who was cut off will be dialled instead."""
    language = entry.language if entry is not None else call.language
    topic = entry.topic if entry is not None else call.topic
    try:
        callbacks.request_from_call(
            session,
            house,
            call,
            language=language or house.settings.languages[0],
            topic=topic,
            source="lost",
        )
    except HotlineError:
        # No number to dial: there is no way to find this caller again.
        return False
    return True


def _free_taken_callbacks(session: Session, house: House) -> None:
    """A call-back that a lawyer took but nobody dialled goes back to its place."""
    query = (
        select(QueueEntry)
        .join(Callback, col(Callback.id) == col(QueueEntry.callback_id))
        .where(
            col(QueueEntry.state) == "accepted",
            col(QueueEntry.kind) == "callback",
            col(Callback.state) == "waiting",
        )
    )
    for entry in session.exec(query):
        queue.put_back(session, house, entry)
