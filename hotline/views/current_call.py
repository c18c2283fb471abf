"""What a lawyer's page needs of the call it is in or is writing up."""

from sqlmodel import col, select

from hotline.tables import Call, Lawyer, Ticket
from hotline.views.access import LAWYER
from hotline.views.calls import CallShape, call_shape
from hotline.views.insights import InsightShape, insights_of
from hotline.views.legs import open_leg
from hotline.views.reader import Reader
from hotline.views.tickets import TicketShape, ticket_shape
from hotline.views.transcripts import (
    SegmentShape,
    StreamShape,
    speech_of,
    transcript,
)
from hotline.views.waiting import earlier_contacts


class CurrentCall(CallShape):
    """The call a lawyer is in, or is writing up; it has no leg once the talk is over."""

    leg_id: str | None
    leg_state: str | None
    leg_medium: str | None
    earlier_contacts: int
    ticket: TicketShape | None
    transcript: list[SegmentShape]
    speech: list[StreamShape]
    insights: list[InsightShape]


def current_call(reader: Reader) -> CurrentCall | None:
    """The call the reader is in or is writing up; None when there is none."""
    call = _call_at_hand(reader)
    if call is None:
        return None
    leg = open_leg(reader, call)
    query = select(Ticket).where(col(Ticket.call_id) == call.id)
    ticket = reader.session.exec(query).first()
    return CurrentCall(
        **call_shape(reader, call).model_dump(),
        leg_id=leg.id if leg else None,
        leg_state=leg.state if leg else None,
        leg_medium=leg.medium if leg else None,
        earlier_contacts=earlier_contacts(reader, call.caller_id, without_call=call.id),
        ticket=ticket_shape(reader, ticket) if ticket else None,
        transcript=transcript(reader, call.id),
        speech=speech_of(reader, call.id),
        insights=insights_of(reader, call.id),
    )


def _call_at_hand(reader: Reader) -> Call | None:
    if reader.user is None or LAWYER not in reader.roles:
        return None
    lawyer = reader.session.get(Lawyer, reader.user.id)
    if lawyer is None:
        return None
    if lawyer.call_id is not None:
        return reader.session.get(Call, lawyer.call_id)
    if lawyer.state != "wrap_up":
        return None
    query = (
        select(Call)
        .join(Ticket, col(Ticket.call_id) == col(Call.id))
        .where(col(Ticket.lawyer_id) == lawyer.user_id)
        .order_by(col(Call.id).desc())
    )
    return reader.session.exec(query).first()
