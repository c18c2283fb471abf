"""The queue: getting a place, giving it up, and who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from hotline.configuration import service as configuration
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import repository
from hotline.queueing.configuration import QueueRules
from hotline.queueing.offers import close_offer
from hotline.queueing.rules import CloseReason, Priority, in_order, positions
from hotline.tables import Call, Callback, QueueEntry


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits, as boards show it. Position 1 is next in the language."""

    entry: QueueEntry
    position: int
    waiting_seconds: float


def enter(
    session: Session,
    house: House,
    *,
    language: str,
    topic: str | None,
    call: Call | None = None,
    callback: Callback | None = None,
    priority: int = Priority.NORMAL,
    placed_at: datetime | None = None,
    at_head: bool = False,
    sticky_lawyer_id: str | None = None,
) -> QueueEntry:
    """Gives a call or a call-back a place; a call that already has one keeps it.

    A call that a lawyer has taken in the meantime gets no second place: the telephone asks again
    when the first confirmation was slow, and must not have the caller offered twice.

    Args:
        session: The deed's session.
        house: The process's house.
        language: What the lawyer must speak.
        topic: What the lawyer must know; None: anything.
        call: Who waits on the line, or:
        callback: Who is to be dialled.
        priority: See `Priority`.
        placed_at: When the place began, if not now.
        at_head: Because a talk was cut off: in the call's first place, and as urgent as that.
        sticky_lawyer_id: Whom the caller should have, if that lawyer is on duty and soon free.
    """
    if call is not None and (held := _held_by(session, call, at_head=at_head)):
        return held
    now = house.clock.now()
    placed_at = placed_at or now
    if at_head and call is not None:
        priority = max(priority, Priority.CUT_OFF)
        placed_at = min(placed_at, _first_place_of(session, call) or now)
    owner = call or callback
    entry = QueueEntry(
        id=new_id("qe", house.clock),
        kind="call" if call is not None else "callback",
        call_id=call.id if call is not None else None,
        callback_id=callback.id if callback is not None else None,
        caller_id=owner.caller_id if owner is not None else None,
        language=language,
        topic=topic,
        priority=priority,
        placed_at=placed_at,
        entered_at=now,
        sticky_lawyer_id=sticky_lawyer_id,
    )
    session.add(entry)
    session.flush()
    tell(session, house, entry)
    return entry


def _held_by(session: Session, call: Call, *, at_head: bool) -> QueueEntry | None:
    live = repository.live_entry_of_call(session, call.id)
    if live is not None or at_head:
        # Whoever goes back to the head has just lost the lawyer.
        return live
    return repository.taken_entry_of_call(session, call.id)


def leave(session: Session, house: House, entry: QueueEntry, *, reason: str) -> bool:
    """Gives a place up, unless a lawyer has already taken it. Nobody is left ringing.

    Returns:
        Whether the place was still held.
    """
    if entry.state not in repository.LIVE_STATES:
        return False
    close_offer_of(session, house, entry, reason=CloseReason.CALLER_GONE)
    entry.state, entry.left_reason, entry.left_at = "left", reason, house.clock.now()
    tell(session, house, entry)
    return True


def change_to_callback(
    session: Session, house: House, entry: QueueEntry, callback: Callback
) -> bool:
    """The caller hangs up and will be dialled instead: same place, same order.

    Returns:
        False if a lawyer has already taken the caller; then nothing has changed.
    """
    if entry.state not in repository.LIVE_STATES:
        return False
    close_offer_of(session, house, entry, reason=CloseReason.SUPERSEDED)
    entry.kind, entry.callback_id, entry.call_id = "callback", callback.id, None
    entry.state = "waiting"
    tell(session, house, entry)
    return True


def put_back(session: Session, house: House, entry: QueueEntry) -> None:
    """A taken place is free again (a call-back that was not answered): same order as before."""
    entry.state, entry.left_at = "waiting", None
    tell(session, house, entry)


def raise_priority(session: Session, house: House, entry: QueueEntry, priority: int) -> None:
    """Serves a place that is still held as more urgent; it never becomes less so. Idempotent."""
    if entry.state in repository.LIVE_STATES and entry.priority < priority:
        entry.priority = priority
        tell(session, house, entry)


def serve(session: Session, house: House, entry: QueueEntry, *, reason: str = "served") -> None:
    """The person behind an accepted place has been served; the place is history."""
    entry.state, entry.left_reason, entry.left_at = "left", reason, house.clock.now()
    tell(session, house, entry)


def waiting(session: Session, house: House) -> Sequence[Place]:
    """Everyone who waits on the line or is due to be dialled, in the order of service."""
    entries = repository.live_entries(session)
    by_id = {entry.id: entry for entry in entries}
    now, rules = house.clock.now(), configuration.current(session, QueueRules)
    rows = in_order(repository.as_waiting(session, entries), now=now, rules=rules)
    places = positions(rows, now=now, rules=rules)
    return [
        Place(by_id[row.id], places[row.id], (now - by_id[row.id].entered_at).total_seconds())
        for row in rows
    ]


def positions_of_calls(session: Session, house: House) -> dict[str, int]:
    """The place of every call on the line, by call; call-backs that are not due count for none."""
    return {one.call_id: place for one, place in _positions(session, house) if one.call_id}


def positions_of_callbacks(session: Session, house: House) -> dict[str, int]:
    """The place of every call-back that is due, by call-back; nothing to dial with, none is."""
    found = _positions(session, house)
    return {one.callback_id: place for one, place in found if one.callback_id}


def _positions(session: Session, house: House) -> list[tuple[QueueEntry, int]]:
    now, rules = house.clock.now(), configuration.current(session, QueueRules)
    can_dial = house.settings.can_dial
    entries = repository.entries_ahead(session, now=now, with_callbacks=can_dial)
    places = positions(repository.as_waiting(session, entries), now=now, rules=rules)
    return [(entry, places[entry.id]) for entry in entries]


def tell(session: Session, house: House, entry: QueueEntry) -> None:
    """Writes an entry's new state, its fence and the event."""
    entry.fence += 1
    session.add(entry)
    session.flush()
    house.record(
        session,
        EventType.QUEUE_CHANGED,
        entry_id=entry.id,
        state=entry.state,
        call_id=entry.call_id,
        callback_id=entry.callback_id,
    )


def close_offer_of(
    session: Session, house: House, entry: QueueEntry, *, reason: CloseReason
) -> None:
    """Ends whatever rings for this entry."""
    offer = repository.open_offer_of_entry(session, entry.id)
    if offer is not None:
        close_offer(session, house, offer, reason=reason)


def _first_place_of(session: Session, call: Call) -> datetime | None:
    """When the call first had a place."""
    query = select(func.min(QueueEntry.placed_at)).where(col(QueueEntry.call_id) == call.id)
    first: datetime | None = session.exec(query).one()
    return first
