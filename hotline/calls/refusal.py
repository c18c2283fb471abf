"""Callers who do not want to be recorded: on record, and what was kept of the call is gone.

Personal Information Protection Law, articles 15 and 47: who has consented may take that back, and
what was kept is deleted then. The refusal itself is kept, with its time and who wrote it down.
"""

from sqlmodel import Session

from hotline.audit import audit
from hotline.calls.pauses import tell_call
from hotline.calls.service import find
from hotline.events import EventType
from hotline.house import House
from hotline.tables import Call, User
from hotline.transcripts import service as transcripts
from hotline.transcripts.erasure import erase

BY_KEY = "caller"
"""Who wrote the refusal down where the caller pressed the key."""


def is_refused(session: Session, call_id: str) -> bool:
    """Whether nothing of this call may be kept."""
    call = session.get(Call, call_id)
    return call is not None and call.recording_refused_at is not None


def refuse(session: Session, house: House, call_id: str, *, by: User | None) -> Call:
    """Writes the refusal down and deletes the words so far. Idempotent; the first one counts.

    Audio is the affair of `recordings.refusal`, which does this first.

    Args:
        session: The deed's session.
        house: The process's house.
        call_id: The call; it may have ended already.
        by: The lawyer whom the caller told; None for the caller's own key.

    Raises:
        NotFound: There is no such call.
    """
    call = find(session, call_id)
    if call.recording_refused_at is None:
        call.recording_refused_at = house.clock.now()
        call.recording_refused_by = by.id if by is not None else BY_KEY
        session.add(call)
        session.flush()
        house.record(session, EventType.RECORDING_REFUSED, call_id=call.id)
        tell_call(session, house, call)
        audit(session, house, by, "call.recording_refused", call.id)
    transcripts.close_streams_of(session, house, call.id)
    erase(session, house, call.id)
    return call
