"""Calls: the list, transcripts, the lawyer's audio, hanging up."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel

from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from hotline.calls import service as calls
from hotline.calls.legs import BROWSER, renew_leg_token
from hotline.errors import Conflict, NotAllowed, NotFound
from hotline.tables import Call
from hotline.tickets.service import earlier_of_caller
from hotline.transcripts.rules import Version
from hotline.transcripts.service import versions_of
from hotline.views.access import STAFF, WATCHERS, has_role, require_call, require_role
from hotline.views.calls import CallShape, call_shape, is_handed_over, list_calls
from hotline.views.gaps import GapShape, gaps_of
from hotline.views.legs import LegShape, leg_shape, open_leg
from hotline.views.reader import Reader, leave_trace
from hotline.views.tickets import TicketShape, ticket_shapes
from hotline.views.transcripts import SegmentShape, transcript
from hotline.web.addresses import audio_address
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/calls", tags=["calls"])


class Transcript(BaseModel):
    """What was said in a call, in order.

    `versions` are the complete transcripts there are, the best one last: first (live, with what
    was missed filled in afterwards), and second (all of it anew by a better engine). `gaps` are
    what was missed live; those that are `filled` have been written from the recording since.
    """

    call_id: str
    versions: list[Version]
    segments: list[SegmentShape]
    gaps: list[GapShape]


@router.get("")
def get_calls(
    reader: ReadBy,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    state: Annotated[str | None, Query(max_length=20)] = None,
) -> Page[CallShape]:
    """Calls, newest first: own ones for lawyers, all for supervisors."""
    require_role(reader.signed_in, STAFF)
    rows = list_calls(reader, limit=limit + 1, before=cursor, state=state)
    return page(rows, [row.id for row in rows], limit=limit)


@router.get("/{call_id}")
def get_call(call_id: str, reader: ReadBy) -> CallShape:
    """One call."""
    return call_shape(reader, seen_call(reader, call_id))


@router.get("/{call_id}/transcript")
def get_transcript(call_id: str, reader: ReadBy, version: Version = Version.BEST) -> Transcript:
    """What was said, in order; milliseconds on the recording's clock.

    Whoever reads the words of somebody else's call is written into the audit trail.
    """
    call = seen_call(reader, call_id)
    words = Transcript(
        call_id=call.id,
        versions=versions_of(reader.session, call.id),
        segments=transcript(reader, call.id, version=version),
        gaps=gaps_of(reader.session, call.id),
    )
    if call.lawyer_id != reader.signed_in.id:
        leave_trace(reader, "transcript.read", call.id, version=version.value)
    return words


@router.get("/{call_id}/earlier-tickets")
def get_earlier_tickets(call_id: str, reader: ReadBy) -> Page[TicketShape]:
    """What the same caller came with before, newest first; confidential tickets are left out."""
    call = seen_call(reader, call_id)
    return Page(items=ticket_shapes(reader, earlier_of_caller(reader.session, call)))


@router.get("/{call_id}/leg")
def get_leg(call_id: str, request: Request, writer: WriteBy) -> LegShape:
    """The reader's own audio in a call, for a page that was loaded anew.

    The address holds a fresh token; the one given before is worthless from now on. There is no
    address for a lawyer who takes calls on a telephone.
    """
    call = calls.find(writer.session, call_id)
    leg = open_leg(writer, call)
    if call.lawyer_id != writer.signed_in.id and leg is None:
        raise NotFound(f"There is no call {call_id}.")
    if call.state == calls.ENDED:
        raise Conflict("The call has ended.")
    if leg is None:
        raise NotFound(f"There is no audio of yours in call {call_id}.")
    if leg.medium != BROWSER:
        return leg_shape(leg)
    token = renew_leg_token(writer.session, leg)
    address = audio_address(request, writer.house.settings, leg=leg.id, token=token)
    return leg_shape(leg, audio_url=address)


@router.post("/{call_id}/hang-up", status_code=204)
def post_hang_up(call_id: str, writer: WriteBy) -> None:
    """Ends the talk: the lawyer of the call, or a supervisor."""
    user = writer.signed_in
    call = seen_call(writer, call_id)
    if call.lawyer_id != user.id and not has_role(user, WATCHERS):
        raise NotAllowed("Only the lawyer of the call or a supervisor ends it.")
    calls.request_hang_up(writer.session, writer.house, call, by=user.id)


def seen_call(reader: Reader, call_id: str) -> Call:
    """The call, if this reader may see it.

    Raises:
        NotFound: There is none, or they may not know of it.
    """
    call = calls.find(reader.session, call_id)
    require_call(
        reader.signed_in,
        call,
        is_handed_over=is_handed_over(reader, call),
        is_in_call=open_leg(reader, call) is not None,
    )
    return call
