"""Legal-aid intake: the form, the queue, and the decisions that people make."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from hotline.errors import Conflict, NotFound
from hotline.intake import service as intakes
from hotline.intake.exchange import fields_to_json
from hotline.intake.states import IntakeAction
from hotline.tables import Intake
from hotline.views.access import INTAKE, STAFF, WATCHERS, has_role, require_role
from hotline.views.intakes import IntakeRow, IntakeShape, intake_shape, list_intakes
from hotline.views.reader import Reader
from hotline.web.problems import ConflictWith
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(tags=["intake"])

_ALL = WATCHERS | {INTAKE}


class ChoiceShape(BaseModel):
    """A value as stored, its label, and the group it is listed under (or "")."""

    value: str
    label: str
    group: str


class FieldShape(BaseModel):
    """One field; `kind` is choice, flags, yes_no, number or text."""

    name: str
    label: str
    question: str
    kind: str
    group: str
    choices: list[ChoiceShape]


class FormShape(BaseModel):
    """The form that asks for the facts of legal aid."""

    fields: list[FieldShape]


class Move(BaseModel):
    """What an officer or lawyer says when moving an intake on.

    Deciding against needs a written reason (article 43); asking for documents needs all of them at
    once, and a reason when it is not the first time.
    """

    version: int = Field(ge=1)
    reason: str = Field(default="", max_length=4000)
    note: str = Field(default="", max_length=4000)
    documents: list[Annotated[str, Field(max_length=200)]] = Field(
        default_factory=list, max_length=50
    )


@router.get("/intake-fields")
def get_fields(reader: ReadBy) -> FormShape:
    """The form for `facts`, in the order to show it."""
    require_role(reader.signed_in, STAFF)
    return FormShape.model_validate({"fields": fields_to_json()})


@router.get("/intakes")
def get_intakes(
    reader: ReadBy,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    state: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[IntakeRow]:
    """Intakes, newest first; `state` may be one state or ``open``. Lawyers see their own."""
    require_role(reader.signed_in, STAFF)
    rows = list_intakes(reader, limit=limit + 1, before=cursor, state=state)
    return page(rows, [row.id for row in rows], limit=limit)


@router.get("/intakes/{intake_id}")
def get_intake(intake_id: str, reader: ReadBy) -> IntakeShape:
    """One intake with facts, finding, steps and ticket."""
    return intake_shape(reader, _seen(reader, intake_id))


@router.post("/intakes/{intake_id}/accept")
def post_accept(intake_id: str, body: Move, writer: WriteBy) -> IntakeShape:
    """Grants aid."""
    return _move(writer, intake_id, IntakeAction.ACCEPT, body)


@router.post("/intakes/{intake_id}/request-documents")
def post_request_documents(intake_id: str, body: Move, writer: WriteBy) -> IntakeShape:
    """Asks for what is missing; the time for the decision stands still."""
    return _move(writer, intake_id, IntakeAction.REQUEST_DOCUMENTS, body)


@router.post("/intakes/{intake_id}/resubmit")
def post_resubmit(intake_id: str, body: Move, writer: WriteBy) -> IntakeShape:
    """The documents have come."""
    return _move(writer, intake_id, IntakeAction.SUPPLY_DOCUMENTS, body)


@router.post("/intakes/{intake_id}/decide-against")
def post_decide_against(intake_id: str, body: Move, writer: WriteBy) -> IntakeShape:
    """Decides against, with a written reason."""
    return _move(writer, intake_id, IntakeAction.DECIDE_AGAINST, body)


@router.post("/intakes/{intake_id}/withdraw")
def post_withdraw(intake_id: str, body: Move, writer: WriteBy) -> IntakeShape:
    """The applicant takes the application back."""
    return _move(writer, intake_id, IntakeAction.WITHDRAW, body)


@router.post("/intakes/{intake_id}/lapse")
def post_lapse(intake_id: str, body: Move, writer: WriteBy) -> IntakeShape:
    """The documents did not come in time, which counts as withdrawing (article 43)."""
    return _move(writer, intake_id, IntakeAction.LAPSE, body)


def _move(writer: Reader, intake_id: str, action: IntakeAction, body: Move) -> IntakeShape:
    seen = _seen(writer, intake_id)
    try:
        intake = intakes.act(
            writer.session,
            writer.house,
            intake_id,
            action,
            user=writer.signed_in,
            version=body.version,
            reason=body.reason or body.note,
            documents=body.documents,
        )
    except Conflict as error:
        current = intake_shape(writer, seen).model_dump(mode="json")
        raise ConflictWith(str(error), current=current) from error
    return intake_shape(writer, intake)


def _seen(reader: Reader, intake_id: str) -> Intake:
    """The intake, if this reader may see it.

    Raises:
        NotFound: There is none, or they may not know of it.
    """
    intake = intakes.find(reader.session, intake_id)
    user = reader.signed_in
    if intake.submitted_by != user.id and not has_role(user, _ALL):
        raise NotFound(f"There is no intake {intake_id}.")
    return intake
