"""Judging after the call: once its transcript is as complete as it gets."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, exists, select

from hotline.house import House
from hotline.jobs import enqueue
from hotline.quality import service
from hotline.tables import Call, QualityCheck, Recording

JOB = "hotline.quality.jobs.check"

# The caller rates, the last words are understood.
_SETTLED_AFTER = timedelta(seconds=60)
# A transcript that is not complete by then does not hold the judgement up.
_NO_LONGER_AWAITED_AFTER = timedelta(hours=2)
# Calls of the time before calls were judged stay as they are.
_LOOK_BACK = timedelta(days=7)
_AT_ONCE = 200


def check(house: House, call_id: str) -> None:
    """Judges one call; twice is as once."""
    with house.database.session() as session:
        call = session.get(Call, call_id)
        if call is not None and call.ended_at is not None and call.bridged_at is not None:
            service.check(session, house, call)


def sweep(house: House) -> None:
    """Sends every talk that is over and not judged; called every minute."""
    with house.database.reading() as session:
        call_ids = due(session, house.clock.now())
    for call_id in call_ids:
        enqueue(None, house, JOB, {"call_id": call_id}, unique=call_id)


def due(session: Session, now: datetime) -> Sequence[str]:
    """Talks that are over, not judged, and whose transcript is as complete as it gets."""
    is_untranscribed = exists().where(
        col(Recording.call_id) == col(Call.id),
        col(Recording.state).not_in(["failed", "erased"]),
        col(Recording.transcribed_at).is_(None),
    )
    query = select(Call.id).where(
        col(Call.ended_at) < now - _SETTLED_AFTER,
        col(Call.ended_at) > now - _LOOK_BACK,
        col(Call.bridged_at).is_not(None),
        ~exists().where(col(QualityCheck.call_id) == col(Call.id)),
        ~is_untranscribed | (col(Call.ended_at) < now - _NO_LONGER_AWAITED_AFTER),
    )
    return session.exec(query.order_by(col(Call.id)).limit(_AT_ONCE)).all()
