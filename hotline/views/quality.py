"""Judgements of calls as supervisors see them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.tables import Call, QualityCheck, Recording
from hotline.views.reader import Person, Reader, Shape
from hotline.views.words import Quote, shown_quotes


class EvidenceShape(Shape):
    """A place in the call, in milliseconds of its recording; `quote` is empty for silence."""

    start_ms: int
    end_ms: int
    quote: str


class ItemShape(Shape):
    """What was judged: hotline.quality.talk.Item, its weight and the share of it that was reached.

    `share` is None where the item does not apply. `reason` is hotline.quality.talk.Reason, `figure`
    a share or seconds that it speaks of.
    """

    item: str
    weight: int
    share: float | None
    reason: str
    figure: float | None
    evidence: list[EvidenceShape]


class CheckShape(Shape):
    """One call's judgement; scores are 0 to 100.

    `sample` says why a person should look: dissatisfied, forbidden_words, random, or None.
    """

    call_id: str
    started_at: datetime
    topic: str | None
    lawyer: Person | None
    rating: int | None
    score: int
    has_passed: bool
    sample: str | None
    checked_at: datetime
    recording_id: str | None
    human_score: int | None
    human_passed: bool | None
    human_note: str
    reviewed_by: Person | None
    reviewed_at: datetime | None


class CheckDetail(CheckShape):
    """One call's judgement with what it rests on."""

    items: list[ItemShape]


class AgreementShape(Shape):
    """How people's verdicts compare with the rules', and how much of the sample is done."""

    checked: int
    sampled: int
    reviewed: int
    compared: int
    percent: float | None
    kappa: float | None
    mean_difference: float | None


def check_shapes(reader: Reader, rows: Sequence[QualityCheck]) -> list[CheckShape]:
    """Judgements in the order given."""
    return [CheckShape(**fields) for fields in _fields(reader, rows)]


def check_detail(reader: Reader, row: QualityCheck) -> CheckDetail:
    """One judgement with its evidence, as this reader may see it."""
    call = reader.session.get(Call, row.call_id)
    places = [
        Quote(row.call_id, one["start_ms"], one["quote"])
        for item in row.items
        for one in item["evidence"]
    ]
    quotes = iter(shown_quotes(reader, places, {call.id: call} if call else {}))
    items = [
        ItemShape(
            item=item["item"],
            weight=item["weight"],
            share=item["share"],
            reason=item["reason"],
            figure=item["figure"],
            evidence=[
                EvidenceShape(
                    start_ms=one["start_ms"],
                    end_ms=one["end_ms"],
                    quote=next(quotes),
                )
                for one in item["evidence"]
            ],
        )
        for item in row.items
    ]
    return CheckDetail(**_fields(reader, [row])[0], items=items)


def _fields(reader: Reader, rows: Sequence[QualityCheck]) -> list[dict[str, object]]:
    ids = [row.call_id for row in rows]
    query = select(Call).where(col(Call.id).in_(ids))
    calls = {call.id: call for call in reader.session.exec(query)}
    recordings = dict(
        reader.session.exec(
            select(Recording.call_id, Recording.id).where(
                col(Recording.call_id).in_(ids), col(Recording.state) != "erased"
            )
        ).all()
    )
    people = reader.people([*(row.lawyer_id for row in rows), *(row.reviewed_by for row in rows)])
    return [
        {
            "call_id": row.call_id,
            "started_at": calls[row.call_id].started_at,
            "topic": calls[row.call_id].topic,
            "lawyer": people.get(row.lawyer_id or ""),
            "rating": calls[row.call_id].rating,
            "score": row.score,
            "has_passed": row.has_passed,
            "sample": row.sample,
            "checked_at": row.checked_at,
            "recording_id": recordings.get(row.call_id),
            "human_score": row.human_score,
            "human_passed": row.human_passed,
            "human_note": row.human_note,
            "reviewed_by": people.get(row.reviewed_by or ""),
            "reviewed_at": row.reviewed_at,
        }
        for row in rows
    ]
