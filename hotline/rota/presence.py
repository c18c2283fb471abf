"""Who should be on duty by the rota, and who is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hotline.agents.rules import OFF_DUTY
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.rota import repository, rules
from hotline.rota.configuration import RotaRules
from hotline.rota.repository import span_of
from hotline.rota.rules import Attendance, Span
from hotline.tables import Lawyer, RotaSeat, RotaShift


@dataclass(frozen=True, slots=True)
class Keeping:
    """A seat that somebody has now or very soon, and whether it is kept."""

    seat: RotaSeat
    shift: RotaShift
    lawyer_id: str
    attendance: Attendance
    came_at: datetime | None


def now_due(session: Session, house: House, *, lawyer_id: str | None = None) -> list[Keeping]:
    """The seats of shifts that go on now, or begin within the early tolerance.

    Args:
        session: A session that reads.
        house: The process's house.
        lawyer_id: Whose seats; None for everybody's.
    """
    tolerances = configuration.current(session, RotaRules)
    now = house.clock.now()
    ahead = timedelta(minutes=tolerances.early_minutes, microseconds=1)
    seats = repository.taken_seats(session, Span(now, now + ahead), lawyer_id=lawyer_id)
    known = repository.lawyers(session, (seat.lawyer_id for seat, _ in seats if seat.lawyer_id))
    due = []
    for seat, shift in seats:
        lawyer, user = known.get(seat.lawyer_id or "", (None, None))
        if lawyer is None or user is None:
            continue
        duty = duty_around(session, lawyer, shift, now=now, tolerances=tolerances)
        came_at = rules.first_seen(span_of(shift), duty, tolerances)
        due.append(
            Keeping(
                seat=seat,
                shift=shift,
                lawyer_id=lawyer.user_id,
                attendance=rules.attendance(
                    span_of(shift),
                    now=now,
                    came_at=came_at,
                    is_here=lawyer.state not in OFF_DUTY,
                    rules=tolerances,
                ),
                came_at=came_at,
            )
        )
    return due


def duty_around(
    session: Session, lawyer: Lawyer, shift: RotaShift, *, now: datetime, tolerances: RotaRules
) -> list[Span]:
    """When a lawyer was on duty for a shift so far, from the tolerance before it on."""
    begin = shift.starts_at - timedelta(minutes=tolerances.early_minutes)
    window = Span(begin, min(now, shift.ends_at))
    moves = repository.moves(session, lawyer.user_id, window)
    otherwise = lawyer.state if moves else repository.state_at(session, lawyer, begin)
    return rules.on_duty(moves, window, otherwise=otherwise)
