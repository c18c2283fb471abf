"""Consultation tickets as people see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.privacy import mask_identity, mask_name
from hotline.tables import Intake, Ticket
from hotline.tickets.service import person_of
from hotline.transcripts.redaction import redact
from hotline.views.access import INTAKE
from hotline.views.reader import Person, Reader, Shape


class TicketShape(Shape):
    """One ticket; `status` is open, wrapping or done.

    `caller_name`, `caller_identity` and long numbers in `summary` and `advice` are in full for the
    ticket's lawyer and for intake, masked for others. A change must name the `version` it was made
    on.
    """

    id: str
    number: str | None
    call_id: str
    lawyer: Person | None
    status: str
    language: str | None
    topic: str | None
    matter: str | None
    summary: str
    advice: str
    disposition: str | None
    caller: str | None
    caller_name: str
    caller_identity: str
    facts: dict[str, Any]
    legal_aid_informed: bool
    legal_aid_intent: bool
    is_confidential: bool
    rating: int | None
    intake_id: str | None
    intake_state: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    done_at: datetime | None


def ticket_shapes(reader: Reader, tickets: Sequence[Ticket]) -> list[TicketShape]:
    """Tickets as this reader sees them, in the order given."""
    numbers = reader.numbers(ticket.caller_id for ticket in tickets)
    people = reader.people(ticket.lawyer_id for ticket in tickets)
    intakes = _intakes(reader, [ticket.id for ticket in tickets])
    return [
        _shape(
            reader,
            ticket,
            caller=numbers.get(ticket.caller_id or ""),
            lawyer=people.get(ticket.lawyer_id or ""),
            intake=intakes.get(ticket.id),
        )
        for ticket in tickets
    ]


def ticket_shape(reader: Reader, ticket: Ticket) -> TicketShape:
    """One ticket as this reader sees it."""
    return ticket_shapes(reader, [ticket])[0]


def _shape(
    reader: Reader,
    ticket: Ticket,
    *,
    caller: str | None,
    lawyer: Person | None,
    intake: Intake | None,
) -> TicketShape:
    name, identity = shown_person(reader, ticket)
    return TicketShape(
        id=ticket.id,
        number=ticket.number,
        call_id=ticket.call_id,
        lawyer=lawyer,
        status=ticket.status,
        language=ticket.language,
        topic=ticket.topic,
        matter=ticket.matter,
        summary=_shown_words(reader, ticket, ticket.summary),
        advice=_shown_words(reader, ticket, ticket.advice),
        disposition=ticket.disposition,
        caller=caller,
        caller_name=name,
        caller_identity=identity,
        facts=dict(ticket.facts),
        legal_aid_informed=ticket.legal_aid_informed,
        legal_aid_intent=ticket.legal_aid_intent,
        is_confidential=ticket.is_confidential,
        rating=ticket.rating,
        intake_id=intake.id if intake else None,
        intake_state=intake.state if intake else None,
        version=ticket.version,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        done_at=ticket.done_at,
    )


def shown_person(reader: Reader, ticket: Ticket) -> tuple[str, str]:
    """The name and identity number in a ticket, as this reader may see them."""
    name, identity = person_of(reader.house, ticket)
    is_own = reader.user is not None and reader.user.id == ticket.lawyer_id
    if is_own or INTAKE in reader.roles:
        return name, identity
    return mask_name(name), mask_identity(identity)


def _shown_words(reader: Reader, ticket: Ticket, text: str) -> str:
    """What is written in a ticket quotes the caller: numbers are masked as in the transcript."""
    is_own = reader.user is not None and reader.user.id == ticket.lawyer_id
    return text if is_own or INTAKE in reader.roles else redact(text)


def _intakes(reader: Reader, ticket_ids: Sequence[str]) -> dict[str, Intake]:
    if not ticket_ids:
        return {}
    query = select(Intake).where(col(Intake.ticket_id).in_(ticket_ids))
    return {intake.ticket_id: intake for intake in reader.session.exec(query)}
