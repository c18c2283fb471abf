"""Transcripts: which sides of a call are listened to, and what was said on them.

The side that answers calls opens and closes streams; speech recognition says how a stream fares and
adds segments. All of it is in the database; partial words travel the bus and are never stored.
"""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from hotline.errors import Conflict, InvalidInput
from hotline.events import EventType
from hotline.house import House
from hotline.tables.calls import Call
from hotline.tables.transcripts import Segment, SpeechStream
from hotline.transcripts import repository
from hotline.transcripts.rules import (
    Purpose,
    Source,
    Speaker,
    StreamState,
    Version,
    merge_gap,
)


def open_stream(
    session: Session,
    house: House,
    *,
    call_id: str,
    leg: str,
    speaker: str,
    language: str,
    purpose: Purpose = Purpose.TRANSCRIPT,
) -> SpeechStream:
    """Announces a side of a call to speech recognition, before its first datagram is sent.

    Args:
        session: The transaction.
        house: The process's house.
        call_id: The call.
        leg: The leg of the engine that is heard.
        speaker: caller or lawyer.
        language: What is spoken, unless another was chosen for this side during the call.
        purpose: What the words are for.

    Returns:
        The stream; its `id` is the number on every datagram.
    """
    chosen = _chosen_language(session, call_id, speaker)
    row = SpeechStream(
        call_id=call_id,
        leg=leg,
        speaker=Speaker(speaker).value,
        language=chosen or language,
        purpose=purpose.value,
        opened_at=house.clock.now(),
    )
    session.add(row)
    session.flush()
    _record_change(session, house, row)
    return row


def change_language(
    session: Session, house: House, call_id: str, language: str, *, speaker: str | None = None
) -> Sequence[SpeechStream]:
    """Has a call understood in another language from now on.

    Args:
        session: The transaction.
        house: The process's house.
        call_id: The call.
        language: The language.
        speaker: caller or lawyer; None for both.

    Returns:
        The open streams of the call that are listened to in that language now.

    Raises:
        Conflict: Nobody is being transcribed in the call.
    """
    streams = [
        row
        for row in repository.streams_of(session, call_id)
        if row.closed_at is None and speaker in (None, row.speaker)
    ]
    if not streams:
        raise Conflict(f"Nobody is being transcribed in call {call_id}.")
    for row in streams:
        if row.language == language:
            continue
        position_ms = repository.position_ms(session, row, house.clock.now())
        changes = row.languages or [[0, row.language]]
        row.languages = [*changes, [max(int(changes[-1][0]), position_ms), language]]
        row.language = language
        _record_change(session, house, row)
    return streams


def close_stream(session: Session, house: House, stream_id: int) -> None:
    """Says that no more audio comes; closing twice is the same as once.

    Raises:
        NotFound: There is no such stream.
    """
    row = repository.stream(session, stream_id)
    if row.closed_at is not None:
        return
    row.closed_at = house.clock.now()
    row.state = StreamState.CLOSED
    house.record(session, EventType.SPEECH_CLOSED, call_id=row.call_id, stream=row.id)
    _record_change(session, house, row)


def close_streams_of(session: Session, house: House, call_id: str) -> None:
    """Closes every stream of a call that is still open, such as after its process died."""
    query = select(SpeechStream).where(
        SpeechStream.call_id == call_id, col(SpeechStream.closed_at).is_(None)
    )
    for row in session.exec(query).all():
        if row.id is not None:
            close_stream(session, house, row.id)


def set_stream_state(
    session: Session, house: House, stream_id: int, state: StreamState, *, engine: str = ""
) -> None:
    """Notes how live transcription fares on a side; a closed stream stays closed.

    Args:
        session: The transaction.
        house: The process's house.
        stream_id: The stream.
        state: What transcription does now.
        engine: Who does it; empty leaves what was noted before.

    Raises:
        NotFound: There is no such stream.
    """
    row = repository.stream(session, stream_id)
    engine = engine or row.engine
    if row.closed_at is not None or (row.state, row.engine) == (state.value, engine):
        return
    row.state = state.value
    row.engine = engine
    _record_change(session, house, row)


