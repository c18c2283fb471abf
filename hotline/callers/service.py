"""The people who call: found by a blind index, named only to those who may know."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from hotline.callers.rules import (
    CALLER_LOST,
    EarlierCall,
    OpenTicket,
    Record,
    Standing,
    born_of,
    groups_of,
    standing,
)
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.ids import new_id
from hotline.privacy import mask_number, normalise_number
from hotline.queueing.configuration import QueueRules
from hotline.queueing.repository import LIVE_STATES
from hotline.queueing.rules import Priority
from hotline.tables import Call, Caller, QueueEntry, Ticket, User

_NUMBER = "caller.number"
_BORN = "caller.born"

# Who needs the full number for the work: intake officers contact applicants (Legal Aid Law,
# article 43). Everyone else dials through the hotline and sees a mask.
_MAY_SEE_NUMBER = frozenset({"intake"})


def find_or_create(session: Session, house: House, number: str) -> Caller:
    """The caller with this number, made where the number is new."""
    normalised = normalise_number(number)
    index = house.vault.index(normalised, purpose=_NUMBER)
    query = select(Caller).where(col(Caller.number_index) == index)
    caller = session.exec(query).first()
    if caller is not None:
        return caller
    caller = Caller(
        id=new_id("caller", house.clock),
        number_index=index,
        number_sealed=house.vault.seal(normalised, purpose=_NUMBER),
        created_at=house.clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(caller)
            session.flush()
    except IntegrityError:
        # Another process wrote the same number between our look and our write.
        return session.exec(query).one()
    return caller


def number_of(house: House, caller: Caller) -> str:
    """The caller's full number, for dialling; never for a log or an unentitled screen."""
    return house.vault.open(caller.number_sealed, purpose=_NUMBER)


def may_see_number(reader: User | None) -> bool:
    """Whether this reader's role shows full numbers."""
    return reader is not None and not _MAY_SEE_NUMBER.isdisjoint(reader.roles)


def shown_number(
    session: Session, house: House, caller_id: str | None, *, reader: User | None
) -> str | None:
    """The number as this reader may see it; None for a caller who hid it."""
    caller = session.get(Caller, caller_id) if caller_id else None
    if caller is None:
        return None
    number = number_of(house, caller)
    return number if may_see_number(reader) else mask_number(number)


def learn(session: Session, house: House, ticket: Ticket, *, identity: str) -> None:
    """Keeps with the caller what a ticket says of the person, for the next call."""
    caller = session.get(Caller, ticket.caller_id) if ticket.caller_id else None
    if caller is None:
        return
    caller.groups = sorted({*caller.groups, *groups_of(ticket.facts)})
    born = born_of(identity)
    if born is not None:
        caller.born_sealed = house.vault.seal(born.isoformat(), purpose=_BORN)
    session.add(caller)


def standing_of(
    session: Session, house: House, call: Call, *, topic: str | None = None
) -> Standing:
    """How the caller of this call is served; like everybody where the number is withheld."""
    now = house.clock.now()
    rules = configuration.current(session, QueueRules)
    record = _record(session, house, call, since=now - timedelta(days=rules.open_ticket_days))
    today = now.astimezone(house.settings.zone).date()
    cut_off = timedelta(minutes=rules.cut_off_minutes)
    return standing(record, now=now, today=today, cut_off=cut_off, topic=topic)


def hand_place_on(session: Session, house: House, call: Call) -> Sequence[QueueEntry]:
    """Whoever called again while the line of this call lay dead gets its place and class now.

    A dead line is noticed when it has been silent for a while; until then nobody can tell whether a
    second call from the same number is the same person. Only a call that began in that silence can
    be: one that began earlier is somebody else's, such as a colleague's behind one switchboard.

    Args:
        session: The deed's session.
        house: The process's house.
        call: One that has just ended.

    Returns:
        The places that are earlier now; the queue is to be told of them.
    """
    if call.caller_id is None or call.ended_at is None or call.end_reason != CALLER_LOST:
        return ()
    silence = timedelta(seconds=house.settings.rtp_timeout_seconds)
    query = (
        select(QueueEntry)
        .join(Call, col(Call.id) == col(QueueEntry.call_id))
        .where(
            col(Call.caller_id) == call.caller_id,
            col(Call.started_at) >= call.ended_at - silence,
            col(Call.id) != call.id,
            col(QueueEntry.state).in_(LIVE_STATES),
        )
    )
    entries = session.exec(query).all()
    for entry in entries:
        entry.placed_at = min(entry.placed_at, _placed_at(session, call))
        entry.priority = max(entry.priority, Priority.CUT_OFF)
    return entries


def _record(session: Session, house: House, call: Call, *, since: datetime) -> Record:
    caller = session.get(Caller, call.caller_id) if call.caller_id else None
    if caller is None:
        return Record()
    return Record(
        born=_born(house, caller),
        groups=frozenset(caller.groups),
        ticket=_open_ticket(session, call, since=since),
        last=_last_call(session, call),
        language=_last_language(session, call),
    )


def _born(house: House, caller: Caller) -> date | None:
    if caller.born_sealed is None:
        return None
    return date.fromisoformat(house.vault.open(caller.born_sealed, purpose=_BORN))


def _open_ticket(session: Session, call: Call, *, since: datetime) -> OpenTicket | None:
    query = (
        select(Ticket)
        .where(
            col(Ticket.caller_id) == call.caller_id,
            col(Ticket.call_id) != call.id,
            col(Ticket.status) != "done",
            col(Ticket.created_at) > since,
        )
        .order_by(col(Ticket.id).desc())
    )
    ticket = session.exec(query).first()
    if ticket is None:
        return None
    return OpenTicket(ticket.lawyer_id, topic=ticket.topic, matter=ticket.matter)


def _last_call(session: Session, call: Call) -> EarlierCall | None:
    """The last one that is over; calls of ours that nobody answered were none of the caller's."""
    query = (
        select(Call)
        .where(
            col(Call.caller_id) == call.caller_id,
            col(Call.id) != call.id,
            col(Call.ended_at).is_not(None),
            or_(col(Call.direction) == "in", col(Call.answered_at).is_not(None)),
        )
        .order_by(col(Call.ended_at).desc(), col(Call.id).desc())
    )
    last = session.exec(query.limit(1)).first()
    if last is None or last.ended_at is None:
        return None
    reason = last.end_reason or ""
    return EarlierCall(last.ended_at, reason, _placed_at(session, last), topic=last.topic)


def _placed_at(session: Session, call: Call) -> datetime:
    """When an ended call's place in the queue began, or the call where it never had one.

    A place that went over to a call-back has lost its call, but not its caller.
    """
    query = (
        select(QueueEntry.placed_at)
        .where(
            col(QueueEntry.caller_id) == call.caller_id,
            col(QueueEntry.entered_at) >= call.started_at,
            col(QueueEntry.entered_at) <= call.ended_at,
        )
        .order_by(col(QueueEntry.id))
    )
    return session.exec(query.limit(1)).first() or call.started_at


def _last_language(session: Session, call: Call) -> str | None:
    query = (
        select(Call.language)
        .where(
            col(Call.caller_id) == call.caller_id,
            col(Call.id) != call.id,
            col(Call.language).is_not(None),
        )
        .order_by(col(Call.id).desc())
    )
    return session.exec(query).first()
