"""The rota: planning shifts, giving their seats, and whether somebody is there by plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from hotline.audit import audit
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.rota import repository, rules
from hotline.rota.configuration import RotaRules
from hotline.rota.repository import span_of
from hotline.rota.rules import Refusal, Skills, Span
from hotline.tables import RotaSeat, RotaShift, User

# A rota is kept if there is a shift this near; a plan that nobody goes on with closes no hotline.
_KEPT = timedelta(days=7)
_MOST_SEATS = 100
# The longest duty that rules can allow, for finding the shifts that a stretch is made of.
_LONGEST_STRETCH = timedelta(hours=48)

_SENTENCES = {
    Refusal.TAKEN: "Somebody else has this seat already.",
    Refusal.OVERLAP: "The lawyer has another shift at that time.",
    Refusal.LANGUAGE: "The lawyer does not speak the language of this seat.",
    Refusal.TOPIC: "The lawyer does not take the topic of this seat.",
    Refusal.TOO_LONG: "The lawyer would be on duty without a gap for longer than the rules allow.",
    Refusal.INACTIVE: "This lawyer may not sign in, and so can take no seat.",
}


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A seat to make; empty language or topic: any."""

    language: str | None = None
    topic: str | None = None
    lawyer_id: str | None = None


def plan(
    session: Session,
    house: House,
    *,
    day: date,
    begins: time,
    ends: time,
    label: str,
    seats: Sequence[NewSeat],
    by: User,
) -> RotaShift:
    """Plans a shift by the clock on the wall; one that ends no later than it begins ends next day.

    Raises:
        Conflict: A lawyer cannot have a seat; `reason` is a `Refusal`. Nothing has changed.
        InvalidInput: Too many seats, or none.
    """
    span = rules.local_span(day, begins, ends, house.settings.zone)
    return plan_span(session, house, span, label=label, seats=seats, by=by)


def plan_span(
    session: Session, house: House, span: Span, *, label: str, seats: Sequence[NewSeat], by: User
) -> RotaShift:
    """Plans a shift by its moments; raises what `plan` raises."""
    if not 0 < len(seats) <= _MOST_SEATS:
        raise InvalidInput(f"A shift has 1 to {_MOST_SEATS} seats.")
    shift = RotaShift(
        id=new_id("shift", house.clock),
        label=label.strip(),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        created_at=house.clock.now(),
        created_by=by.id,
    )
    session.add(shift)
    session.flush()
    for new in seats:
        add_seat(session, house, shift, new, by=by)
    audit(session, house, by, "rota.shift_planned", shift.id, seats=len(seats))
    return shift


def remove_shift(session: Session, house: House, shift: RotaShift, *, by: User) -> None:
    """Takes a shift out, with its seats and what was asked about them."""
    for seat in repository.seats_of(session, [shift.id]):
        _remove_seat(session, seat)
    _tell(session, house, shift.id)
    session.delete(shift)
    audit(session, house, by, "rota.shift_removed", shift.id)


def add_seat(
    session: Session, house: House, shift: RotaShift, new: NewSeat, *, by: User
) -> RotaSeat:
    """Adds a seat to a shift.

    Raises:
        Conflict: The lawyer cannot have it; `reason` is a `Refusal`.
    """
    seat = RotaSeat(
        id=new_id("seat", house.clock),
        shift_id=shift.id,
        language=new.language or None,
        topic=new.topic or None,
    )
    session.add(seat)
    session.flush()
    _tell(session, house, shift.id)
    if new.lawyer_id is not None:
        give(session, house, seat, new.lawyer_id, by=by)
    return seat


def remove_seat(session: Session, house: House, seat: RotaSeat, *, by: User) -> None:
    """Takes a seat out of its shift."""
    _remove_seat(session, seat)
    _tell(session, house, seat.shift_id)
    audit(session, house, by, "rota.seat_removed", seat.id)


def _remove_seat(session: Session, seat: RotaSeat) -> None:
    for swap in repository.swaps_of_seats(session, [seat.id]):
        session.delete(swap)
    session.flush()
    session.delete(seat)
    session.flush()


