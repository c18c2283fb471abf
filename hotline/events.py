"""What happened, as data: past tense, versioned by name, ids only.

`record` writes an event in the transaction that makes it true and nudges the bus after the commit.
`read_after` is how everyone learns of events; the nudge only says that looking pays now.
Events carry ids and states, never numbers, names or words: readers load what they may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from hotline.bus import Bus
from hotline.clock import Clock
from hotline.database import after_commit
from hotline.tables.events import EventRow


class EventType(StrEnum):
    """Every kind of event; the comment names the keys of its data."""

    CALL_CHANGED = "call.changed"  # call_id, state
    CALL_ENDED = "call.ended"  # call_id, reason
    QUEUE_CHANGED = "queue.changed"  # entry_id, state, call_id, callback_id
    OFFER_MADE = "offer.made"  # offer_id, entry_id, lawyer_id, call_id, callback_id
    OFFER_ACCEPTED = "offer.accepted"  # offer_id, entry_id, lawyer_id, call_id, callback_id, leg_id
    OFFER_CLOSED = "offer.closed"  # offer_id, entry_id, lawyer_id, reason
    LAWYER_CHANGED = "lawyer.changed"  # lawyer_id, state, reason
    LEG_READY = "leg.ready"  # leg_id, call_id, lawyer_id
    LEG_CONNECTED = "leg.connected"  # leg_id, call_id: the browser's audio is there
    LEG_DISCONNECTED = "leg.disconnected"  # leg_id, call_id: the browser's audio is gone
    LEG_CLOSED = "leg.closed"  # leg_id, call_id
    HANG_UP_REQUESTED = "call.hang_up_requested"  # call_id, by
    CALL_CONTROL_REQUESTED = "call.control_requested"  # call_id, action, request_id, by, ...
    INVITATION_CHANGED = "invitation.changed"  # party_id, call_id, lawyer_id
    TICKET_CHANGED = "ticket.changed"  # ticket_id, call_id, lawyer_id, version
    INTAKE_CHANGED = "intake.changed"  # intake_id, ticket_id, state
    CALLBACK_CHANGED = "callback.changed"  # callback_id, state
    SPEECH_CHANGED = "speech.changed"  # call_id, stream, speaker, state, engine, language
    SPEECH_CLOSED = "speech.closed"  # call_id, stream
    SEGMENT_STORED = "segment.stored"  # call_id, segment_id
    INSIGHT_CHANGED = "insight.changed"  # insight_id, call_id
    CONFIGURATION_CHANGED = "configuration.changed"  # kind, version
    FLOW_CHANGED = "flow.changed"  # version: 0 is the file
    PROMPT_CHANGED = "prompt.changed"  # key, language, version: 0 is the shipped one
    ANNOUNCEMENT_CHANGED = "announcement.changed"  # announcement_id
    TRANSCRIPT_ERASED = "transcript.erased"  # call_id
    NOTICE_GIVEN = "call.notice_given"  # call_id: the caller has heard of being recorded
    RECORDING_REFUSED = "call.recording_refused"  # call_id: nothing of the call is kept
    ROTA_CHANGED = "rota.changed"  # shift_id
    RECORDING_CHANGED = "recording.changed"  # recording_id, call_id, state


@dataclass(frozen=True, slots=True)
class Event:
    """One event as read back; `seq` has no doubles and grows in the order of commits."""

    seq: int
    type: str
    at: datetime
    data: dict[str, object]


def record(session: Session, bus: Bus, clock: Clock, type_: EventType, **data: object) -> None:
    """Writes an event with the change that it tells of; the bus is nudged after the commit."""
    session.add(EventRow(type=type_.value, at=clock.now(), data=data))
    if not session.info.get("nudging"):
        session.info["nudging"] = True

        def nudge() -> None:
            session.info["nudging"] = False
            bus.nudge()

        after_commit(session, nudge)


def read_after(session: Session, seq: int, *, limit: int = 500) -> Sequence[Event]:
    """The events that followed `seq`, oldest first."""
    query = select(EventRow).where(col(EventRow.seq) > seq).order_by(col(EventRow.seq)).limit(limit)
    return [Event(row.seq or 0, row.type, row.at, row.data) for row in session.exec(query)]


def last_seq(session: Session) -> int:
    """The newest event's number, 0 when nothing has happened yet."""
    return session.exec(select(func.max(EventRow.seq))).one() or 0
