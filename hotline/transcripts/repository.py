"""Looking transcripts up."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from hotline.errors import NotFound
from hotline.tables.recordings import Recording
from hotline.tables.transcripts import Segment, SpeechStream
from hotline.transcripts.rules import Purpose


def stream(session: Session, stream_id: int) -> SpeechStream:
    """One side of a call.

    Raises:
        NotFound: There is no such stream.
    """
    row = session.get(SpeechStream, stream_id)
    if row is None:
        raise NotFound(f"There is no speech stream {stream_id}.")
    return row


def streams_of(session: Session, call_id: str) -> Sequence[SpeechStream]:
    """Every side of the call that was ever forked to be transcribed, oldest first."""
    query = select(SpeechStream).where(
        SpeechStream.call_id == call_id, SpeechStream.purpose == Purpose.TRANSCRIPT.value
    )
    return session.exec(query.order_by(col(SpeechStream.id))).all()


def position_ms(session: Session, stream: SpeechStream, now: datetime) -> int:
    """Where the call's recording is at a moment, on the recording's clock."""
    query = select(Recording.started_at).where(Recording.call_id == stream.call_id)
    begun = session.exec(query.order_by(col(Recording.id).desc())).first() or stream.opened_at
    return max(0, int((now - begun).total_seconds() * 1000))


def has_second_pass(session: Session, call_id: str) -> bool:
    """Whether a better engine has transcribed all of the call."""
    query = select(Recording.id).where(
        Recording.call_id == call_id, col(Recording.second_pass_at).is_not(None)
    )
    return session.exec(query).first() is not None


def with_second_pass(session: Session, call_ids: Collection[str]) -> set[str]:
    """Those of the calls that a better engine has transcribed anew."""
    if not call_ids:
        return set()
    query = select(Recording.call_id).where(
        col(Recording.call_id).in_(call_ids), col(Recording.second_pass_at).is_not(None)
    )
    return set(session.exec(query).all())


def segments_of_calls(session: Session, call_ids: Collection[str]) -> Sequence[Segment]:
    """Every piece of transcript of calls, of whichever version, in the order of speech."""
    query = select(Segment).where(col(Segment.call_id).in_(call_ids))
    return session.exec(query.order_by(col(Segment.start_ms), col(Segment.id))).all()


def segments_of(session: Session, call_id: str) -> Sequence[Segment]:
    """Every piece of transcript of the call, of whichever version, in the order of speech."""
    query = select(Segment).where(Segment.call_id == call_id)
    return session.exec(query.order_by(col(Segment.start_ms), col(Segment.id))).all()
