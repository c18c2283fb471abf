"""Calls as readers see them: one, those going on, the list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, exists, select

from hotline.calls.rules import Purpose
from hotline.tables import Call, Intake, Recording, RecordingPause, Ticket
from hotline.views.access import INTAKE, WATCHERS
from hotline.views.parties import PartyShape, parties_by_call
from hotline.views.reader import Person, Reader, Shape


class QualityShape(Shape):
    """How the caller's audio came in, over the whole call.

    `mos` is an estimate of what listeners would say, 1 to 4.5 (ITU-T G.107); `rtt_ms` is unknown
    where the trunk sends no RTCP.
    """

    packets_received: int
    packets_lost: int
    frames_late: int
    jitter_ms: float
    rtt_ms: float | None
    mos: float


class RefusalShape(Shape):
    """The caller does not want to be recorded, and nothing of the call is kept.

    `lawyer` is who was told; None where the caller pressed the key.
    """

    at: datetime
    lawyer: Person | None


class CallShape(Shape):
    """One call.

    `state` is arriving, menu, queued, connecting, talking, held (the lawyer's audio is gone),
    on_hold (by the lawyer), transferring, transferred (to somebody outside), rating, dialling or
    ended. `parties` are all others who are or were in it, oldest first; `recording` is none,
    running or paused; nobody hears the lawyer while `is_lawyer_muted`. `flow_version` is the
    version of the call flow that led it, or `file:` and the beginning of the file's SHA-256.
    """

    id: str
    direction: str
    state: str
    caller: str | None
    language: str | None
    topic: str | None
    lawyer: Person | None
    started_at: datetime
    answered_at: datetime | None
    bridged_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    flow_version: str
    rating: int | None
    ticket_id: str | None
    recording_id: str | None
    callback_id: str | None
    quality: QualityShape | None
    parties: list[PartyShape]
    recording: str
    recording_refused: RefusalShape | None
    is_lawyer_muted: bool


def call_shapes(reader: Reader, calls: Sequence[Call]) -> list[CallShape]:
    """Calls as this reader sees them, in the order given."""
    ids = [call.id for call in calls]
    numbers = reader.numbers(call.caller_id for call in calls)
    people = reader.people(
        user_id for call in calls for user_id in (call.lawyer_id, call.recording_refused_by)
    )
    tickets = _by_call(reader, Ticket, ids)
    recordings = _by_call(reader, Recording, ids)
    parties = parties_by_call(reader, ids)
    running = _running(reader, ids)
    return [
        CallShape(
            id=call.id,
            direction=call.direction,
            state=call.state,
            caller=numbers.get(call.caller_id or ""),
            language=call.language,
            topic=call.topic,
            lawyer=people.get(call.lawyer_id or ""),
            started_at=call.started_at,
            answered_at=call.answered_at,
            bridged_at=call.bridged_at,
            ended_at=call.ended_at,
            end_reason=call.end_reason,
            flow_version=call.flow_version,
            rating=call.rating,
            ticket_id=tickets.get(call.id),
            recording_id=recordings.get(call.id),
            callback_id=call.callback_id,
            quality=_quality(call),
            parties=parties.get(call.id, []),
            recording=running.get(call.id, "none"),
            recording_refused=_refusal(call, people),
            is_lawyer_muted=call.is_lawyer_muted,
        )
        for call in calls
    ]


def _refusal(call: Call, people: Mapping[str, Person]) -> RefusalShape | None:
    if call.recording_refused_at is None:
        return None
    lawyer = people.get(call.recording_refused_by or "")
    return RefusalShape(at=call.recording_refused_at, lawyer=lawyer)


def _quality(call: Call) -> QualityShape | None:
    if call.packets_received is None or call.mos is None:
        return None
    return QualityShape(
        packets_received=call.packets_received,
        packets_lost=call.packets_lost or 0,
        frames_late=call.frames_late or 0,
        jitter_ms=call.jitter_ms or 0.0,
        rtt_ms=call.rtt_ms,
        mos=call.mos,
    )


def call_shape(reader: Reader, call: Call) -> CallShape:
    """One call as this reader sees it."""
    return call_shapes(reader, [call])[0]


def without_listeners(shape: CallShape) -> CallShape:
    """A call as those see it who are not told that a supervisor listens."""
    shown = [party for party in shape.parties if party.purpose != Purpose.LISTEN]
    if len(shown) == len(shape.parties):
        return shape
    return shape.model_copy(update={"parties": shown})


def list_calls(
    reader: Reader, *, limit: int, before: str | None = None, state: str | None = None
) -> list[CallShape]:
    """The calls this reader may see, newest first, from before an id on."""
    query = select(Call).order_by(col(Call.id).desc()).limit(limit)
    visible = visible_calls(reader)
    if visible is not None:
        query = query.where(visible)
    if before is not None:
        query = query.where(col(Call.id) < before)
    if state is not None:
        query = query.where(col(Call.state) == state)
    return call_shapes(reader, reader.session.exec(query).all())


def visible_calls(reader: Reader) -> ColumnElement[bool] | None:
    """Which calls this reader may see; None for all."""
    if not reader.roles.isdisjoint(WATCHERS):
        return None
    own = col(Call.lawyer_id) == (reader.user.id if reader.user else None)
    if INTAKE not in reader.roles:
        return own
    handed = exists().where(
        col(Ticket.call_id) == col(Call.id), col(Intake.ticket_id) == col(Ticket.id)
    )
    return own | handed


def calls_going_on(reader: Reader) -> list[CallShape]:
    """Every call that has not ended, oldest first."""
    query = select(Call).where(col(Call.ended_at).is_(None)).order_by(col(Call.id))
    return call_shapes(reader, reader.session.exec(query).all())


def is_handed_over(reader: Reader, call: Call) -> bool:
    """Whether the call's ticket went to legal-aid intake."""
    query = select(Intake.id).join(Ticket, col(Ticket.id) == col(Intake.ticket_id))
    return reader.session.exec(query.where(col(Ticket.call_id) == call.id)).first() is not None


def _running(reader: Reader, call_ids: Sequence[str]) -> dict[str, str]:
    """Whether the recordings of these calls run or are paused; those that ended are left out."""
    going_on = select(Recording.call_id).where(
        col(Recording.call_id).in_(call_ids), col(Recording.state) == "recording"
    )
    paused = select(RecordingPause.call_id).where(
        col(RecordingPause.call_id).in_(call_ids), col(RecordingPause.resumed_at).is_(None)
    )
    found = dict.fromkeys(reader.session.exec(going_on), "running")
    return found | {
        call_id: "paused" for call_id in reader.session.exec(paused) if call_id in found
    }


def _by_call(
    reader: Reader, table: type[Ticket] | type[Recording], call_ids: Sequence[str]
) -> dict[str, str]:
    """The newest row's id by call."""
    if not call_ids:
        return {}
    query = select(table.call_id, table.id).where(col(table.call_id).in_(call_ids))
    if table is Recording:
        query = query.where(col(Recording.state) != "erased")
    return dict(reader.session.exec(query.order_by(col(table.id))).all())
