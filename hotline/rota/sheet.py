"""The monthly sheet: shifts, duty, calls and minutes of each lawyer, as CSV for a spreadsheet."""

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from hotline.configuration import service as configuration
from hotline.house import House
from hotline.rota import repository, rules
from hotline.rota.configuration import RotaRules
from hotline.rota.presence import duty_around
from hotline.rota.repository import span_of
from hotline.rota.rules import Span, cell
from hotline.tables import Lawyer, RotaSeat, RotaShift

_HEADER = (
    "姓名",
    "账号",
    "排班次数",
    "排班分钟",
    "在岗分钟",
    "迟到次数",
    "缺勤次数",
    "接听通数",
    "通话分钟",
)
# Excel takes a file without it for the local code page (Microsoft 365, "Opening CSV UTF-8 files").
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One lawyer's month; minutes are rounded to whole ones."""

    name: str
    username: str
    shifts: int
    planned_minutes: int
    kept_minutes: int
    late: int
    absent: int
    calls: int
    talk_minutes: int


def sheet(session: Session, house: House, month: date) -> list[Line]:
    """The month that a day lies in, for everybody with a shift or a call in it, by user name.

    A shift counts in the month it begins in, once it has begun; an absence once it is over. Duty
    is what lies inside shifts; calls count by the moment the lawyer was put through.
    """
    window = rules.month_span(month, house.settings.zone)
    shifts = _begun(session, house, window)
    talks: dict[str, list[timedelta]] = defaultdict(list)
    for lawyer_id, duration in repository.talks(session, window):
        talks[lawyer_id].append(duration)
    known = repository.lawyers(session, {*shifts, *talks})
    lines = []
    for lawyer_id, (lawyer, user) in known.items():
        kept = _kept(session, house, lawyer, [shift for _, shift in shifts.get(lawyer_id, [])])
        lines.append(
            Line(
                name=user.display_name,
                username=user.username,
                calls=len(talks[lawyer_id]),
                talk_minutes=_minutes(sum(each.total_seconds() for each in talks[lawyer_id])),
                shifts=kept["shifts"],
                planned_minutes=_minutes(kept["planned"]),
                kept_minutes=_minutes(kept["kept"]),
                late=kept["late"],
                absent=kept["absent"],
            )
        )
    return sorted(lines, key=lambda line: line.username)


def as_csv(lines: list[Line]) -> str:
    """The sheet as text, UTF-8 with a byte order mark once encoded."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for line in lines:
        writer.writerow(
            [
                cell(value)
                for value in (
                    line.name,
                    line.username,
                    line.shifts,
                    line.planned_minutes,
                    line.kept_minutes,
                    line.late,
                    line.absent,
                    line.calls,
                    line.talk_minutes,
                )
            ]
        )
    return _BYTE_ORDER_MARK + out.getvalue()


def _begun(
    session: Session, house: House, window: Span
) -> dict[str, list[tuple[RotaSeat, RotaShift]]]:
    now = house.clock.now()
    begun: dict[str, list[tuple[RotaSeat, RotaShift]]] = defaultdict(list)
    for seat, shift in repository.taken_seats(session, window):
        if seat.lawyer_id and window.starts_at <= shift.starts_at <= now:
            begun[seat.lawyer_id].append((seat, shift))
    return begun


def _kept(session: Session, house: House, lawyer: Lawyer, shifts: list[RotaShift]) -> Counter[str]:
    """Shifts, lateness and absences, and seconds planned and kept."""
    tolerances = configuration.current(session, RotaRules)
    now = house.clock.now()
    counts: Counter[str] = Counter()
    for shift in shifts:
        span = span_of(shift)
        duty = duty_around(session, lawyer, shift, now=now, tolerances=tolerances)
        came_at = rules.first_seen(span, duty, tolerances)
        counts["shifts"] += 1
        counts["planned"] += round(span.seconds)
        counts["kept"] += round(rules.seconds_kept(span, duty))
        counts["late"] += rules.is_late(span, came_at, tolerances)
        counts["absent"] += came_at is None and span.ends_at <= now
    return counts


def _minutes(seconds: float) -> int:
    return round(seconds / 60)
