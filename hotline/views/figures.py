"""The figures of the day for the wallboard.

Definitions follow GB/T 33358 (answering within 15 s, share of calls answered) and the usual ones of
call centres: the day begins at 00:00 in the installation's time zone; a caller counts from the
moment of entering the queue; one who changed to a call-back is not lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, func, select

from hotline.agents.rules import IN_CALL, OFF_DUTY, LawyerState
from hotline.announcements.service import now_on
from hotline.clock import start_of_day
from hotline.flows import board as flow_board
from hotline.queueing.forecasts import accuracy
from hotline.queueing.service import waiting
from hotline.tables import Call, Callback, Intake, Lawyer, Offer, QueueEntry
from hotline.trunk_board import TrunkNow, hear
from hotline.views.intakes import open_count
from hotline.views.reader import Reader, Shape

# GB/T 33358-2016: a call is to be answered within 15 seconds.
ANSWER_SECONDS = 15

_ON_DUTY = frozenset(LawyerState) - OFF_DUTY


class Summary(Shape):
    """The figures of the day, as they were at `at`.

    `waiting` and `longest_wait_seconds` are of callers on the line now. `entered` counts callers
    who asked for a lawyer today, `answered` those who got one, `abandoned` those who left the queue
    in vain. `service_level` is the share of those answered within
    `service_level_seconds` (`answered_in_time`) among all who were answered or lost,
    `connected_rate` the share answered at any time; both are None while there is nobody to count.
    `forecasts` counts callers who were told a range of minutes and then served: the share served
    within it, within it or sooner, and the median of how far off the middle was.
    """

    at: datetime
    day_from: datetime
    waiting: int
    longest_wait_seconds: int
    calls_now: int
    calls_today: int
    entered: int
    answered: int
    answered_in_time: int
    abandoned: int
    service_level_seconds: int
    service_level: float | None
    connected_rate: float | None
    average_wait_seconds: float | None
    average_talk_seconds: float | None
    lawyers_on_duty: int
    lawyers_available: int
    lawyers_talking: int
    callbacks_waiting: int
    intakes_open: int
    intakes_today: int
    trunks: tuple[TrunkNow, ...] = ()
    announcements: tuple[str, ...] = ()
    flow_problems: tuple[str, ...] = ()
    forecasts: int = 0
    forecasts_in_range: float | None = None
    forecasts_not_later: float | None = None
    forecast_error_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Contact:
    """One caller's wish for a lawyer: seconds until answered, or lost, or neither yet."""

    answered_after: float | None
    is_lost: bool


def summary(reader: Reader) -> Summary:
    """Counts the day."""
    now = reader.house.clock.now()
    day_from = start_of_day(now, reader.house.settings.zone)
    contacts = _contacts(reader, day_from)
    waits = [one.answered_after for one in contacts if one.answered_after is not None]
    in_time = sum(1 for wait in waits if wait <= ANSWER_SECONDS)
    abandoned = sum(1 for one in contacts if one.is_lost)
    on_line = [place for place in waiting(reader.session, reader.house) if place.entry.call_id]
    states = reader.session.exec(select(Lawyer.state)).all()
    told = accuracy(reader.session, since=day_from)
    return Summary(
        at=now,
        day_from=day_from,
        waiting=len(on_line),
        longest_wait_seconds=int(max((place.waiting_seconds for place in on_line), default=0)),
        calls_now=_count(reader, Call, col(Call.ended_at).is_(None)),
        calls_today=_count(reader, Call, col(Call.started_at) >= day_from),
        entered=len(contacts),
        answered=len(waits),
        answered_in_time=in_time,
        abandoned=abandoned,
        service_level_seconds=ANSWER_SECONDS,
        service_level=_share(in_time, len(waits) + abandoned),
        connected_rate=_share(len(waits), len(waits) + abandoned),
        average_wait_seconds=_mean(waits),
        average_talk_seconds=_mean(_talks(reader, day_from)),
        lawyers_on_duty=sum(1 for state in states if state in _ON_DUTY),
        lawyers_available=states.count(LawyerState.AVAILABLE.value),
        lawyers_talking=sum(state in IN_CALL for state in states),
        callbacks_waiting=_count(reader, Callback, col(Callback.state) == "waiting"),
        intakes_open=open_count(reader),
        intakes_today=_count(reader, Intake, col(Intake.submitted_at) >= day_from),
        trunks=tuple(trunk for node in hear(reader.house) for trunk in node.trunks),
        announcements=tuple(each.text for each in now_on(reader.session, now)),
        flow_problems=tuple(
            each.problem for each in flow_board.hear(reader.house) if each.problem is not None
        ),
        forecasts=told.count,
        forecasts_in_range=told.in_range,
        forecasts_not_later=told.not_later,
        forecast_error_seconds=told.median_error_seconds,
    )


def _contacts(reader: Reader, day_from: datetime) -> list[_Contact]:
    """Everyone who entered the queue on the line today; a call counts once, however often."""
    accepted = aliased(Offer)
    query = (
        select(QueueEntry, accepted)
        .outerjoin(
            accepted,
            (col(accepted.entry_id) == col(QueueEntry.id)) & (col(accepted.state) == "accepted"),
        )
        .where(col(QueueEntry.kind) == "call", col(QueueEntry.entered_at) >= day_from)
        .order_by(col(QueueEntry.entered_at), col(QueueEntry.id))
    )
    contacts: dict[str, _Contact] = {}
    for entry, offer in reader.session.exec(query):
        if entry.call_id is None or contacts.get(entry.call_id, _OPEN).answered_after is not None:
            continue
        contacts[entry.call_id] = _contact(entry, offer)
    return list(contacts.values())


_OPEN = _Contact(answered_after=None, is_lost=False)


def _contact(entry: QueueEntry, offer: Offer | None) -> _Contact:
    if offer is not None and offer.closed_at is not None:
        seconds = (offer.closed_at - entry.entered_at).total_seconds()
        return _Contact(answered_after=max(0.0, seconds), is_lost=False)
    return _Contact(answered_after=None, is_lost=entry.state == "left")


def _talks(reader: Reader, day_from: datetime) -> list[float]:
    query = select(Call.bridged_at, Call.ended_at).where(
        col(Call.started_at) >= day_from,
        col(Call.bridged_at).is_not(None),
        col(Call.ended_at).is_not(None),
    )
    return [
        (ended_at - bridged_at).total_seconds()
        for bridged_at, ended_at in reader.session.exec(query)
        if bridged_at is not None and ended_at is not None
    ]


def _count(reader: Reader, table: type[SQLModel], condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(condition)
    return reader.session.exec(query).one()


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None
