"""Queries about the queue."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from hotline.agents.rules import LawyerState
from hotline.calls.legs import LAWYER
from hotline.queueing.rules import CloseReason, Idle, Waiting
from hotline.tables import Callback, Lawyer, Leg, Offer, QueueEntry, User

_AVOIDED = (CloseReason.EXPIRED, CloseReason.DECLINED, CloseReason.UNACKNOWLEDGED)
LIVE_STATES = ("waiting", "offered")


def live_entries(session: Session) -> Sequence[QueueEntry]:
    """Everyone who waits or is being offered."""
    query = select(QueueEntry).where(col(QueueEntry.state).in_(LIVE_STATES))
    return session.exec(query).all()


def entries_to_offer(
    session: Session, *, now: datetime, with_callbacks: bool
) -> Sequence[QueueEntry]:
    """Those who could be offered now: callers on the line, and call-backs that are due."""
    query = (
        select(QueueEntry)
        .outerjoin(Callback, col(Callback.id) == col(QueueEntry.callback_id))
        .where(col(QueueEntry.state) == "waiting")
    )
    is_call = col(QueueEntry.kind) == "call"
    if not with_callbacks:
        return session.exec(query.where(is_call)).all()
    is_due = (col(Callback.state) == "waiting") & (col(Callback.next_attempt_at) <= now)
    return session.exec(query.where(or_(is_call, is_due))).all()


def as_waiting(session: Session, entries: Sequence[QueueEntry]) -> list[Waiting]:
    """The entries as the rules see them, with the lawyers each has met in vain."""
    ids = [entry.id for entry in entries]
    avoid: dict[str, dict[str, datetime]] = {}
    query = select(Offer).where(col(Offer.entry_id).in_(ids), col(Offer.reason).in_(_AVOIDED))
    for offer in session.exec(query) if ids else ():
        met = avoid.setdefault(offer.entry_id, {})
        closed_at = offer.closed_at or offer.made_at
        met[offer.lawyer_id] = max(closed_at, met.get(offer.lawyer_id, closed_at))
    return [
        Waiting(
            id=entry.id,
            language=entry.language,
            topic=entry.topic,
            priority=entry.priority,
            placed_at=entry.placed_at,
            avoid=avoid.get(entry.id, {}),
        )
        for entry in entries
    ]


def idle_lawyers(session: Session) -> list[Idle]:
    """The lawyers who can take a caller now: available, connected, active."""
    query = (
        select(Lawyer)
        .join(User, col(User.id) == col(Lawyer.user_id))
        .where(
            col(Lawyer.state) == LawyerState.AVAILABLE.value,
            col(Lawyer.disconnected_at).is_(None),
            col(Lawyer.connected_at).is_not(None),
            col(User.is_active),
        )
    )
    return [
        Idle(
            id=lawyer.user_id,
            languages=frozenset(lawyer.languages),
            topics=frozenset(lawyer.topics),
            idle_since=lawyer.idle_since or lawyer.state_since,
        )
        for lawyer in session.exec(query)
    ]


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
    with_lawyer = select(Leg.call_id).where(col(Leg.state) != "closed", col(Leg.role) == LAWYER)
    query = select(QueueEntry).where(
        col(QueueEntry.call_id) == call_id,
        col(QueueEntry.state) == "accepted",
        col(QueueEntry.call_id).in_(with_lawyer),
    )
    return session.exec(query.order_by(col(QueueEntry.id).desc())).first()
