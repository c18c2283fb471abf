"""Legal-aid intake as officers and lawyers see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from hotline.intake.service import steps_of
from hotline.intake.states import IntakeState, actions_for
from hotline.tables import Intake, Ticket
from hotline.views.access import LAWYER
from hotline.views.reader import Person, Reader, Shape
from hotline.views.tickets import TicketShape, shown_words, ticket_shape

_OPEN = (IntakeState.SUBMITTED.value, IntakeState.DOCUMENTS_REQUESTED.value)


class IntakeRow(Shape):
    """One line of the intake queue.

    `state` is submitted, documents_requested, accepted, decided_against or withdrawn; `actions`
    are what this reader may do now; `due_at` is the end of the time for the decision (article 43);
    `is_urgent` says that the finding holds something that comes before everything else.
    """

    id: str
    ticket_id: str
    call_id: str
    state: str
    caller: str | None
    caller_name: str
    is_urgent: bool
    topic: str | None
    matter: str | None
    track: str | None
    submitted_by: Person | None
    submitted_at: datetime
    due_at: datetime | None
    decided_by: Person | None
    decided_at: datetime | None
    reason: str
    version: int
    actions: list[str]


class IntakeStepShape(Shape):
    """One step: who moved the intake, when, with which words."""

    at: datetime
    by: Person | None
    from_state: str
    to_state: str
    note: str


class IntakeShape(IntakeRow):
    """One intake with its facts, finding, steps and ticket."""

    facts: dict[str, Any]
    finding: dict[str, Any]
    steps: list[IntakeStepShape]
    ticket: TicketShape


def list_intakes(
    reader: Reader, *, limit: int, before: str | None = None, state: str | None = None
) -> list[IntakeRow]:
    """The intakes this reader may see, newest first; `state` may also be ``open``."""
    query = (
        select(Intake, Ticket)
        .join(Ticket, col(Ticket.id) == col(Intake.ticket_id))
        .order_by(col(Intake.id).desc())
        .limit(limit)
    )
    if reader.roles <= {LAWYER}:
        query = query.where(col(Intake.submitted_by) == (reader.user.id if reader.user else ""))
    if before is not None:
        query = query.where(col(Intake.id) < before)
    if state is not None:
        query = query.where(col(Intake.state).in_(_OPEN if state == "open" else (state,)))
    return intake_rows(reader, list(reader.session.exec(query).all()))


def intake_rows(reader: Reader, pairs: Sequence[tuple[Intake, Ticket]]) -> list[IntakeRow]:
    """Lines of the queue as this reader sees them, in the order given."""
    numbers = reader.numbers(ticket.caller_id for _, ticket in pairs)
    people = reader.people(
        user_id for intake, _ in pairs for user_id in (intake.submitted_by, intake.decided_by)
    )
    return [
        IntakeRow(
            id=intake.id,
            ticket_id=ticket.id,
            call_id=ticket.call_id,
            state=intake.state,
            caller=numbers.get(ticket.caller_id or ""),
            caller_name=shown_words(reader, ticket)[0]["caller_name"],
            is_urgent=_is_urgent(intake.finding),
            topic=ticket.topic,
            matter=_text(intake.facts, "matter") or ticket.matter,
            track=_text(intake.finding, "track"),
            submitted_by=people.get(intake.submitted_by),
            submitted_at=intake.submitted_at,
            due_at=intake.due_at,
            decided_by=people.get(intake.decided_by or ""),
            decided_at=intake.decided_at,
            reason=intake.reason,
            version=intake.version,
            actions=[str(a) for a in actions_for(IntakeState(intake.state), reader.roles)],
        )
        for intake, ticket in pairs
    ]


def intake_shape(reader: Reader, intake: Intake) -> IntakeShape:
    """One intake as this reader sees it."""
    ticket = reader.session.get_one(Ticket, intake.ticket_id)
    row = intake_rows(reader, [(intake, ticket)])[0]
    return IntakeShape(
        **row.model_dump(),
        facts=dict(intake.facts),
        finding=dict(intake.finding),
        steps=_steps(reader, intake),
        ticket=ticket_shape(reader, ticket),
    )


def open_count(reader: Reader) -> int:
    """How many intakes wait for somebody."""
    query = select(func.count()).select_from(Intake).where(col(Intake.state).in_(_OPEN))
    return reader.session.exec(query).one()


def _steps(reader: Reader, intake: Intake) -> list[IntakeStepShape]:
    steps = steps_of(reader.session, intake)
    people = reader.people(step.by for step in steps)
    return [
        IntakeStepShape(
            at=step.at,
            by=people.get(step.by),
            from_state=step.from_state,
            to_state=step.to_state,
            note=step.note,
        )
        for step in steps
    ]


def _is_urgent(finding: dict[str, Any]) -> bool:
    overlays = finding.get("overlays")
    return isinstance(overlays, list) and any(
        isinstance(overlay, dict) and overlay.get("is_urgent") is True for overlay in overlays
    )


def _text(values: dict[str, object], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) and value != "unknown" else None
