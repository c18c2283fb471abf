"""What the second transcript of a call takes over from the first."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from asr.segments import Span, uncovered
from hotline.house import House
from hotline.tables import Segment
from hotline.transcripts import repository, service as transcripts
from hotline.transcripts.rules import Source

# A second hearing that reaches this far into a piece of the first, such as past a change of
# languages, does not make the rest of that piece known.
_LEAST_MS = 600


def keep_first(
    session: Session, house: House, call_id: str, *, heard_anew: Collection[str]
) -> None:
    """Copies what no better engine has heard into the second version, so that that is whole.

    Args:
        session: The transaction in which the second version becomes the better one.
        house: The worker's house.
        call_id: The call.
        heard_anew: The languages that have a better engine.
    """
    rows = repository.segments_of(session, call_id)
    second = [row for row in rows if row.source == Source.SECOND_PASS]
    for row in rows:
        if row.source == Source.SECOND_PASS or row.language in heard_anew:
            continue
        if not _is_known(row, second):
            _copy(session, house, row)


def _is_known(row: Segment, second: Sequence[Segment]) -> bool:
    span = Span(row.start_ms, max(row.end_ms, row.start_ms + 1))
    known = [Span(one.start_ms, one.end_ms) for one in second if one.speaker == row.speaker]
    least_ms = min(_LEAST_MS, span.length_ms)
    return not uncovered([span], known, tolerance_ms=0, least_ms=least_ms)


def _copy(session: Session, house: House, row: Segment) -> None:
    transcripts.add_segment(
        session,
        house,
        call_id=row.call_id,
        speaker=row.speaker,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        text=row.text,
        language=row.language,
        confidence=row.confidence,
        engine=row.engine,
        model=row.model,
        source=Source.SECOND_PASS,
        raw=row.raw,
        words=row.words,
    )
