"""Calls, their transcripts, and what a lawyer's page needs of the call it is in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, exists, select

from hotline.tables import (
    Call,
    Intake,
    Lawyer,
    Leg,
    Recording,
    RecordingPause,
    Segment,
    SpeechStream,
    Ticket,
)
from hotline.transcripts.rules import Version
from hotline.transcripts.service import segments_of, streams_of
from hotline.views.access import INTAKE, LAWYER, WATCHERS
from hotline.views.gaps import GapShape, gaps_of
from hotline.views.insights import InsightShape, insights_of
from hotline.views.parties import PartyShape, parties_by_call
from hotline.views.reader import Person, Reader, Shape
from hotline.views.tickets import TicketShape, ticket_shape
from hotline.views.waiting import earlier_contacts
from hotline.views.words import shown_texts


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
    running or paused. `flow_version` is the version of the call flow that led it, or `file:` and
    the beginning of the file's SHA-256.
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


class SegmentShape(Shape):
    """A final piece of transcript; times are milliseconds on the recording's clock.

    `speaker` is caller or lawyer; `source` is live, after_call or second_pass.
    """

    id: int
    call_id: str
    speaker: str
    start_ms: int
    end_ms: int
    text: str
    final: bool = True
    language: str
    confidence: float | None
    source: str


class StreamShape(Shape):
    """How one side of a call is being transcribed.

    `state` is wanted, live, without_partials, by_utterance, degraded, unsupported or closed;
    `language` the one that is listened for now; `gaps` what it missed and nobody has filled yet.
    """

    id: int
    call_id: str
    speaker: str
    language: str
    state: str
    engine: str
    gaps: list[GapShape] = []


class LegShape(Shape):
    """A lawyer's audio in a call; `state` is wanted, ready or closed.

    `medium` is browser, or how the lawyer takes calls on a telephone; then there is no address.
    `audio_url` is given only where the token is made: in the answer to an accepted offer, and by
    `GET /api/v1/calls/{id}/leg`, which takes the audio away from the page that had it.
    """

    leg_id: str
    call_id: str
    state: str
    medium: str = "browser"
    audio_url: str | None = None


class CurrentCall(CallShape):
    """The call a lawyer is in, or is writing up; it has no leg once the talk is over."""

    leg_id: str | None
    leg_state: str | None
    leg_medium: str | None
    earlier_contacts: int
    ticket: TicketShape | None
    transcript: list[SegmentShape]
    speech: list[StreamShape]
    insights: list[InsightShape]


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


def transcript(
    reader: Reader, call_id: str, *, version: Version = Version.BEST
) -> list[SegmentShape]:
    """The call's transcript in the order of speech, long numbers masked for most readers."""
    call = reader.session.get_one(Call, call_id)
    segments = segments_of(reader.session, call_id, version=version)
    texts = shown_texts(reader, call, segments)
    return [
        segment_shape(segment, text=text) for segment, text in zip(segments, texts, strict=True)
    ]


def segment_shape(segment: Segment, *, text: str) -> SegmentShape:
    """One piece of transcript, with its text as the reader may see it."""
    return SegmentShape(
        id=segment.id or 0,
        call_id=segment.call_id,
        speaker=segment.speaker,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        text=text,
        language=segment.language,
        confidence=segment.confidence,
        source=segment.source,
    )


def speech_of(reader: Reader, call_id: str) -> list[StreamShape]:
    """How the sides of a call are being transcribed; the newest stream of each side."""
    newest = {stream.speaker: stream for stream in streams_of(reader.session, call_id)}
    gaps = gaps_of(reader.session, call_id)
    return [
        stream_shape(stream, gaps=[gap for gap in gaps if gap.speaker == stream.speaker])
        for stream in newest.values()
    ]


def stream_shape(stream: SpeechStream, *, gaps: Sequence[GapShape] = ()) -> StreamShape:
    """How one side is being transcribed."""
    return StreamShape(
        id=stream.id or 0,
        call_id=stream.call_id,
        speaker=stream.speaker,
        language=stream.language,
        state=stream.state,
        engine=stream.engine,
        gaps=list(gaps),
    )


def current_call(reader: Reader) -> CurrentCall | None:
    """The call the reader is in or is writing up; None when there is none."""
    call = _call_at_hand(reader)
    if call is None:
        return None
    leg = open_leg(reader, call)
    query = select(Ticket).where(col(Ticket.call_id) == call.id)
    ticket = reader.session.exec(query).first()
    return CurrentCall(
        **call_shape(reader, call).model_dump(),
        leg_id=leg.id if leg else None,
        leg_state=leg.state if leg else None,
        leg_medium=leg.medium if leg else None,
        earlier_contacts=earlier_contacts(reader, call.caller_id, without_call=call.id),
        ticket=ticket_shape(reader, ticket) if ticket else None,
        transcript=transcript(reader, call.id),
        speech=speech_of(reader, call.id),
        insights=insights_of(reader, call.id),
    )


def leg_shape(leg: Leg, *, audio_url: str | None = None) -> LegShape:
    """A lawyer's audio."""
    return LegShape(
        leg_id=leg.id,
        call_id=leg.call_id,
        state=leg.state,
        medium=leg.medium,
        audio_url=audio_url,
    )


def open_leg(reader: Reader, call: Call) -> Leg | None:
    """The reader's own leg in a call, while it is open."""
    query = (
        select(Leg)
        .where(
            col(Leg.call_id) == call.id,
            col(Leg.lawyer_id) == (reader.user.id if reader.user else ""),
            col(Leg.state) != "closed",
        )
        .order_by(col(Leg.id).desc())
    )
    return reader.session.exec(query).first()


def _call_at_hand(reader: Reader) -> Call | None:
    if reader.user is None or LAWYER not in reader.roles:
        return None
    lawyer = reader.session.get(Lawyer, reader.user.id)
    if lawyer is None:
        return None
    if lawyer.call_id is not None:
        return reader.session.get(Call, lawyer.call_id)
    if lawyer.state != "wrap_up":
        return None
    query = (
        select(Call)
        .join(Ticket, col(Ticket.call_id) == col(Call.id))
        .where(col(Ticket.lawyer_id) == lawyer.user_id)
        .order_by(col(Call.id).desc())
    )
    return reader.session.exec(query).first()


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
