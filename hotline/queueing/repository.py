"""Queries about the queue."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, exists, func, or_, select

from hotline.agents.rules import LawyerState
from hotline.calls.legs import LAWYER
from hotline.queueing.rules import CloseReason, Idle, Priority, Waiting
from hotline.tables import Call, Callback, Lawyer, Leg, Offer, QueueEntry, User

_AVOIDED = (CloseReason.EXPIRED, CloseReason.DECLINED, CloseReason.UNACKNOWLEDGED)
LIVE_STATES = ("waiting", "offered")
# In these a lawyer takes callers, or will when the present one is served.
_ON_DUTY = tuple(
    state.value
    for state in LawyerState
    if state not in (LawyerState.OFFLINE, LawyerState.LOST, LawyerState.BUSY, LawyerState.BREAK)
)

# Can take a caller now: available, connected, active.
_IS_IDLE = (
    col(Lawyer.state) == LawyerState.AVAILABLE.value,
    col(Lawyer.disconnected_at).is_(None),
    col(Lawyer.connected_at).is_not(None),
    col(User.is_active),
)

# What each round asks with nothing to fill in is put together once: for SQLAlchemy that is more
# work than to carry it out.
_LIVE_ENTRIES = select(QueueEntry).where(col(QueueEntry.state).in_(LIVE_STATES))
_OPEN_OFFERS = select(Offer).where(col(Offer.state) == "open")
_IDLE_LAWYERS = select(Lawyer).join(User, col(User.id) == col(Lawyer.user_id)).where(*_IS_IDLE)


def live_entries(session: Session) -> Sequence[QueueEntry]:
    """Everyone who waits or is being offered."""
    return session.exec(_LIVE_ENTRIES).all()


def entries_to_offer(
    session: Session, *, now: datetime, with_callbacks: bool
) -> Sequence[QueueEntry]:
    """Those who could be offered now: callers on the line, and call-backs that are due.

    A call-back that is due may be dialled, too: each round postpones the others
    (hotline.queueing.postponing).
    """
    query = (
        select(QueueEntry)
        .outerjoin(Callback, col(Callback.id) == col(QueueEntry.callback_id))
        .where(col(QueueEntry.state) == "waiting")
    )
    is_call = col(QueueEntry.kind) == "call"
    if not with_callbacks:
        return session.exec(query.where(is_call)).all()
    is_due = (col(Callback.state) == "waiting") & (col(Callback.next_attempt_at) <= now)
    # Whoever is on the line just now cannot be dialled, and need not be.
    on_line = select(Call.id).where(
        col(Call.caller_id) == col(Callback.caller_id), col(Call.state) != "ended"
    )
    is_due &= ~on_line.exists()
    return session.exec(query.where(or_(is_call, is_due))).all()


def is_on_line(session: Session, caller_id: str, *, besides: Call) -> bool:
    """Whether somebody is on the line just now in another call than this one."""
    query = select(Call.id).where(
        col(Call.caller_id) == caller_id, col(Call.state) != "ended", col(Call.id) != besides.id
    )
    return session.exec(query.limit(1)).first() is not None


def entries_ahead(session: Session, *, now: datetime, with_callbacks: bool) -> Sequence[QueueEntry]:
    """Those who could be offered now, and those who are being offered: who is ahead of others."""
    due = entries_to_offer(session, now=now, with_callbacks=with_callbacks)
    return [*due, *(one for one in live_entries(session) if one.state == "offered")]


def as_waiting(session: Session, entries: Sequence[QueueEntry]) -> list[Waiting]:
    """The entries as the rules see them, with the lawyers each has met in vain."""
    avoid = _met_in_vain(session, [entry.id for entry in entries])
    due = _due_moments(session, entries)
    on_duty = _on_duty(session, entries)
    return [
        Waiting(
            id=entry.id,
            language=entry.language,
            topic=entry.topic,
            priority=entry.priority,
            placed_at=entry.placed_at,
            avoid=avoid.get(entry.id, {}),
            since=max(entry.entered_at, due.get(entry.callback_id or "", entry.entered_at)),
            is_on_line=entry.kind == "call",
            sticky_lawyer_id=(
                entry.sticky_lawyer_id if entry.sticky_lawyer_id in on_duty else None
            ),
        )
        for entry in entries
    ]


def _met_in_vain(session: Session, ids: Sequence[str]) -> dict[str, dict[str, datetime]]:
    """When each entry was last missed or declined, by lawyer."""
    met: dict[str, dict[str, datetime]] = {}
    query = select(Offer).where(col(Offer.entry_id).in_(ids), col(Offer.reason).in_(_AVOIDED))
    for offer in session.exec(query) if ids else ():
        lawyers = met.setdefault(offer.entry_id, {})
        closed_at = offer.closed_at or offer.made_at
        lawyers[offer.lawyer_id] = max(closed_at, lawyers.get(offer.lawyer_id, closed_at))
    return met


def _due_moments(session: Session, entries: Sequence[QueueEntry]) -> dict[str, datetime]:
    """When each call-back may be dialled: before that nobody searches for a lawyer."""
    ids = [entry.callback_id for entry in entries if entry.callback_id is not None]
    if not ids:
        return {}
    query = select(Callback.id, Callback.next_attempt_at).where(col(Callback.id).in_(ids))
    return dict(session.exec(query).all())


def _on_duty(session: Session, entries: Sequence[QueueEntry]) -> set[str]:
    """Of the lawyers whom these callers should have, those who will be free again soon."""
    ids = {entry.sticky_lawyer_id for entry in entries} - {None}
    if not ids:
        return set()
    query = select(Lawyer.user_id).where(
        col(Lawyer.user_id).in_(ids),
        col(Lawyer.state).in_(_ON_DUTY),
        col(Lawyer.disconnected_at).is_(None),
    )
    return set(session.exec(query).all())


def is_anybody_idle(session: Session) -> bool:
    """Whether some lawyer can take a caller now."""
    query = select(Lawyer.user_id).join(User, col(User.id) == col(Lawyer.user_id))
    return session.exec(query.where(*_IS_IDLE).limit(1)).first() is not None


def idle_lawyers(session: Session, *, day_from: datetime | None = None) -> list[Idle]:
    """The lawyers who can take a caller now: available, connected, active.

    Args:
        session: The deed's session.
        day_from: From when on each lawyer's callers are counted; None: nobody asks for it.
    """
    lawyers = session.exec(_IDLE_LAWYERS).all()
    ids = [lawyer.user_id for lawyer in lawyers]
    served = _served(session, ids, day_from) if day_from is not None else {}
    return [
        Idle(
            id=lawyer.user_id,
            languages=frozenset(lawyer.languages),
            topics=frozenset(lawyer.topics),
            idle_since=lawyer.idle_since or lawyer.state_since,
            served_today=served.get(lawyer.user_id, 0),
            language_levels=lawyer.language_levels,
            topic_levels=lawyer.topic_levels,
        )
        for lawyer in lawyers
    ]


def _served(session: Session, ids: Sequence[str], day_from: datetime) -> dict[str, int]:
    """How many callers each of these lawyers has taken since then."""
    if not ids:
        return {}
    query = (
        select(Offer.lawyer_id, func.count())
        .where(
            col(Offer.lawyer_id).in_(ids),
            col(Offer.state) == "accepted",
            col(Offer.closed_at) >= day_from,
        )
        .group_by(col(Offer.lawyer_id))
    )
    return dict(session.exec(query).all())


def open_offers(session: Session) -> Sequence[Offer]:
    """Every offer that rings."""
    return session.exec(_OPEN_OFFERS).all()


def open_offer_of_entry(session: Session, entry_id: str) -> Offer | None:
    """The offer that rings somewhere for this entry."""
    query = select(Offer).where(col(Offer.entry_id) == entry_id, col(Offer.state) == "open")
    return session.exec(query).first()


def open_offer_of_lawyer(session: Session, lawyer_id: str) -> Offer | None:
    """The offer that rings at this lawyer's."""
    query = select(Offer).where(col(Offer.lawyer_id) == lawyer_id, col(Offer.state) == "open")
    return session.exec(query).first()


