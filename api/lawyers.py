"""The availability board, and changing one's state."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.paging import Page
from hotline.accounts import staff
from hotline.agents import service as agents, skills, telephones
from hotline.agents.rules import LawyerState
from hotline.agents.telephones import Medium
from hotline.audit import audit
from hotline.errors import NotFound
from hotline.tables import User
from hotline.views.access import ADMIN, FLOOR, LAWYER, WATCHERS, require_role
from hotline.views.parties import TelephoneShape, telephone_shape
from hotline.views.people import (
    DutyShape,
    LawyerShape,
    SkillShape,
    StateChangeShape,
    duty_shape,
    lawyer_board,
    lawyer_shape,
    skill_shape,
    skill_shapes,
    state_changes,
)
from hotline.views.reader import Reader
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/lawyers", tags=["lawyers"])


class WantedState(BaseModel):
    """The state a lawyer asks for; during a call it is kept for the end of wrap-up.

    `reason` of a break is one of the rules' keys, or words; a supervisor's words are shown to the
    lawyer.
    """

    state: LawyerState
    reason: str | None = Field(default=None, max_length=100)


@router.get("")
def get_lawyers(reader: ReadBy) -> Page[LawyerShape]:
    """All duty lawyers and what they are doing."""
    require_role(reader.signed_in, FLOOR)
    return Page(items=lawyer_board(reader))


@router.get("/duty-rules")
def get_duty_rules(reader: ReadBy) -> DutyShape:
    """Reasons for breaks with their limits, and how often wrap-up can be extended."""
    require_role(reader.signed_in, FLOOR)
    return duty_shape(reader)


@router.post("/me/wrap-up/extend")
def post_extension(writer: WriteBy) -> LawyerShape:
    """More time for the ticket; 409 when there is none left to give, or no wrap-up."""
    require_role(writer.signed_in, frozenset({LAWYER}))
    agents.extend_wrap_up(writer.session, writer.house, writer.signed_in.id)
    return _line(writer, writer.signed_in.id)


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
    user = writer.signed_in
    require_role(user, WATCHERS)
    audit(
        writer.session, writer.house, user, "lawyer.state_forced", lawyer_id, state=body.state.value
    )
    return _change(writer, lawyer_id, body)


@router.get("/{lawyer_id}/states")
def get_states(
    lawyer_id: str, reader: ReadBy, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Page[StateChangeShape]:
    """Who changed the lawyer's state, when and why, newest first; lawyers see their own."""
    if reader.signed_in.id != lawyer_id:
        require_role(reader.signed_in, WATCHERS)
    agents.find(reader.session, lawyer_id)
    return Page(items=state_changes(reader, lawyer_id, limit=limit))


class WantedSkills(BaseModel):
    """Levels from 1 (a little) to 3 (best) by language code and by topic key; * is every topic."""

    languages: dict[str, int] = Field(min_length=1, max_length=20)
    topics: dict[str, int] = Field(min_length=1, max_length=50)


class WantedActivity(BaseModel):
    """Whether somebody may sign in."""

    is_active: bool


@router.get("/skills")
def get_skills(reader: ReadBy) -> Page[SkillShape]:
    """What every lawyer can take, and how well."""
    require_role(reader.signed_in, WATCHERS)
    return Page(items=skill_shapes(reader))


@router.put("/{lawyer_id}/skills")
def put_skills(lawyer_id: str, body: WantedSkills, writer: WriteBy) -> SkillShape:
    """Says what a lawyer can take from the next caller on."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    lawyer = skills.set_skills(
        writer.session,
        writer.house,
        lawyer_id,
        languages=body.languages,
        topics=body.topics,
        by=writer.signed_in,
    )
    return skill_shape(lawyer, writer.session.get_one(User, lawyer_id))


@router.put("/{lawyer_id}/active")
def put_active(lawyer_id: str, body: WantedActivity, writer: WriteBy) -> SkillShape:
    """Lets a lawyer sign in, or no longer; whoever is shut out is signed out everywhere.

    409 when nobody who administers could sign in afterwards.
    """
    user = writer.signed_in
    require_role(user, frozenset({ADMIN}))
    lawyer = agents.find(writer.session, lawyer_id)
    staff.set_active(writer.session, writer.house, lawyer_id, is_active=body.is_active)
    action = "lawyer.enabled" if body.is_active else "lawyer.disabled"
    audit(writer.session, writer.house, user, action, lawyer_id)
    return skill_shape(lawyer, writer.session.get_one(User, lawyer_id))


def _change(writer: Reader, lawyer_id: str, body: WantedState) -> LawyerShape:
    agents.set_state(
        writer.session,
        writer.house,
        lawyer_id,
        body.state,
        by=writer.signed_in.id,
        reason=body.reason,
    )
    return _line(writer, lawyer_id)


def _line(writer: Reader, lawyer_id: str) -> LawyerShape:
    shape = lawyer_shape(writer, lawyer_id)
    if shape is None:
        raise NotFound(f"There is no duty lawyer {lawyer_id}.")
    return shape
