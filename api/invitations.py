"""Invitations: a colleague asks a lawyer into a call."""

from fastapi import Request

from hotline.calls import control
from hotline.views.access import LAWYER, require_role
from hotline.views.legs import LegShape, leg_shape
from hotline.web.addresses import audio_address
from hotline.web.routing import Router
from hotline.web.signed_in import WriteBy

router = Router(prefix="/invitations", tags=["call control"])


@router.post("/{invitation_id}/accept")
def post_accept(invitation_id: str, request: Request, writer: WriteBy) -> LegShape:
    """Joins the call; 409 when the invitation is over or the lawyer is in another call."""
    require_role(writer.signed_in, frozenset({LAWYER}))
    seat = control.join(writer.session, writer.house, invitation_id, writer.signed_in)
    settings = writer.house.settings
    address = audio_address(request, settings, leg=seat.leg.id, token=seat.token)
    return leg_shape(seat.leg, audio_url=address)


@router.post("/{invitation_id}/decline", status_code=204)
def post_decline(invitation_id: str, writer: WriteBy) -> None:
    """Does not join; the colleague is told."""
    require_role(writer.signed_in, frozenset({LAWYER}))
    control.refuse(writer.session, writer.house, invitation_id, writer.signed_in)
