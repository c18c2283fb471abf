"""Pauses of a call's recording: what must not be kept, why, and from when to when."""

from sqlmodel import Session, col, select

from hotline.events import EventType
from hotline.house import House
from hotline.tables import Call, Recording, RecordingPause


def current(session: Session, call_id: str) -> RecordingPause | None:
    """The pause of the call's recording that has not ended."""
    query = select(RecordingPause).where(
        col(RecordingPause.call_id) == call_id, col(RecordingPause.resumed_at).is_(None)
    )
    return session.exec(query).first()


def begin(session: Session, house: House, call: Call, *, by: str, reason: str) -> None:
    """The call's recording holds silence from now on."""
    recording = session.exec(
        select(Recording)
        .where(col(Recording.call_id) == call.id)
        .order_by(col(Recording.id).desc())
    ).first()
    if recording is not None and current(session, call.id) is None:
        session.add(
            RecordingPause(
                recording_id=recording.id,
                call_id=call.id,
                reason=reason,
                paused_by=by,
                paused_at=house.clock.now(),
            )
        )
        tell_call(session, house, call)


def end(session: Session, house: House, call: Call, *, by: str) -> None:
    """The call's recording goes on. Idempotent."""
    pause = current(session, call.id)
    if pause is not None:
        pause.resumed_at, pause.resumed_by = house.clock.now(), by
        session.add(pause)
        tell_call(session, house, call)


def tell_call(session: Session, house: House, call: Call) -> None:
    """Lets screens look at the call again: something beside its state has changed."""
    if call.state != "ended":
        house.record(session, EventType.CALL_CHANGED, call_id=call.id, state=call.state)
