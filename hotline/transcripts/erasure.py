"""Taking a call's words out of every place in which they, or quotes of them, are kept."""

from sqlmodel import Session, col, select

from hotline.events import EventType
from hotline.house import House
from hotline.tables.insights import InsightRow
from hotline.tables.quality import QualityCheck
from hotline.transcripts import repository, word_index


def erase(session: Session, house: House, call_id: str) -> None:
    """Deletes every word of a call, wherever it is kept; pages are told."""
    rows = repository.segments_of(session, call_id)
    word_index.forget(session, [row.id for row in rows if row.id is not None])
    # A judgement stays, without the sentences it rests on.
    judgement = session.get(QualityCheck, call_id)
    if judgement is not None:
        judgement.items = [{**item, "evidence": []} for item in judgement.items]
        session.add(judgement)
    # What was noticed quotes the words.
    for insight in session.exec(select(InsightRow).where(col(InsightRow.call_id) == call_id)):
        session.delete(insight)
    session.flush()
    for row in rows:
        session.delete(row)
    session.flush()
    if rows:
        house.record(session, EventType.TRANSCRIPT_ERASED, call_id=call_id)
