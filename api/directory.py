"""The directory of transfer targets: read by everybody on the floor, kept by administrators."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.paging import Page
from hotline.directory import service as directory
from hotline.directory.service import TargetKind
from hotline.tables import TransferTarget
from hotline.views.access import ADMIN, FLOOR, has_role, require_role
from hotline.views.parties import TargetShape, target_shapes
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/directory", tags=["call control"])


class NewTarget(BaseModel):
    """A line that calls can be transferred to."""

    kind: TargetKind = TargetKind.OTHER
    name: str = Field(min_length=1, max_length=60)
    name_en: str = Field(default="", max_length=80)
    number: str = Field(min_length=2, max_length=30)
    note: str = Field(default="", max_length=200)
    position: int = Field(default=100, ge=0, le=10_000)
    is_active: bool = True


@router.get("")
def get_directory(
    reader: ReadBy, everything: Annotated[bool, Query(alias="all")] = False
) -> Page[TargetShape]:
    """The lines in use, in the directory's order; administrators see the others too."""
    require_role(reader.signed_in, FLOOR)
    with_inactive = everything and has_role(reader.signed_in, frozenset({ADMIN}))
    return Page(items=target_shapes(reader, with_inactive=with_inactive))


@router.post("", status_code=201)
def post_target(body: NewTarget, writer: WriteBy) -> TargetShape:
    """Adds a line; 409 when its number is there already."""
    return _save(writer, None, body)


@router.put("/{target_id}")
def put_target(target_id: str, body: NewTarget, writer: WriteBy) -> TargetShape:
    """Changes a line."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    return _save(writer, directory.find(writer.session, target_id), body)


@router.delete("/{target_id}", status_code=204)
def delete_target(target_id: str, writer: WriteBy) -> None:
    """Takes a line out."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    target = directory.find(writer.session, target_id)
    directory.remove(writer.session, writer.house, target, by=writer.signed_in)


def _save(writer: WriteBy, target: TransferTarget | None, body: NewTarget) -> TargetShape:
    require_role(writer.signed_in, frozenset({ADMIN}))
    values = body.model_dump(mode="json")
    row = directory.save(writer.session, writer.house, target, by=writer.signed_in, **values)
    return TargetShape(**row.model_dump())
