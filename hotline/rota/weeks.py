"""Planning a week like another."""

from datetime import date, timedelta

from sqlmodel import Session

from hotline.errors import Conflict
from hotline.house import House
from hotline.rota import repository, rules, service
from hotline.rota.rules import Span
from hotline.rota.service import NewSeat
from hotline.tables import RotaSeat, RotaShift, User


def copy_week(
    session: Session, house: House, *, monday: date, to: date, by: User
) -> list[RotaShift]:
    """Plans a week's shifts once more, with the lawyers who can have the seats again.

    Args:
        session: The deed's session.
        house: The process's house.
        monday: The first of the seven days to copy.
        to: The first of the seven days to plan.
        by: Who plans.

    Raises:
        Conflict: There are shifts in that week already.
    """
    zone = house.settings.zone
    if repository.shifts_begun_in(session, rules.days_span(to, 7, zone)):
        raise Conflict("There are shifts in that week already.", reason="week_taken")
    copies = []
    for shift in repository.shifts_begun_in(session, rules.days_span(monday, 7, zone)):
        seats = repository.seats_of(session, [shift.id])
        begins, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        # By the clock on the wall, so that summer time moves no shift.
        moved = timedelta(days=(to - monday).days)
        span = rules.local_span(begins.date() + moved, begins.time(), ends.time(), zone)
        wanted = [_seat_again(session, seat, span) for seat in seats]
        copies.append(
            service.plan_span(session, house, span, label=shift.label, seats=wanted, by=by)
        )
    return copies


def _seat_again(session: Session, seat: RotaSeat, span: Span) -> NewSeat:
    lawyer_id = seat.lawyer_id
    if lawyer_id is not None and service.refusal(session, seat, lawyer_id, span=span) is not None:
        lawyer_id = None
    return NewSeat(seat.language, seat.topic, lawyer_id)
