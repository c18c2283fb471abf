"""Words of a call as a reader may see them: numbers masked for those who may not know them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from hotline.tables import Call, Segment
from hotline.transcripts.redaction import redact, redact_pieces
from hotline.views.access import may_see_numbers
from hotline.views.reader import Reader


def shown_texts(reader: Reader, call: Call, segments: Sequence[Segment]) -> list[str]:
    """The texts of a call's segments, in the order given.

    A number that goes on from one segment to the next of the same speaker is masked in both.
    """
    if may_see_numbers(reader.user, call):
        return [segment.text for segment in segments]
    return redacted_texts(segments)


def redacted_texts(segments: Sequence[Segment]) -> list[str]:
    """The texts for whoever may not see numbers."""
    shown: dict[int, str] = {}
    for speaker in {segment.speaker for segment in segments}:
        places = [place for place, one in enumerate(segments) if one.speaker == speaker]
        texts = redact_pieces([segments[place].text for place in places])
        shown.update(zip(places, texts, strict=True))
    return [shown[place] for place in range(len(segments))]


def masked_text(session: Session, segment: Segment) -> str:
    """The text of a new segment without numbers, one that began in the segment before included."""
    query = select(Segment).where(
        col(Segment.call_id) == segment.call_id,
        col(Segment.speaker) == segment.speaker,
        col(Segment.source) == segment.source,
        col(Segment.id) < segment.id,
    )
    before = session.scalars(query.order_by(col(Segment.id).desc()).limit(1)).all()
    return redacted_texts([*before, segment])[-1]


def shown_alone(reader: Reader, found: Sequence[tuple[Segment, Call]]) -> list[str]:
    """The texts of segments from many calls, in the order given.

    A number that began before a segment or goes on behind it is masked as in the transcript.
    """
    masked = [one for one, call in found if not may_see_numbers(reader.user, call)]
    around = _neighbours(reader.session, masked)
    shown = []
    for segment, _ in found:
        pieces = around.get(segment.id or 0)
        if pieces is None:
            shown.append(segment.text)
        else:
            before, after = pieces
            shown.append(redact_pieces([before, segment.text, after])[1])
    return shown


def _neighbours(session: Session, segments: Sequence[Segment]) -> dict[int, tuple[str, str]]:
    """What the same speaker said just before and after each segment, by the segment's id."""
    if not segments:
        return {}
    side = (col(Segment.call_id), col(Segment.speaker), col(Segment.source))
    order = (col(Segment.start_ms), col(Segment.id))
    said = (
        select(
            col(Segment.id).label("id"),
            func.lag(col(Segment.text)).over(partition_by=side, order_by=order).label("before"),
            func.lead(col(Segment.text)).over(partition_by=side, order_by=order).label("after"),
        )
        .where(col(Segment.call_id).in_({segment.call_id for segment in segments}))
        .subquery()
    )
    ids = [segment.id for segment in segments]
    rows = session.execute(select(said).where(said.c.id.in_(ids)))
    return {id_: (before or "", after or "") for id_, before, after in rows}


def shown_text(reader: Reader, call: Call | None, text: str) -> str:
    """One text about a call, such as a quoted clause."""
    if call is not None and may_see_numbers(reader.user, call):
        return text
    return redact(text)
