"""Words of a call as a reader may see them: numbers masked for those who may not know them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from hotline.insights.clauses import plain
from hotline.tables import Call, Segment
from hotline.transcripts.redaction import redact, redact_pieces
from hotline.views.access import may_see_numbers
from hotline.views.reader import Reader


@dataclass(frozen=True, slots=True)
class Quote:
    """Words quoted from a segment of a call that begins at `start_ms`."""

    call_id: str
    start_ms: int
    text: str


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


def shown_quotes(reader: Reader, quotes: Sequence[Quote], calls: Mapping[str, Call]) -> list[str]:
    """Quotes from calls, in the order given; masked with regard to what stands around them.

    Args:
        reader: Who reads.
        quotes: The quotes.
        calls: The calls they are from, by id.
    """
    hidden = {one for one in quotes if not _may_see(reader, calls.get(one.call_id))}
    segments = _quoted(reader.session, hidden)
    around = _neighbours(reader.session, [one for found in segments.values() for one in found])
    return [
        _masked_in(one.text, segments[one.call_id, one.start_ms], around)
        if one in hidden
        else one.text
        for one in quotes
    ]


def _may_see(reader: Reader, call: Call | None) -> bool:
    return call is not None and may_see_numbers(reader.user, call)


def _quoted(session: Session, quotes: Iterable[Quote]) -> dict[tuple[str, int], list[Segment]]:
    """The segments that begin where quotes are said to come from."""
    places: dict[tuple[str, int], list[Segment]] = {
        (one.call_id, one.start_ms): [] for one in quotes
    }
    query = select(Segment).where(
        col(Segment.call_id).in_({call_id for call_id, _ in places}),
        col(Segment.start_ms).in_({start_ms for _, start_ms in places}),
    )
    for segment in session.scalars(query) if places else ():
        place = (segment.call_id, segment.start_ms)
        if place in places:
            places[place].append(segment)
    return places


def _masked_in(
    quote: str, segments: Sequence[Segment], around: Mapping[int, tuple[str, str]]
) -> str:
    """A quote masked as it is in the segment of which it is a part."""
    for segment in segments:
        before, after = around.get(segment.id or 0, ("", ""))
        # Rules quote the words without the blanks between them.
        for whole in (segment.text, plain(segment.text)):
            if (at := whole.find(quote)) >= 0:
                pieces = [before, whole[:at], quote, whole[at + len(quote) :], after]
                return redact_pieces(pieces)[2]
    return redact(quote)


def shown_text(reader: Reader, call: Call | None, text: str) -> str:
    """One text about a call, such as a quoted clause."""
    return text if _may_see(reader, call) else redact(text)
