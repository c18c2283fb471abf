"""What callers are told of their wait: made from the database, kept there, and judged by it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, select

from hotline.agents.configuration import DutyRules
from hotline.agents.rules import LawyerState
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import repository
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.configuration import QueueRules
from hotline.queueing.forecast import (
    AVERAGE_TALK_SECONDS,
    CLASSES,
    Forecast,
    Seat,
    Talks,
    WaitClass,
    Wanted,
    classify,
    estimate_all,
    shrunk,
)
from hotline.queueing.overflow import Overflow, overflow
from hotline.queueing.rules import in_order, positions
from hotline.tables import Call, Forecast as ForecastRow, Lawyer, Offer, QueueEntry, User

_TALKS_LOOKED_AT = 400
"""The latest talks tell how long talks are; more of them tell of last month."""

_TALKING = (LawyerState.TALKING.value, LawyerState.HOLDING.value)
_BEGINNING = (LawyerState.RESERVED.value, LawyerState.RINGING.value)
_UNTIL = (LawyerState.WRAP_UP.value, LawyerState.BREAK.value)
_ON_DUTY = (LawyerState.AVAILABLE.value, *_TALKING, *_BEGINNING, *_UNTIL)

_HUNG_UP = ("caller_hung_up", "caller_lost")
_BY_NAME = {one.name: one for one in CLASSES}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody in the queue stands.

    Attributes:
        entry_id: The place.
        call_id: The call on the line; None for somebody who will be dialled.
        position: 1 is next in the language.
        forecast: None while nobody who fits is on duty.
        wait: The range to tell; None without a forecast.
        is_long: Is or has been longer than callers are to bear without being offered a call back.
        may_leave_message: The wait has come so far that the caller may leave a message.
        is_news: Another range than the one told before.
    """

    entry_id: str
    call_id: str | None
    position: int
    forecast: Forecast | None
    wait: WaitClass | None
    is_long: bool
    may_leave_message: bool
    is_news: bool


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How true what callers were told at the beginning has come.

    Attributes:
        count: Callers who were told and then served.
        in_range: The share of them who were served within the range told.
        not_later: The share of them who were served within it or sooner.
        median_error_seconds: Between the wait and the middle of what was reckoned with.
    """

    count: int
    in_range: float | None
    not_later: float | None
    median_error_seconds: float | None


def look(session: Session, house: House) -> dict[str, Standing]:
    """Where everybody in the queue stands now, by the place's id.

    Call-backs that are not due yet, or that nothing can dial, are ahead of nobody and are left out.
    """
    now = house.clock.now()
    rules = configuration.current(session, QueueRules)
    can_dial = house.settings.can_dial
    entries = repository.entries_ahead(session, now=now, with_callbacks=can_dial)
    rows = in_order(repository.as_waiting(session, entries), now=now, rules=rules)
    places = positions(rows, now=now, rules=rules)
    offered = {entry.id for entry in entries if entry.state == "offered"}
    queue = [Wanted(row.id, row.language, row.topic) for row in rows if row.id not in offered]
    forecasts = estimate_all(queue, seats(session, now), talks(session, house)) if queue else {}
    limit = configuration.current(session, CallbackRules).long_wait_minutes * 60
    told = _told(session, [entry.id for entry in entries])
    by_id = {row.id: row for row in rows}
    return {
        entry.id: _standing(
            entry,
            places[entry.id],
            forecasts.get(entry.id),
            overflow(by_id[entry.id], now=now, rules=rules),
            before=told.get(entry.id),
            limit=limit,
        )
        for entry in entries
    }


def _standing(
    entry: QueueEntry,
    position: int,
    forecast: Forecast | None,
    step: Overflow,
    *,
    before: WaitClass | None,
    limit: float,
) -> Standing:
    wait = classify(forecast.said, before=before) if forecast is not None else None
    return Standing(
        entry_id=entry.id,
        call_id=entry.call_id,
        position=position,
        forecast=forecast,
        wait=wait,
        is_long=step.may_be_called_back or (forecast is not None and forecast.said > limit),
        may_leave_message=step.may_leave_message,
        is_news=wait is not None and wait is not before and entry.call_id is not None,
    )


def keep(session: Session, house: House, standings: Collection[Standing]) -> None:
    """Writes down what callers on the line are being told that they had not been told before."""
    now = house.clock.now()
    for one in standings:
        if not one.is_news or one.forecast is None or one.wait is None:
            continue
        session.add(
            ForecastRow(
                entry_id=one.entry_id,
                call_id=one.call_id,
                made_at=now,
                ahead=one.forecast.ahead,
                staff=one.forecast.staff,
                wait_class=one.wait.name,
                low_seconds=one.wait.low_seconds,
                high_seconds=one.wait.high_seconds,
                median_seconds=round(one.forecast.median, 1),
            )
        )


def settle(session: Session, house: House) -> int:
    """Writes down what has come true of the forecasts; returns of how many."""
    query = (
        select(ForecastRow, QueueEntry)
        .join(QueueEntry, col(QueueEntry.id) == col(ForecastRow.entry_id))
        .where(col(ForecastRow.outcome).is_(None))
    )
    count = 0
    for row, entry in session.exec(query).all():
        ended = _outcome(session, entry)
        if ended is None:
            continue
        row.outcome, at = ended
        if at is not None:
            row.waited_seconds = round(max((at - row.made_at).total_seconds(), 0.0), 1)
        row.settled_at = house.clock.now()
        session.add(row)
        count += 1
    return count


def accuracy(session: Session, *, since: datetime) -> Accuracy:
    """How true what callers were told on entering the queue has come since a moment."""
    query = (
        select(ForecastRow)
        .where(col(ForecastRow.made_at) >= since, col(ForecastRow.outcome) == "served")
        .order_by(col(ForecastRow.id))
    )
    first: dict[str, ForecastRow] = {}
    for row in session.exec(query):
        first.setdefault(row.entry_id, row)
    waits = [(row, row.waited_seconds or 0.0) for row in first.values()]
    if not waits:
        return Accuracy(count=0, in_range=None, not_later=None, median_error_seconds=None)
    not_later = [
        row for row, waited in waits if row.high_seconds is None or waited < row.high_seconds
    ]
    in_range = [row for row in not_later if (row.waited_seconds or 0.0) >= row.low_seconds]
    errors = [abs(waited - row.median_seconds) for row, waited in waits]
    return Accuracy(
        count=len(waits),
        in_range=round(len(in_range) / len(waits), 4),
        not_later=round(len(not_later) / len(waits), 4),
        median_error_seconds=round(median(errors), 1),
    )


def seats(session: Session, now: datetime) -> list[Seat]:
    """The lawyers on duty, and when each is free. Who is busy or lost is not reckoned with."""
    query = (
        select(Lawyer, Call)
        .join(User, col(User.id) == col(Lawyer.user_id))
        .outerjoin(Call, col(Call.id) == col(Lawyer.call_id))
        .where(
            col(Lawyer.state).in_(_ON_DUTY),
            col(Lawyer.disconnected_at).is_(None),
            col(User.is_active),
        )
        .order_by(col(Lawyer.user_id))
    )
    found = (_seat(lawyer, call, now) for lawyer, call in session.exec(query))
    return [seat for seat in found if seat is not None]


def _seat(lawyer: Lawyer, call: Call | None, now: datetime) -> Seat | None:
    talked: float | None = None
    free_in = 0.0
    if lawyer.state in _BEGINNING:
        talked = 0.0
    elif lawyer.state in _TALKING:
        since = call.bridged_at if call is not None and call.bridged_at else lawyer.state_since
        talked = max((now - since).total_seconds(), 0.0)
    elif lawyer.state in _UNTIL:
        if lawyer.state_until is None:
            return None
        free_in = max((lawyer.state_until - now).total_seconds(), 0.0)
    return Seat(
        id=lawyer.user_id,
        languages=frozenset(lawyer.languages),
        topics=frozenset(lawyer.topics),
        talked_seconds=talked,
        topic=call.topic if call is not None else None,
        free_in_seconds=free_in,
    )


def talks(session: Session, house: House) -> Talks:
    """How long talks have been lately, by topic, drawn to what is known of hotlines."""
    query = (
        select(Call.topic, Call.bridged_at, Call.ended_at)
        .where(col(Call.bridged_at).is_not(None), col(Call.ended_at).is_not(None))
        .order_by(col(Call.started_at).desc())
        .limit(_TALKS_LOOKED_AT)
    )
    lengths: list[float] = []
    by_topic: dict[str, list[float]] = {}
    for topic, bridged_at, ended_at in session.exec(query):
        if bridged_at is None or ended_at is None:
            continue
        lengths.append((ended_at - bridged_at).total_seconds())
        if topic is not None:
            by_topic.setdefault(topic, []).append(lengths[-1])
    average = shrunk(lengths, prior=AVERAGE_TALK_SECONDS)
    wrap_up = configuration.current(session, DutyRules).wrap_up_time(house.settings)
    return Talks(
        average=average,
        by_topic={topic: shrunk(each, prior=average) for topic, each in by_topic.items()},
        wrap_up=wrap_up / timedelta(seconds=1),
    )


def _told(session: Session, entry_ids: Sequence[str]) -> dict[str, WaitClass]:
    """The range that each was told last."""
    query = (
        select(ForecastRow.entry_id, ForecastRow.wait_class)
        .where(col(ForecastRow.entry_id).in_(entry_ids))
        .order_by(col(ForecastRow.id))
    )
    return {entry_id: _BY_NAME[name] for entry_id, name in session.exec(query) if name in _BY_NAME}


def _outcome(session: Session, entry: QueueEntry) -> tuple[str, datetime | None] | None:
    """What became of a place, and when; None while it is open, no moment for a call-back."""
    if entry.kind == "callback":
        return "callback", None
    if entry.state == "left" and entry.left_at is not None:
        return "abandoned" if entry.left_reason in _HUNG_UP else "left", entry.left_at
    if entry.state != "accepted":
        return None
    query = select(Offer.closed_at).where(
        col(Offer.entry_id) == entry.id, col(Offer.state) == "accepted"
    )
    accepted_at = session.exec(query).first()
    return ("served", accepted_at) if accepted_at is not None else None
