"""Looking up what was noticed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from hotline.errors import NotFound
from hotline.insights.insight import Decision, Kind
from hotline.queueing.repository import LIVE_STATES
from hotline.queueing.rules import Priority
from hotline.tables import Call, InsightRow, QueueEntry

# How long a danger counts for a caller who calls again, and stays on the wallboard.
RISK_LASTS = timedelta(hours=24)


def insight(session: Session, insight_id: int) -> InsightRow:
    """Something noticed.

    Raises:
        NotFound: There is no such thing.
    """
    row = session.get(InsightRow, insight_id)
    if row is None:
        raise NotFound(f"There is no insight {insight_id}.")
    return row


def of_call(session: Session, call_id: str) -> Sequence[InsightRow]:
    """Everything noticed in a call, in the order of speech."""
    query = select(InsightRow).where(InsightRow.call_id == call_id)
    return session.exec(query.order_by(col(InsightRow.start_ms), col(InsightRow.id))).all()


def open_risks(session: Session, *, now: datetime) -> Sequence[InsightRow]:
    """Dangers of the last day that no supervisor has acknowledged, newest first."""
    query = select(InsightRow).where(
        InsightRow.kind == Kind.RISK,
        col(InsightRow.acknowledged_at).is_(None),
        col(InsightRow.state) != Decision.DISMISSED,
        col(InsightRow.created_at) > now - RISK_LASTS,
    )
    return session.exec(query.order_by(col(InsightRow.id).desc()).limit(50)).all()


def endangered_entries(session: Session, *, now: datetime) -> Sequence[QueueEntry]:
    """Places of callers in danger, on the line again or still, that are no emergencies yet."""
    in_danger = (
        select(Call.id, Call.caller_id)
        .join(InsightRow, col(InsightRow.call_id) == col(Call.id))
        .where(
            InsightRow.kind == Kind.RISK,
            col(InsightRow.state) != Decision.DISMISSED,
            col(InsightRow.created_at) > now - RISK_LASTS,
        )
    )
    dangers = session.exec(in_danger).all()
    if not dangers:
        return []
    calls = {call_id for call_id, _ in dangers}
    callers = {caller_id for _, caller_id in dangers if caller_id}
    query = select(QueueEntry).where(
        col(QueueEntry.state).in_(LIVE_STATES),
        col(QueueEntry.priority) < Priority.EMERGENCY,
        col(QueueEntry.call_id).in_(calls) | col(QueueEntry.caller_id).in_(callers),
    )
    return session.exec(query).all()