def give(
    session: Session,
    house: House,
    seat: RotaSeat,
    lawyer_id: str,
    *,
    by: User,
    instead_of: str | None = None,
) -> None:
    """Gives an open seat to a lawyer, or that of another who is named.

    Raises:
        Conflict: The seat is taken, or the lawyer cannot have it; `reason` is a `Refusal`.
        NotFound: There is no such lawyer.
    """
    if seat.lawyer_id == lawyer_id:
        return
    if seat.lawyer_id not in (None, instead_of):
        refuse(Refusal.TAKEN)
    refuse(refusal(session, seat, lawyer_id))
    put(session, house, seat, lawyer_id, by=by)


def take_back(session: Session, house: House, seat: RotaSeat, *, by: User) -> None:
    """Makes a seat open again; what was asked about it falls."""
    put(session, house, seat, None, by=by)


def put(session: Session, house: House, seat: RotaSeat, lawyer_id: str | None, *, by: User) -> None:
    """Writes whose seat it is; the caller has checked that it may be."""
    seat.lawyer_id = lawyer_id
    seat.assigned_at = house.clock.now() if lawyer_id is not None else None
    seat.assigned_by = by.id if lawyer_id is not None else None
    session.add(seat)
    for swap in repository.swaps_of_seats(session, [seat.id]):
        if swap.state in repository.OPEN_SWAPS:
            swap.state, swap.decided_at = "void", house.clock.now()
            session.add(swap)
    session.flush()
    audit(session, house, by, "rota.seat_given", seat.id, lawyer_id=lawyer_id)
    _tell(session, house, seat.shift_id)


def refusal(
    session: Session,
    seat: RotaSeat,
    lawyer_id: str,
    *,
    span: Span | None = None,
    without: str | None = None,
) -> Refusal | None:
    """Why a lawyer cannot have a seat; None when they can.

    Args:
        session: The deed's session; the lawyer's row stays locked until it ends.
        seat: The seat.
        lawyer_id: The lawyer.
        span: When it is, if not when its shift is.
        without: A seat that the lawyer gives up for it.

    Raises:
        NotFound: There is no such lawyer.
    """
    lawyer = repository.lock(session, lawyer_id)
    user = session.get(User, lawyer_id)
    if lawyer is None or user is None:
        raise NotFound(f"There is no duty lawyer {lawyer_id}.")
    if not user.is_active:
        return Refusal.INACTIVE
    skills = Skills(frozenset(lawyer.languages), frozenset(lawyer.topics))
    lacking = rules.lacks(skills, language=seat.language, topic=seat.topic)
    if lacking is not None:
        return lacking
    span = span or span_of(find_shift(session, seat.shift_id))
    window = Span(span.starts_at - _LONGEST_STRETCH, span.ends_at + _LONGEST_STRETCH)
    others = [
        span_of(shift)
        for other, shift in repository.taken_seats(session, window, lawyer_id=lawyer_id)
        if other.id not in (seat.id, without)
    ]
    return rules.clash(span, others, configuration.current(session, RotaRules))


def refuse(reason: Refusal | None) -> None:
    """Refuses for a reason; None lets pass.

    Raises:
        Conflict: There is a reason.
    """
    if reason is not None:
        raise Conflict(_SENTENCES[reason], reason=reason.value)


def find_shift(session: Session, shift_id: str) -> RotaShift:
    """The shift.

    Raises:
        NotFound: There is none of that id.
    """
    shift = session.get(RotaShift, shift_id)
    if shift is None:
        raise NotFound(f"There is no shift {shift_id}.")
    return shift


def find_seat(session: Session, seat_id: str) -> RotaSeat:
    """The seat.

    Raises:
        NotFound: There is none of that id.
    """
    seat = session.get(RotaSeat, seat_id)
    if seat is None:
        raise NotFound(f"There is no seat {seat_id}.")
    return seat


def is_staffed(session: Session, now: datetime, language: str | None = None) -> bool | None:
    """Whether the rota has somebody on duty now, who speaks the language if one is given.

    Returns:
        None when no rota is kept: there is no shift within a week before and after.
    """
    window = Span(now - _KEPT, now + _KEPT)
    if not repository.shifts_in(session, window):
        return None
    moment = Span(now, now + timedelta(microseconds=1))
    ids = {seat.lawyer_id for seat, _ in repository.taken_seats(session, moment)}
    known = repository.lawyers(session, (each for each in ids if each is not None))
    return any(
        user.is_active and (language is None or language in lawyer.languages)
        for lawyer, user in known.values()
    )


def _tell(session: Session, house: House, shift_id: str) -> None:
    house.record(session, EventType.ROTA_CHANGED, shift_id=shift_id)
