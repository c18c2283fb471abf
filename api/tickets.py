"""Consultation tickets: reading, saving, finishing, handing to legal-aid intake."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.errors import Conflict
from hotline.intake.exchange import facts_from_json, finding_to_json
from hotline.intake.rules import find
from hotline.intake.service import hand_over
from hotline.tables import Lawyer
from hotline.tickets import service as tickets
from hotline.views.access import STAFF, require_role
from hotline.views.intakes import IntakeShape, intake_shape
from hotline.views.tickets import TicketShape, ticket_shape, ticket_shapes
from hotline.web.problems import ConflictWith
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/tickets", tags=["tickets"])


class TicketChanges(BaseModel):
    """The version that was changed, and the new values of whatever has changed.

    Fields: topic, matter, summary, advice, disposition, language, caller_name, caller_identity,
    facts, legal_aid_informed, legal_aid_intent, is_confidential.
    """

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [{"version": 3, "summary": "拖欠工资三个月"}]}
    )

    version: int = Field(ge=1)


class Facts(BaseModel):
    """What is known for legal aid, by the names of `GET /api/v1/intake-fields`."""

    facts: dict[str, Any] = Field(max_length=100)


@router.get("")
def get_tickets(
    reader: ReadBy, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[TicketShape]:
    """Tickets, newest first: own ones for lawyers."""
    require_role(reader.signed_in, STAFF)
    rows = tickets.list_tickets(
        reader.session, reader=reader.signed_in, limit=limit + 1, before=cursor
    )
    return page(ticket_shapes(reader, rows), [row.id for row in rows], limit=limit)


@router.get("/{ticket_id}")
def get_ticket(ticket_id: str, reader: ReadBy) -> TicketShape:
    """One ticket."""
    ticket = tickets.find(reader.session, ticket_id, reader=reader.signed_in)
    return ticket_shape(reader, ticket)


@router.patch("/{ticket_id}")
def patch_ticket(ticket_id: str, body: TicketChanges, writer: WriteBy) -> TicketShape:
    """Saves changes made on `version`; 409 with `current` when somebody saved in between."""
    try:
        ticket = tickets.update(
            writer.session,
            writer.house,
            ticket_id,
            user=writer.signed_in,
            version=body.version,
            changes=body.model_extra or {},
        )
    except Conflict as error:
        current = tickets.find(writer.session, ticket_id, reader=writer.signed_in)
        shape = ticket_shape(writer, current).model_dump(mode="json")
        raise ConflictWith(str(error), current=shape) from error
    return ticket_shape(writer, ticket)


@router.post("/{ticket_id}/finish")
def post_finish(ticket_id: str, writer: WriteBy) -> TicketShape:
    """The ticket is complete; a lawyer who was writing it up is free again."""
    user = writer.signed_in
    ticket = tickets.finish(writer.session, writer.house, ticket_id, user=user)
    lawyer = writer.session.get(Lawyer, user.id)
    if lawyer is not None and lawyer.state == LawyerState.WRAP_UP:
        agents.end_wrap_up(writer.session, writer.house, lawyer, by=user.id)
    return ticket_shape(writer, ticket)


@router.post("/{ticket_id}/finding")
def post_finding(ticket_id: str, body: Facts, reader: ReadBy) -> dict[str, Any]:
    """The preliminary finding for these facts; nothing is stored. A person decides, not this."""
    tickets.find(reader.session, ticket_id, reader=reader.signed_in)
    return finding_to_json(find(facts_from_json(body.facts)))


@router.post("/{ticket_id}/intake", status_code=201)
def post_intake(ticket_id: str, body: Facts, writer: WriteBy) -> IntakeShape:
    """Hands the ticket to legal-aid intake; 409 when that has been done."""
    intake = hand_over(
        writer.session,
        writer.house,
        ticket_id,
        user=writer.signed_in,
        facts=body.facts,
    )
    return intake_shape(writer, intake)
