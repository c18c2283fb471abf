"""Offers: taking a caller, or passing on."""

from fastapi import Request
from pydantic import BaseModel, Field

from hotline.queueing import offers
from hotline.views.access import LAWYER, require_role
from hotline.views.waiting import AcceptedShape, accepted_shape
from hotline.web.addresses import audio_address
from hotline.web.routing import Router
from hotline.web.signed_in import WriteBy

router = Router(prefix="/offers", tags=["queue"])


class Decline(BaseModel):
    """Why a lawyer passes on."""

    reason: str = Field(default="", max_length=200)


@router.post("/{offer_id}/accept")
def post_accept(offer_id: str, request: Request, writer: WriteBy) -> AcceptedShape:
    """Takes the caller; 409 when the offer is over."""
    user = writer.signed_in
    require_role(user, frozenset({LAWYER}))
    won = offers.accept(writer.session, writer.house, offer_id, user.id)
    address = audio_address(request, writer.house.settings, leg=won.leg_id, token=won.leg_token)
    return accepted_shape(won, audio_url=address)


@router.post("/{offer_id}/decline", status_code=204)
def post_decline(offer_id: str, writer: WriteBy, body: Decline | None = None) -> None:
    """Passes the caller on to the next lawyer; 409 when the offer is over."""
    user = writer.signed_in
    require_role(user, frozenset({LAWYER}))
    note = body.reason if body is not None else None
    offers.decline(writer.session, writer.house, offer_id, user.id, note=note)
