"""One round of dispatching: what has run out is ended, who waits is offered.

Everything happens in one transaction under the dispatcher's fence, so that a round is carried out
whole or not at all, and a dispatcher that lost its lease in its sleep changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from hotline.agents import service as agents
from hotline.agents.configuration import DutyRules
from hotline.agents.rules import LawyerState, Reason
from hotline.clock import start_of_day
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import repository, service as queue
from hotline.queueing.configuration import QueueRules, Strategy
from hotline.queueing.matching import match
from hotline.queueing.offers import close_offer, make_offer
from hotline.queueing.overflow import next_moment, overflow
from hotline.queueing.postponing import postpone
from hotline.queueing.rules import CloseReason, Waiting
from hotline.tables import Lawyer, Offer, QueueEntry


def run_round(session: Session, house: House, *, fence: int) -> datetime | None:
    """Carries out what is due now.

    Returns:
        When the next thing runs out, if nothing else happens before; None if nothing will.
    """
    now = house.clock.now()
    duty = configuration.current(session, DutyRules)
    rules = configuration.current(session, QueueRules)
    ringing = _close_overdue_offers(session, house, now, duty)
    watched = _end_overdue_states(session, house, now, duty)
    session.flush()
    postpone(session, house, now=now, rings_for=duty.offer_time(house.settings))
    with_callbacks = house.settings.can_dial
    entries = repository.entries_to_offer(session, now=now, with_callbacks=with_callbacks)
    waiting = repository.as_waiting(session, entries)
    # The rows are kept at hand: the session forgets those that nobody holds, and reads each again.
    _note_overflow(session, house, list(zip(entries, waiting, strict=True)), now, rules)
    ringing += _offer(session, house, waiting, now=now, fence=fence, duty=duty, rules=rules)
    session.flush()
    return min(
        (
            *_ends_of_offers(ringing, duty),
            *_ends_of_states(watched, duty),
            *_moments_of_callers(waiting, now, rules),
        ),
        default=None,
    )


def _close_overdue_offers(
    session: Session, house: House, now: datetime, duty: DutyRules
) -> list[Offer]:
    """Ends the offers that have run out; returns those that go on ringing."""
    ringing = []
    for offer in repository.open_offers(session):
        if offer.expires_at <= now:
            close_offer(session, house, offer, reason=CloseReason.EXPIRED)
        elif offer.acknowledged_at is None and _acknowledge_by(offer, duty) <= now:
            close_offer(session, house, offer, reason=CloseReason.UNACKNOWLEDGED)
        else:
            ringing.append(offer)
    return ringing


def _acknowledge_by(offer: Offer, duty: DutyRules) -> datetime:
    return offer.made_at + timedelta(seconds=duty.acknowledge_seconds)


def _end_overdue_states(
    session: Session, house: House, now: datetime, duty: DutyRules
) -> Sequence[Lawyer]:
    """Ends the states that have run out; returns all lawyers whose state can."""
    grace = timedelta(seconds=duty.grace_seconds)
    watched = session.exec(_WATCHED_LAWYERS).all()
    for lawyer in watched:
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
    return watched


_WATCHED = (LawyerState.WRAP_UP.value, LawyerState.AVAILABLE.value)
_WATCHED_LAWYERS = select(Lawyer).where(col(Lawyer.state).in_(_WATCHED))


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _note_overflow(
    session: Session,
    house: House,
    waiting: Sequence[tuple[QueueEntry, Waiting]],
    now: datetime,
    rules: QueueRules,
) -> None:
    """Writes down who has come a step further, so that announcements can offer what it allows."""
    for entry, one in waiting:
        step = overflow(one, now=now, rules=rules).step
        if entry.overflow_step != step:
            entry.overflow_step = step
            queue.tell(session, house, entry)


def _offer(
    session: Session,
    house: House,
    waiting: Sequence[Waiting],
    *,
    now: datetime,
    fence: int,
    duty: DutyRules,
    rules: QueueRules,
) -> list[Offer]:
    """Offers callers to lawyers; returns the offers."""
    is_by_day = rules.strategy is Strategy.FEWEST_TODAY
    day_from = start_of_day(now, house.settings.zone) if is_by_day else None
    idle = repository.idle_lawyers(session, day_from=day_from)
    pairs = match(waiting, idle, now=now, rules=rules)
    ids = [pair.lawyer.id for pair in pairs]
    lawyers = session.exec(select(Lawyer).where(col(Lawyer.user_id).in_(ids))).all() if ids else ()
    by_id = {lawyer.user_id: lawyer for lawyer in lawyers}
    return [
        make_offer(
            session,
            house,
            session.get_one(QueueEntry, pair.waiting.id),
            by_id[pair.lawyer.id],
            duty=duty,
            fence=fence,
            needs_interpreter=pair.needs_interpreter,
        )
        for pair in pairs
    ]


def _ends_of_offers(ringing: Sequence[Offer], duty: DutyRules) -> list[datetime]:
    return [
        offer.expires_at
        if offer.acknowledged_at
        else min(offer.expires_at, _acknowledge_by(offer, duty))
        for offer in ringing
    ]


def _ends_of_states(watched: Sequence[Lawyer], duty: DutyRules) -> list[datetime]:
    grace = timedelta(seconds=duty.grace_seconds)
    ends = []
    for lawyer in watched:
        if lawyer.state not in _WATCHED:
            continue
        if lawyer.state_until is not None:
            ends.append(lawyer.state_until)
        if lawyer.disconnected_at is not None:
            ends.append(lawyer.disconnected_at + grace)
    return ends


def _moments_of_callers(
    waiting: Sequence[Waiting], now: datetime, rules: QueueRules
) -> list[datetime]:
    """When callers may be offered to lawyers to whom they may not be offered now."""
    avoided = timedelta(seconds=rules.avoid_seconds)
    again = [met + avoided for one in waiting for met in one.avoid.values() if met + avoided > now]
    wider = (next_moment(one, now=now, rules=rules) for one in waiting)
    return again + [moment for moment in wider if moment is not None]
