"""What was noticed: proposed by rules, answered by the lawyer, dangers acknowledged."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from hotline.audit import audit
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput
from hotline.events import EventType
from hotline.house import House
from hotline.insights import repository
from hotline.insights.configuration import InsightRules
from hotline.insights.insight import Decision, Insight, Kind, Said
from hotline.insights.rules import find_insights
from hotline.queueing import service as queue
from hotline.queueing.rules import Priority
from hotline.tables import Call, InsightRow, QueueEntry, Segment, User
from hotline.transcripts.rules import Source, Speaker

# Nobody says more in one breath; an engine that repeats itself in silence writes thousands.
_LONGEST_READ = 600
# Engines part sentences at different pauses, and differ about where words begin.
_CUT_ELSEWHERE_MS = 10_000


def insights_in(segment: Segment) -> list[Insight]:
    """What the rules notice in a segment; the lawyer's words tell nothing of the caller."""
    if segment.speaker != Speaker.CALLER:
        return []
    words = segment.text[:_LONGEST_READ]
    found = find_insights(Said(words, segment.id, segment.start_ms, segment.end_ms))
    # Who speaks Korean where Korean is listened for asks for nothing.
    return [one for one in found if (one.kind, one.key) != (Kind.LANGUAGE, segment.language)]


def propose(
    session: Session, house: House, call_id: str, found: Iterable[Insight]
) -> list[InsightRow]:
    """Stores what is noticed for the first time in a call.

    What the lawyer has confirmed or dismissed is not proposed again; a danger that is told again
    after somebody dealt with the first is. Words that are heard again after the call, by a better
    engine or next to a gap, are no telling again: only a danger that nobody saw is told of then.
    """
    found = list(found)
    known = repository.of_call(session, call_id)
    settled = {
        (row.kind, row.key, row.value)
        for row in known
        if row.kind != Kind.RISK
        or (row.state != Decision.DISMISSED and row.acknowledged_at is None)
    }
    stored_from = {(row.segment_id, row.kind, row.key, row.value) for row in known}
    after_call = _heard_after_call(session, found)
    rows = []
    for insight in found:
        name = (insight.kind.value, insight.key, insight.value)
        if insight.segment_id is None or name in settled:
            continue
        if (insight.segment_id, *name) in stored_from:
            continue
        if insight.segment_id in after_call and any(_is_same(row, insight) for row in known):
            continue
        settled.add(name)
        rows.append(_store(session, house, call_id, insight, insight.segment_id))
    return rows


def _heard_after_call(session: Session, found: Iterable[Insight]) -> set[int | None]:
    """Those of the segments in question that live transcription did not hear."""
    ids = {insight.segment_id for insight in found}
    query = select(Segment.id).where(col(Segment.id).in_(ids), Segment.source != Source.LIVE)
    return set(session.exec(query)) if ids else set()


def _is_same(row: InsightRow, insight: Insight) -> bool:
    """Whether a danger was noticed in the same words, which another engine cuts elsewhere."""
    is_near = (
        row.start_ms - _CUT_ELSEWHERE_MS <= insight.end_ms
        and insight.start_ms <= row.end_ms + _CUT_ELSEWHERE_MS
    )
    return (row.kind, row.key) == (insight.kind, insight.key) and is_near


def decide(
    session: Session, house: House, insight_id: int, *, user: User, decision: Decision
) -> InsightRow:
    """The lawyer's answer to a proposal; it may be changed, and the last one counts.

    Raises:
        InvalidInput: A proposal is confirmed or dismissed, nothing else.
        NotFound: There is no such proposal.
    """
    if decision == Decision.PROPOSED:
        raise InvalidInput("A proposal is confirmed or dismissed.")
    row = repository.insight(session, insight_id)
    if row.state == decision:
        return row
    row.state, row.decided_by, row.decided_at = decision.value, user.id, house.clock.now()
    audit(session, house, user, f"insight.{decision}", str(row.id), call_id=row.call_id)
    _tell(session, house, row)
    return row


def acknowledge(session: Session, house: House, insight_id: int, *, user: User) -> InsightRow:
    """A supervisor has taken note of a danger; doing it twice is the same as once.

    Raises:
        Conflict: It is no danger.
        NotFound: There is no such thing.
    """
    row = repository.insight(session, insight_id)
    if row.kind != Kind.RISK:
        raise Conflict(f"Insight {insight_id} is no danger.")
    if row.acknowledged_at is None:
        row.acknowledged_by, row.acknowledged_at = user.id, house.clock.now()
        audit(session, house, user, "risk.acknowledged", str(row.id), call_id=row.call_id)
        _tell(session, house, row)
    return row


def has_priorities_to_raise(session: Session, house: House) -> bool:
    """Whether `raise_priorities` would change anything; takes no turn to write."""
    return bool(_to_raise(session, house))


def raise_priorities(session: Session, house: House) -> int:
    """Makes emergencies of callers in danger who wait; returns how many."""
    entries = _to_raise(session, house)
    for entry in entries:
        entry.priority = Priority.EMERGENCY
        queue.tell(session, house, entry)
        audit(session, house, None, "queue.raised", entry.id, reason="danger in words")
    return len(entries)


def _to_raise(session: Session, house: House) -> Sequence[QueueEntry]:
    entries = repository.endangered_entries(session, now=house.clock.now())
    if not entries or not configuration.current(session, InsightRules).raise_priority:
        return ()
    return entries


def _store(
    session: Session, house: House, call_id: str, insight: Insight, segment_id: int
) -> InsightRow:
    row = InsightRow(
        call_id=call_id,
        segment_id=segment_id,
        kind=insight.kind.value,
        key=insight.key,
        value=insight.value,
        quote=insight.quote,
        start_ms=insight.start_ms,
        end_ms=insight.end_ms,
        confidence=insight.confidence,
        article=insight.article,
        hint=insight.hint,
        created_at=house.clock.now(),
    )
    session.add(row)
    session.flush()
    _tell(session, house, row)
    return row


def _tell(session: Session, house: House, row: InsightRow) -> None:
    session.add(row)
    house.record(session, EventType.INSIGHT_CHANGED, insight_id=row.id, call_id=row.call_id)


def may_decide(call: Call, user: User) -> bool:
    """Whether the proposals of a call are this person's to answer."""
    return call.lawyer_id == user.id