def live_entry_of_call(session: Session, call_id: str) -> QueueEntry | None:
    """The place in the queue that a call holds now."""
    query = select(QueueEntry).where(
        col(QueueEntry.call_id) == call_id, col(QueueEntry.state).in_(LIVE_STATES)
    )
    return session.exec(query).first()


def taken_entry_of_call(session: Session, call_id: str) -> QueueEntry | None:
    """The place that a lawyer took, as long as that lawyer is with the caller."""
    with_lawyer = exists().where(
        col(Leg.call_id) == col(QueueEntry.call_id),
        col(Leg.state) != "closed",
        col(Leg.role) == LAWYER,
    )
    query = select(QueueEntry).where(
        col(QueueEntry.call_id) == call_id, col(QueueEntry.state) == "accepted", with_lawyer
    )
    return session.exec(query.order_by(col(QueueEntry.id).desc())).first()


def first_entered_at(session: Session, call_id: str) -> datetime | None:
    """When a call came into the queue first; None if it never did."""
    query = select(QueueEntry.entered_at).where(col(QueueEntry.call_id) == call_id)
    return session.exec(query.order_by(col(QueueEntry.entered_at)).limit(1)).first()


def class_of_call(session: Session, call: Call) -> int:
    """The highest class of urgency that the call's places have had."""
    is_of_call = col(QueueEntry.call_id) == call.id
    if call.callback_id is not None:
        is_of_call |= col(QueueEntry.callback_id) == call.callback_id
    query = select(func.max(QueueEntry.priority)).where(is_of_call)
    return session.exec(query).one() or Priority.NORMAL


def unserved_entry_of_call(session: Session, call_id: str) -> QueueEntry | None:
    """The place that a lawyer took of a caller who never heard one."""
    query = (
        select(QueueEntry)
        .join(Call, col(Call.id) == col(QueueEntry.call_id))
        .where(
            col(QueueEntry.call_id) == call_id,
            col(QueueEntry.state) == "accepted",
            col(Call.bridged_at).is_(None),
        )
    )
    return session.exec(query.order_by(col(QueueEntry.id).desc())).first()