def mark_gap(session: Session, house: House, stream_id: int, *, start_ms: int, end_ms: int) -> None:
    """Notes that live transcription missed a stretch; the after-call job fills what it can.

    Raises:
        NotFound: There is no such stream.
    """
    row = repository.stream(session, stream_id)
    gaps = merge_gap(row.gaps, start_ms, end_ms)
    if gaps != row.gaps:
        row.gaps = gaps
        _record_change(session, house, row)


def add_segment(
    session: Session,
    house: House,
    *,
    call_id: str,
    speaker: str,
    start_ms: int,
    end_ms: int,
    text: str,
    language: str,
    confidence: float | None = None,
    engine: str = "",
    model: str = "",
    source: str = Source.LIVE,
    raw: str | None = None,
    words: list[list[str | int | float]] | None = None,
) -> Segment | None:
    """Stores a final piece of transcript, unless the caller does not want to be recorded.

    Args:
        session: The transaction.
        house: The process's house.
        call_id: Whose transcript it belongs to.
        speaker: caller or lawyer.
        start_ms: Where it begins on the recording's clock.
        end_ms: Where it ends; not before `start_ms`.
        text: The words; must not be blank.
        language: The language the engine was opened for.
        confidence: 0 to 1, or None when the engine does not say.
        engine: Which engine heard it.
        model: With which model.
        source: live, after_call or second_pass.
        raw: What the engine wrote, where `text` differs.
        words: [text, start_ms, end_ms, confidence] of each, where the engine gives them.

    Returns:
        The row; None where nothing of the call may be kept.

    Raises:
        InvalidInput: There are no words, or the times cannot be.
    """
    if not text.strip() or not 0 <= start_ms <= end_ms:
        raise InvalidInput(
            f"A segment of call {call_id} needs words and times that go forward from 0."
        )
    call = session.get(Call, call_id)
    if call is not None and call.recording_refused_at is not None:
        return None
    row = Segment(
        call_id=call_id,
        speaker=Speaker(speaker).value,
        start_ms=start_ms,
        end_ms=end_ms,
        text=text.strip(),
        language=language,
        confidence=confidence,
        engine=engine,
        model=model,
        source=Source(source).value,
        raw=raw,
        words=words,
        created_at=house.clock.now(),
    )
    session.add(row)
    session.flush()
    if source != Source.SECOND_PASS:
        # The second pass is told of as a whole, once it is complete.
        house.record(session, EventType.SEGMENT_STORED, call_id=call_id, segment_id=row.id)
    return row


def segments_of(
    session: Session, call_id: str, *, version: Version = Version.BEST
) -> Sequence[Segment]:
    """The call's transcript in the order in which it was spoken.

    The best version is the second pass once that is complete, and what was heard at first before.
    """
    if version is Version.BEST:
        version = versions_of(session, call_id)[-1]
    is_second = version is Version.SECOND
    rows = repository.segments_of(session, call_id)
    return [row for row in rows if (row.source == Source.SECOND_PASS) is is_second]


def versions_of(session: Session, call_id: str) -> list[Version]:
    """The complete transcripts there are of a call, the best one last."""
    is_second = repository.has_second_pass(session, call_id)
    return [Version.FIRST, Version.SECOND] if is_second else [Version.FIRST]


def best_versions(session: Session, call_ids: Collection[str]) -> dict[str, Version]:
    """The best complete transcript of each call."""
    second = repository.with_second_pass(session, call_ids)
    return {one: Version.SECOND if one in second else Version.FIRST for one in call_ids}


def streams_of(session: Session, call_id: str) -> Sequence[SpeechStream]:
    """Every side of the call that was ever forked, oldest first."""
    return repository.streams_of(session, call_id)


def _chosen_language(session: Session, call_id: str, speaker: str) -> str:
    """What was chosen for a side earlier in the call; empty when nothing was."""
    earlier = repository.streams_of(session, call_id)
    changed = [row for row in earlier if row.speaker == speaker and row.languages]
    return changed[-1].language if changed else ""


def _record_change(session: Session, house: House, row: SpeechStream) -> None:
    house.record(
        session,
        EventType.SPEECH_CHANGED,
        call_id=row.call_id,
        stream=row.id,
        speaker=row.speaker,
        state=row.state,
        engine=row.engine,
        language=row.language,
    )
