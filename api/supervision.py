"""A supervisor in a call: to listen, to whisper to the lawyer, to barge in, and out again.

Each coming, change and going is audited.
"""

from fastapi import Request
from pydantic import BaseModel

from api.control import Asked
from hotline.calls import control, service as calls
from hotline.calls.rules import SUPERVISION, Purpose
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.tables import Call, User
from hotline.views.access import SUPERVISOR, require_role
from hotline.views.legs import LegShape, leg_shape
from hotline.views.parties import PartyShape, party_shapes
from hotline.views.reader import Reader
from hotline.web.addresses import audio_address
from hotline.web.routing import Router
from hotline.web.signed_in import WriteBy

router = Router(prefix="/calls", tags=["call control"])


class Mode(BaseModel):
    """How a supervisor is in a call: listen, whisper (to the lawyer) or barge."""

    mode: Purpose


@router.post("/{call_id}/supervision", status_code=201)
def post_supervision(call_id: str, body: Mode, request: Request, writer: WriteBy) -> LegShape:
    """A supervisor comes by; `audio_url` opens the browser's audio. Audited."""
    supervisor, call = _supervised(writer, call_id)
    purpose = _mode(body)
    seat = control.supervise(writer.session, writer.house, call, supervisor, purpose=purpose)
    settings = writer.house.settings
    address = audio_address(request, settings, leg=seat.leg.id, token=seat.token)
    return leg_shape(seat.leg, audio_url=address)


@router.put("/{call_id}/supervision", status_code=202)
def put_supervision(call_id: str, body: Mode, writer: WriteBy) -> PartyShape:
    """From listening to whispering, to barging, and back. Audited."""
    supervisor, call = _supervised(writer, call_id)
    party = control.change_supervision(
        writer.session, writer.house, call, supervisor, purpose=_mode(body)
    )
    return party_shapes(writer, [party])[0]


@router.delete("/{call_id}/supervision", status_code=202)
def delete_supervision(call_id: str, writer: WriteBy) -> Asked:
    """The supervisor leaves."""
    supervisor, call = _supervised(writer, call_id)
    party = control.supervision_of(writer.session, call, supervisor)
    if party is None:
        raise NotFound("You are not in this call.")
    request_id = control.drop(writer.session, writer.house, call, party, by=supervisor)
    return Asked(request_id=request_id)


def _supervised(writer: Reader, call_id: str) -> tuple[User, Call]:
    require_role(writer.signed_in, frozenset({SUPERVISOR}))
    call = calls.find(writer.session, call_id)
    if call.state == calls.ENDED:
        raise Conflict("The call has ended.")
    return writer.signed_in, call


def _mode(body: Mode) -> Purpose:
    if body.mode not in SUPERVISION:
        raise InvalidInput("A supervisor listens, whispers or barges.")
    return body.mode
