"""The directory of institutions."""

from typing import Annotated

from fastapi import Query
from sqlmodel import col, select

from api.paging import Page
from hotline.tables import Institution
from hotline.views.reader import Shape
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy

router = Router(tags=["institutions"])


class InstitutionShape(Shape):
    """A legal-aid centre, notary, court desk or another hotline."""

    id: str
    kind: str
    name: str
    region_code: str
    address: str
    phones: list[str]
    hours: str
    languages: list[str]


@router.get("/institutions")
def get_institutions(
    reader: ReadBy, kind: Annotated[str | None, Query(max_length=40)] = None
) -> Page[InstitutionShape]:
    """Where callers can be referred to, by name."""
    query = select(Institution).order_by(col(Institution.name))
    if kind is not None:
        query = query.where(col(Institution.kind) == kind)
    return Page(items=[InstitutionShape(**row.model_dump()) for row in reader.session.exec(query)])
