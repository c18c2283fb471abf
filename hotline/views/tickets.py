"""Consultation tickets as people see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.tables import Intake, Ticket
from hotline.tickets.masks import MASKS, masked_fields, sees_whole
from hotline.tickets.service import words_of
from hotline.transcripts.service import best_versions
from hotline.views.reader import Person, Reader, Shape

# Below the origin; `api.calls` serves it.
_TRANSCRIPT = "/api/v1/calls/{call_id}/transcript?version={version}"


class TicketShape(Shape):
    """One ticket; `status` is open, wrapping or done.

    `caller_name`, `caller_identity` and long numbers in `summary` and `advice` are in full for the
    ticket's lawyer and for intake, masked for others; `masked` names the fields where that hides
    something, and a masked part that comes back unchanged stays what it is. A change must name the
    `version` it was made on. `transcript` is the address of the call's best transcript.
    """

    id: str
    number: str | None
    call_id: str
    transcript: str
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
    masked: list[str]
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
    versions = best_versions(reader.session, [ticket.call_id for ticket in tickets])
    return [
        _shape(
            reader,
            ticket,
            caller=numbers.get(ticket.caller_id or ""),
            lawyer=people.get(ticket.lawyer_id or ""),
            intake=intakes.get(ticket.id),
            transcript=_TRANSCRIPT.format(
                call_id=ticket.call_id, version=versions[ticket.call_id].value
            ),
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
    transcript: str,
) -> TicketShape:
    shown, masked = shown_words(reader, ticket)
    return TicketShape(
        id=ticket.id,
        number=ticket.number,
        call_id=ticket.call_id,
        transcript=transcript,
        lawyer=lawyer,
        status=ticket.status,
        language=ticket.language,
        topic=ticket.topic,
        matter=ticket.matter,
        summary=shown["summary"],
        advice=shown["advice"],
        disposition=ticket.disposition,
        caller=caller,
        caller_name=shown["caller_name"],
        caller_identity=shown["caller_identity"],
        masked=list(masked),
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


def shown_words(reader: Reader, ticket: Ticket) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts with personal data as this reader may see them, and those that are masked."""
    whole = words_of(reader.house, ticket)
    if sees_whole(reader.user, ticket):
        return whole, ()
    return {name: mask(whole[name]) for name, mask in MASKS.items()}, masked_fields(whole)


def _intakes(reader: Reader, ticket_ids: Sequence[str]) -> dict[str, Intake]:
    if not ticket_ids:
        return {}
    query = select(Intake).where(col(Intake.ticket_id).in_(ticket_ids))
    return {intake.ticket_id: intake for intake in reader.session.exec(query)}
