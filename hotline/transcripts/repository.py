"""Looking transcripts up."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hotline.errors import NotFound
from hotline.tables.transcripts import Segment, SpeechStream


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
    """Every side of the call that was ever forked, oldest first."""
    query = select(SpeechStream).where(SpeechStream.call_id == call_id)
    return session.exec(query.order_by(col(SpeechStream.id))).all()


def segments_of(session: Session, call_id: str) -> Sequence[Segment]:
    """The call's transcript in the order in which it was spoken."""
    query = select(Segment).where(Segment.call_id == call_id)
    return session.exec(query.order_by(col(Segment.start_ms), col(Segment.id))).all()
