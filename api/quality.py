"""Quality of calls: judgements by rules, the sample that people judge, how well both agree."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from hotline.errors import NotAllowed, NotFound
from hotline.quality import service
from hotline.views.access import FLOOR, WATCHERS, has_role, require_role
from hotline.views.quality import (
    AgreementShape,
    CheckDetail,
    CheckShape,
    check_detail,
    check_shapes,
)
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/quality", tags=["quality"])

_Days = Annotated[int, Query(ge=1, le=366, description="How many days back.")]
_LawyerId = Annotated[str | None, Query(max_length=64)]


class Review(BaseModel):
    """A person's own score, and why."""

    score: int = Field(ge=0, le=100)
    note: str = Field(default="", max_length=2000)


@router.get("")
def get_checks(
    reader: ReadBy,
    queue: bool = False,
    lawyer_id: _LawyerId = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[CheckShape]:
    """Judgements, newest call first; with `queue`, the sample that nobody has reviewed yet.

    Lawyers see those of their own calls.
    """
    user = reader.signed_in
    require_role(user, FLOOR)
    if not has_role(user, WATCHERS):
        if queue or lawyer_id not in {None, user.id}:
            raise NotAllowed("Lawyers see the judgements of their own calls.")
        lawyer_id = user.id
    rows = service.list_checks(
        reader.session, limit=limit + 1, before=cursor, is_queue=queue, lawyer_id=lawyer_id
    )
    return page(check_shapes(reader, rows), [row.call_id for row in rows], limit=limit)


@router.get("/agreement")
def get_agreement(reader: ReadBy, days: _Days = 90) -> AgreementShape:
    """How often people and rules agree, with Cohen's kappa, and how much of the sample is done."""
    require_role(reader.signed_in, WATCHERS)
    since = reader.house.clock.now() - timedelta(days=days)
    found = service.agreement_since(reader.session, since)
    checked, sampled, reviewed = service.counts(reader.session, since)
    return AgreementShape(
        checked=checked,
        sampled=sampled,
        reviewed=reviewed,
        compared=found.count,
        percent=found.percent,
        kappa=found.kappa,
        mean_difference=found.mean_difference,
    )


@router.get("/{call_id}")
def get_check(call_id: str, reader: ReadBy) -> CheckDetail:
    """One call's judgement with the places it rests on; a lawyer's own, or any for supervisors."""
    user = reader.signed_in
    require_role(user, FLOOR)
    row = service.find(reader.session, call_id)
    if row.lawyer_id != user.id and not has_role(user, WATCHERS):
        raise NotFound(f"Call {call_id} has not been judged.")
    return check_detail(reader, row)


@router.post("/{call_id}/review")
def post_review(call_id: str, body: Review, writer: WriteBy) -> CheckDetail:
    """Gives a call one's own score; it may be changed later."""
    require_role(writer.signed_in, WATCHERS)
    row = service.review(
        writer.session,
        writer.house,
        call_id,
        user=writer.signed_in,
        score=body.score,
        note=body.note,
    )
    return check_detail(writer, row)
