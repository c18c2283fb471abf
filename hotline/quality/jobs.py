"""Judging after the call: once it is written up and its transcript as complete as it gets."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, select

from hotline.agents.rules import LawyerState
from hotline.clock import start_of_day
from hotline.house import House
from hotline.insights.insight import Kind
from hotline.jobs import enqueue
from hotline.quality import service
from hotline.tables import Call, InsightRow, Lawyer, QualityCheck, Recording, Ticket

log = logging.getLogger(__name__)

JOB = "hotline.quality.jobs.check"

# The caller rates, the last words are understood.
_SETTLED_AFTER = timedelta(seconds=60)
# Who writes a ticket for longer is judged by what it says by then, and again by what it says later.
_WRITTEN_BY = timedelta(minutes=30)
# A transcript that is not complete by then does not hold the judgement up.
_NO_LONGER_AWAITED_AFTER = timedelta(hours=2)
# Calls of the time before calls were judged stay as they are.
_LOOK_BACK = timedelta(days=7)
_AT_ONCE = 200
# So long after midnight the calls of the day before have ended and been judged.
_DAY_IS_JUDGED_AFTER = timedelta(hours=3)


def check(house: House, call_id: str) -> None:
    """Judges one call; twice is as once."""
    with house.database.session() as session:
        call = session.get(Call, call_id)
        if call is not None and call.ended_at is not None and call.bridged_at is not None:
            service.check(session, house, call)


def sweep(house: House) -> None:
    """Sends every talk that is to be judged, and completes samples; called every minute."""
    now = house.clock.now()
    with house.database.reading() as session:
        call_ids = due(session, now)
        short = [
            day
            for day in _days_that_are_judged(now, house.settings.zone)
            if service.is_sample_short(session, house, *day)
        ]
    for call_id in call_ids:
        enqueue(None, house, JOB, {"call_id": call_id}, unique=call_id)
    for begun, ended in short:
        with house.database.session() as session:
            added = service.complete_sample(session, house, begun, ended)
        log.info("sample completed", extra={"calls": added})


def due(session: Session, now: datetime) -> Sequence[str]:
    """Talks that are to be judged, or anew: written up, and transcribed as far as they will be."""
    is_untranscribed = exists().where(
        col(Recording.call_id) == col(Call.id),
        col(Recording.state).not_in(["failed", "erased"]),
        col(Recording.transcribed_at).is_(None),
    )
    query = (
        select(Call.id)
        .join(QualityCheck, col(QualityCheck.call_id) == col(Call.id), isouter=True)
        .where(
            col(Call.ended_at) < now - _SETTLED_AFTER,
            col(Call.ended_at) > now - _LOOK_BACK,
            col(Call.bridged_at).is_not(None),
            col(QualityCheck.call_id).is_(None) | _is_outdated(),
            ~_is_being_written() | (col(Call.ended_at) < now - _WRITTEN_BY),
            ~is_untranscribed | (col(Call.ended_at) < now - _NO_LONGER_AWAITED_AFTER),
        )
    )
    return session.exec(query.order_by(col(Call.id)).limit(_AT_ONCE)).all()


def _is_being_written() -> ColumnElement[bool]:
    """Whether the lawyer still wraps up, the ticket not done: ticks and hand-overs come last."""
    is_wrapping_up = exists().where(
        col(Lawyer.user_id) == col(Call.lawyer_id), col(Lawyer.state) == LawyerState.WRAP_UP.value
    )
    is_done = exists().where(col(Ticket.call_id) == col(Call.id), col(Ticket.status) == "done")
    return is_wrapping_up & ~is_done


def _is_outdated() -> ColumnElement[bool]:
    """Whether what a judgement rests on has changed since, and nobody has reviewed it."""
    checked_at = col(QualityCheck.checked_at)
    has_other_ticket = exists().where(
        col(Ticket.call_id) == col(Call.id), col(Ticket.updated_at) > checked_at
    )
    has_other_words = exists().where(
        col(Recording.call_id) == col(Call.id),
        (col(Recording.transcribed_at) > checked_at) | (col(Recording.second_pass_at) > checked_at),
    )
    has_other_hints = exists().where(
        col(InsightRow.call_id) == col(Call.id),
        col(InsightRow.kind) == Kind.LEGAL_AID.value,
        (col(InsightRow.created_at) > checked_at) | (col(InsightRow.decided_at) > checked_at),
    )
    # Of a call whose words are gone nothing better can be said.
    is_erased = exists().where(
        col(Recording.call_id) == col(Call.id), col(Recording.state) == "erased"
    )
    is_other = has_other_ticket | has_other_words | has_other_hints
    return col(QualityCheck.reviewed_at).is_(None) & is_other & ~is_erased


def _days_that_are_judged(now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The days of the last week whose calls have been judged, each from midnight to midnight."""
    ended = start_of_day(now - _DAY_IS_JUDGED_AFTER, zone)
    while ended > now - _LOOK_BACK:
        begun = start_of_day(ended - timedelta(hours=1), zone)
        yield begun, ended
        ended = begun
