"""What was noticed in a call, as people see it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.configuration import service as configuration
from hotline.insights import repository
from hotline.insights.configuration import InsightRules
from hotline.insights.insight import Kind
from hotline.insights.topics import TREE
from hotline.tables import Call, InsightRow
from hotline.views.reader import Person, Reader, Shape
from hotline.views.words import Quote, shown_quotes, shown_text


class LineShape(Shape):
    """A number to call."""

    number: str
    name: str


class ScriptShape(Shape):
    """What to say and do, and whom to call."""

    steps: list[str]
    lines: list[LineShape]


class InsightShape(Shape):
    """Something that a rule noticed in the caller's words.

    `kind` is topic, fact, legal_aid, deadline, risk or language; `state` proposed, confirmed or
    dismissed. `quote` is the clause it rests on, at `start_ms` of the recording. `classes` is the
    place of a topic in the tree, `topic` and `matter` are what it fills in; `script` comes with a
    danger.
    """

    id: int
    call_id: str
    kind: str
    key: str
    value: str
    quote: str
    start_ms: int
    end_ms: int
    confidence: float
    article: str
    hint: str
    classes: list[str]
    topic: str | None
    matter: str | None
    script: ScriptShape | None
    state: str
    decided_by: Person | None
    decided_at: datetime | None
    acknowledged_by: Person | None
    acknowledged_at: datetime | None
    created_at: datetime


def insights_of(reader: Reader, call_id: str) -> list[InsightShape]:
    """Everything noticed in a call, in the order of speech."""
    return insight_shapes(reader, repository.of_call(reader.session, call_id))


def open_risks(reader: Reader) -> list[InsightShape]:
    """Dangers that no supervisor has acknowledged, newest first."""
    now = reader.house.clock.now()
    return insight_shapes(reader, repository.open_risks(reader.session, now=now))


def insight_shape(reader: Reader, row: InsightRow) -> InsightShape:
    """One thing noticed, as this reader sees it."""
    return insight_shapes(reader, [row])[0]


def insight_shapes(reader: Reader, rows: Sequence[InsightRow]) -> list[InsightShape]:
    """Things noticed, as this reader sees them, in the order given."""
    calls = _calls(reader, {row.call_id for row in rows})
    deciders = [row.decided_by for row in rows]
    people = reader.people([*deciders, *(row.acknowledged_by for row in rows)])
    has_risk = any(row.kind == Kind.RISK for row in rows)
    rules = configuration.current(reader.session, InsightRules) if has_risk else None
    places = [Quote(row.call_id, row.start_ms, row.quote) for row in rows]
    quotes = shown_quotes(reader, places, calls)
    return [
        _shape(reader, row, quote, calls.get(row.call_id), people, rules)
        for row, quote in zip(rows, quotes, strict=True)
    ]


def _shape(
    reader: Reader,
    row: InsightRow,
    quote: str,
    call: Call | None,
    people: dict[str, Person],
    rules: InsightRules | None,
) -> InsightShape:
    branch = TREE.get(row.key) if row.kind == Kind.TOPIC else None
    return InsightShape(
        id=row.id or 0,
        call_id=row.call_id,
        kind=row.kind,
        key=row.key,
        value=shown_text(reader, call, row.value),
        quote=quote,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        confidence=row.confidence,
        article=row.article,
        hint=row.hint,
        classes=list(branch.classes) if branch else [],
        topic=branch.topic if branch else None,
        matter=branch.matter if branch else None,
        script=_script(row, rules),
        state=row.state,
        decided_by=people.get(row.decided_by or ""),
        decided_at=row.decided_at,
        acknowledged_by=people.get(row.acknowledged_by or ""),
        acknowledged_at=row.acknowledged_at,
        created_at=row.created_at,
    )


def _script(row: InsightRow, rules: InsightRules | None) -> ScriptShape | None:
    script = rules.scripts.get(row.key) if rules and row.kind == Kind.RISK else None
    if script is None:
        return None
    lines = [LineShape(number=line.number, name=line.name) for line in script.lines]
    return ScriptShape(steps=list(script.steps), lines=lines)


def _calls(reader: Reader, call_ids: Iterable[str]) -> dict[str, Call]:
    wanted = set(call_ids)
    if not wanted:
        return {}
    query = select(Call).where(col(Call.id).in_(wanted))
    return {call.id: call for call in reader.session.exec(query)}
