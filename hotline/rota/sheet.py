"""The monthly sheet: shifts, duty, calls and minutes of each lawyer, as CSV for a spreadsheet."""

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from hotline.configuration import service as configuration
from hotline.house import House
from hotline.rota import repository, rules
from hotline.rota.configuration import RotaRules
from hotline.rota.presence import duty_around, histories_for
from hotline.rota.repository import span_of
from hotline.rota.rules import History, Span, cell
from hotline.tables import RotaShift

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
    now, tolerances = house.clock.now(), configuration.current(session, RotaRules)
    histories = histories_for(
        session,
        [lawyer for lawyer, _ in known.values()],
        [shift for some in shifts.values() for shift in some],
        now=now,
        tolerances=tolerances,
    )
    lines = []
    for lawyer_id, (_, user) in known.items():
        kept: Counter[str] = Counter()
        for shift in shifts.get(lawyer_id, []):
            kept += _kept(histories[lawyer_id], shift, now=now, tolerances=tolerances)
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


def _begun(session: Session, house: House, window: Span) -> dict[str, list[RotaShift]]:
    now = house.clock.now()
    begun: dict[str, list[RotaShift]] = defaultdict(list)
    for seat, shift in repository.taken_seats(session, window):
        if seat.lawyer_id and window.starts_at <= shift.starts_at <= now:
            begun[seat.lawyer_id].append(shift)
    return begun


def _kept(
    history: History, shift: RotaShift, *, now: datetime, tolerances: RotaRules
) -> Counter[str]:
    """One shift: lateness or absence, and seconds planned and kept."""
    span = span_of(shift)
    duty = duty_around(history, shift, now=now, tolerances=tolerances)
    came_at = rules.first_seen(span, duty, tolerances)
    return Counter(
        shifts=1,
        planned=round(span.seconds),
        kept=round(rules.seconds_kept(span, duty)),
        late=int(rules.is_late(span, came_at, tolerances)),
        absent=int(came_at is None and span.ends_at <= now),
    )


def _minutes(seconds: float) -> int:
    return round(seconds / 60)
