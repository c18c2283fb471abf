"""One round of dispatching: what has run out is ended, who waits is offered.

Everything happens in one transaction under the dispatcher's fence, so that a round is carried out
whole or not at all, and a dispatcher that lost its lease in its sleep changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from hotline.agents import service as agents
from hotline.agents.rules import (
    ACKNOWLEDGE_SECONDS,
    CONNECTION_GRACE_SECONDS,
    LawyerState,
    Reason,
)
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import repository
from hotline.queueing.configuration import QueueRules
from hotline.queueing.offers import close_offer, make_offer
from hotline.queueing.rules import CloseReason, match
from hotline.tables import Lawyer, Offer, QueueEntry


def run_round(session: Session, house: House, *, fence: int) -> datetime | None:
    """Carries out what is due now.

    Returns:
        When the next thing runs out, if nothing else happens before; None if nothing will.
    """
    now = house.clock.now()
    _close_overdue_offers(session, house, now)
    _end_overdue_states(session, house, now)
    session.flush()
    rules = configuration.current(session, QueueRules)
    _offer_the_waiting(session, house, now, fence, rules)
    session.flush()
    return _next_deadline(session, now, rules)


def _open_offers(session: Session) -> Sequence[Offer]:
    return session.exec(select(Offer).where(col(Offer.state) == "open")).all()


def _close_overdue_offers(session: Session, house: House, now: datetime) -> None:
    for offer in _open_offers(session):
        if offer.expires_at <= now:
            close_offer(session, house, offer, reason=CloseReason.EXPIRED)
        elif offer.acknowledged_at is None and _acknowledge_by(offer) <= now:
            close_offer(session, house, offer, reason=CloseReason.UNACKNOWLEDGED)


def _acknowledge_by(offer: Offer) -> datetime:
    return offer.made_at + timedelta(seconds=ACKNOWLEDGE_SECONDS)


def _end_overdue_states(session: Session, house: House, now: datetime) -> None:
    grace = timedelta(seconds=CONNECTION_GRACE_SECONDS)
    for lawyer in session.exec(select(Lawyer).where(col(Lawyer.state).in_(_WATCHED))):
        if lawyer.state == LawyerState.WRAP_UP and _is_past(lawyer.state_until, now):
            agents.end_wrap_up(session, house, lawyer)
        if lawyer.state == LawyerState.AVAILABLE and (
            lawyer.disconnected_at is not None and lawyer.disconnected_at + grace <= now
        ):
            agents.change(
                session,
                house,
                lawyer,
                LawyerState.LOST,
                by="system",
                reason=Reason.CONNECTION_LOST.value,
            )


_WATCHED = (LawyerState.WRAP_UP.value, LawyerState.AVAILABLE.value)


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _offer_the_waiting(
    session: Session, house: House, now: datetime, fence: int, rules: QueueRules
) -> None:
    idle = repository.idle_lawyers(session)
    if not idle:
        return
    with_callbacks = house.settings.can_dial
    entries = repository.entries_to_offer(session, now=now, with_callbacks=with_callbacks)
    for pair in match(repository.as_waiting(session, entries), idle, now=now, rules=rules):
        entry = session.get_one(QueueEntry, pair.waiting.id)
        lawyer = agents.find(session, pair.lawyer.id)
        make_offer(session, house, entry, lawyer, fence=fence)


def _next_deadline(session: Session, now: datetime, rules: QueueRules) -> datetime | None:
    deadlines = [
        offer.expires_at if offer.acknowledged_at else min(offer.expires_at, _acknowledge_by(offer))
        for offer in _open_offers(session)
    ]
    for lawyer in session.exec(select(Lawyer).where(col(Lawyer.state).in_(_WATCHED))):
        if lawyer.state_until is not None:
            deadlines.append(lawyer.state_until)
        if lawyer.disconnected_at is not None:
            deadlines.append(lawyer.disconnected_at + timedelta(seconds=CONNECTION_GRACE_SECONDS))
    avoided = timedelta(seconds=rules.avoid_seconds)
    recent = now - avoided
    closed = select(Offer).where(col(Offer.state) == "closed", col(Offer.closed_at) > recent)
    deadlines += [
        offer.closed_at + avoided for offer in session.exec(closed) if offer.closed_at is not None
    ]
    return min(deadlines, default=None)
