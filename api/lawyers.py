"""The availability board, and changing one's state."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.paging import Page
from hotline.agents import service as agents, telephones
from hotline.agents.rules import LawyerState
from hotline.agents.telephones import Medium
from hotline.errors import NotFound
from hotline.views.access import FLOOR, LAWYER, WATCHERS, require_role
from hotline.views.parties import TelephoneShape, telephone_shape
from hotline.views.people import LawyerShape, lawyer_board, lawyer_shape
from hotline.views.reader import Reader
from hotline.web.signed_in import ReadBy, WriteBy

router = APIRouter(prefix="/lawyers", tags=["lawyers"])


class WantedState(BaseModel):
    """The state a lawyer asks for; during a call it is kept for the end of wrap-up."""

    state: LawyerState
    reason: str | None = Field(default=None, max_length=100)


@router.get("")
def get_lawyers(reader: ReadBy) -> Page[LawyerShape]:
    """All duty lawyers and what they are doing."""
    require_role(reader.signed_in, FLOOR)
    return Page(items=lawyer_board(reader))


@router.put("/me/state")
def put_my_state(body: WantedState, writer: WriteBy) -> LawyerShape:
    """Asks for a state; 409 when the present one does not allow it."""
    require_role(writer.signed_in, frozenset({LAWYER}))
    return _change(writer, writer.signed_in.id, body)


class WantedTelephone(BaseModel):
    """Where the lawyer takes calls from the next one on.

    `number` is needed the first time for the medium `number`; it is stored encrypted.
    """

    medium: Medium
    number: str | None = Field(default=None, max_length=30)


@router.get("/me/telephone")
def get_my_telephone(reader: ReadBy) -> TelephoneShape:
    """Where the lawyer takes calls."""
    require_role(reader.signed_in, frozenset({LAWYER}))
    return telephone_shape(reader, reader.signed_in.id)


@router.put("/me/telephone")
def put_my_telephone(body: WantedTelephone, writer: WriteBy) -> TelephoneShape:
    """Chooses the browser, a number that is dialled ("press 1"), or the own SIP phone."""
    user = writer.signed_in
    require_role(user, frozenset({LAWYER}))
    telephones.choose(writer.session, writer.house, user, body.medium, number=body.number)
    return telephone_shape(writer, user.id)


@router.put("/{lawyer_id}/state")
def put_state(lawyer_id: str, body: WantedState, writer: WriteBy) -> LawyerShape:
    """A supervisor changes a lawyer's state; the lawyer sees who did and why."""
    require_role(writer.signed_in, WATCHERS)
    return _change(writer, lawyer_id, body)


def _change(writer: Reader, lawyer_id: str, body: WantedState) -> LawyerShape:
    agents.set_state(
        writer.session,
        writer.house,
        lawyer_id,
        body.state,
        by=writer.signed_in.id,
        reason=body.reason,
    )
    shape = lawyer_shape(writer, lawyer_id)
    if shape is None:
        raise NotFound(f"There is no duty lawyer {lawyer_id}.")
    return shape
