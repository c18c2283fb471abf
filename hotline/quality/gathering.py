"""Gathering what a call is judged by: its words, its events, its ticket."""

from datetime import datetime

from sqlmodel import Session, col, select

from hotline.calls.service import ON_HOLD
from hotline.events import EventType
from hotline.insights.insight import Decision, Kind
from hotline.quality.talk import Talk, Utterance
from hotline.tables import Call, EventRow, InsightRow, Progress, QueueEntry, Recording, Ticket
from hotline.transcripts.service import segments_of

# Up to this event nobody noted that the notice had been heard (migration 0017).
_UNNOTED = "unnoted_notices"


def gather(session: Session, call: Call) -> Talk:
    """What is known of a call that is over."""
    ticket = session.exec(select(Ticket).where(col(Ticket.call_id) == call.id)).first()
    return Talk(
        utterances=_utterances(session, call),
        was_recorded=_was_recorded(session, call),
        notice=_notice(session, call),
        has_refused=call.recording_refused_at is not None,
        may_need_legal_aid=_may_need_legal_aid(session, call, ticket),
        is_informed_noted=ticket is not None and ticket.legal_aid_informed,
        hold_seconds=_hold_seconds(session, call),
        wait_seconds=_wait_seconds(session, call),
    )


def _utterances(session: Session, call: Call) -> list[Utterance]:
    return [
        Utterance(row.speaker, row.start_ms, row.end_ms, row.text)
        for row in segments_of(session, call.id)
    ]


def _was_recorded(session: Session, call: Call) -> bool:
    query = select(Recording.id).where(col(Recording.call_id) == call.id)
    return session.exec(query).first() is not None


def _notice(session: Session, call: Call) -> bool | None:
    """Whether the caller heard the recording notice; None of calls before that was noted."""
    query = select(EventRow.data).where(
        col(EventRow.type) == EventType.NOTICE_GIVEN.value,
        col(EventRow.at) >= call.started_at,
        col(EventRow.at) <= (call.ended_at or call.started_at),
    )
    if any(data.get("call_id") == call.id for data in session.exec(query)):
        return True
    unnoted = session.get(Progress, _UNNOTED)
    last_unnoted = session.get(EventRow, unnoted.position) if unnoted is not None else None
    return None if last_unnoted is not None and call.started_at <= last_unnoted.at else False


def _may_need_legal_aid(session: Session, call: Call, ticket: Ticket | None) -> bool:
    if ticket is not None and ticket.legal_aid_intent:
        return True
    query = select(InsightRow.id).where(
        InsightRow.call_id == call.id,
        InsightRow.kind == Kind.LEGAL_AID,
        col(InsightRow.state) != Decision.DISMISSED,
    )
    return session.exec(query).first() is not None


def _hold_seconds(session: Session, call: Call) -> float:
    """How long the caller was on hold, from the events of the call's changes."""
    if call.bridged_at is None or call.ended_at is None:
        return 0.0
    query = select(EventRow.at, EventRow.data).where(
        col(EventRow.type).in_([EventType.CALL_CHANGED.value, EventType.CALL_ENDED.value]),
        col(EventRow.at) >= call.bridged_at,
        col(EventRow.at) <= call.ended_at,
    )
    total, held_since = 0.0, None
    for at, data in session.exec(query.order_by(col(EventRow.seq))):
        if data.get("call_id") != call.id:
            continue
        is_held = data.get("state") == ON_HOLD
        if is_held and held_since is None:
            held_since = at
        elif not is_held and held_since is not None:
            total, held_since = total + _seconds(held_since, at), None
    return total + (_seconds(held_since, call.ended_at) if held_since is not None else 0.0)


def _wait_seconds(session: Session, call: Call) -> float | None:
    """From the first place in the queue to the lawyer; None where nobody waited on the line."""
    if call.bridged_at is None or call.direction == "out":
        return None
    query = select(QueueEntry.entered_at).where(col(QueueEntry.call_id) == call.id)
    entered = session.exec(query.order_by(col(QueueEntry.entered_at))).first()
    return max(0.0, _seconds(entered, call.bridged_at)) if entered is not None else None


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
