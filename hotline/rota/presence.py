"""Who should be on duty by the rota, and who is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hotline.agents.rules import OFF_DUTY
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.rota import repository, rules
from hotline.rota.configuration import RotaRules
from hotline.rota.repository import span_of
from hotline.rota.rules import Attendance, History, Span
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
    lawyers, shifts = [lawyer for lawyer, _ in known.values()], [shift for _, shift in seats]
    histories = histories_for(session, lawyers, shifts, now=now, tolerances=tolerances)
    due = []
    for seat, shift in seats:
        lawyer, user = known.get(seat.lawyer_id or "", (None, None))
        if lawyer is None or user is None:
            continue
        duty = duty_around(histories[lawyer.user_id], shift, now=now, tolerances=tolerances)
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


def histories_for(
    session: Session,
    lawyers: Sequence[Lawyer],
    shifts: Sequence[RotaShift],
    *,
    now: datetime,
    tolerances: RotaRules,
) -> dict[str, History]:
    """What lawyers did around all these shifts so far, by lawyer."""
    if not lawyers or not shifts:
        return {}
    spans = [_window(shift, now=now, tolerances=tolerances) for shift in shifts]
    window = Span(min(one.starts_at for one in spans), max(one.ends_at for one in spans))
    return repository.histories(session, lawyers, window)


def duty_around(
    history: History, shift: RotaShift, *, now: datetime, tolerances: RotaRules
) -> list[Span]:
    """When a lawyer was on duty for a shift so far, from the tolerance before it on."""
    window = _window(shift, now=now, tolerances=tolerances)
    otherwise = history.state_at(window.starts_at)
    return rules.on_duty(history.inside(window), window, otherwise=otherwise)


def _window(shift: RotaShift, *, now: datetime, tolerances: RotaRules) -> Span:
    begin = shift.starts_at - timedelta(minutes=tolerances.early_minutes)
    return Span(begin, min(now, shift.ends_at))
