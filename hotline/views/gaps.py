"""What of a call was not transcribed live, such as while speech recognition was away."""

from sqlmodel import Session, col, select

from hotline.tables import Recording
from hotline.transcripts.rules import merge_gap
from hotline.transcripts.service import streams_of
from hotline.views.reader import Shape


class GapShape(Shape):
    """A stretch that was not heard live; times are milliseconds on the recording's clock.

    `filled` says that the after-call job has gone over the recording since: what was said there
    is in the transcript.
    """

    speaker: str
    start_ms: int
    end_ms: int
    filled: bool = False


def gaps_of(session: Session, call_id: str) -> list[GapShape]:
    """The gaps of a call in the order of speech, and whether they have been filled."""
    query = select(Recording.id).where(
        Recording.call_id == call_id, col(Recording.transcribed_at).is_not(None)
    )
    is_filled = session.exec(query).first() is not None
    merged: dict[str, list[list[int]]] = {}
    for stream in streams_of(session, call_id):
        for start_ms, end_ms in stream.gaps:
            merged[stream.speaker] = merge_gap(merged.get(stream.speaker, []), start_ms, end_ms)
    found = [
        GapShape(speaker=speaker, start_ms=start_ms, end_ms=end_ms, filled=is_filled)
        for speaker, gaps in merged.items()
        for start_ms, end_ms in gaps
    ]
    return sorted(found, key=lambda gap: gap.start_ms)
