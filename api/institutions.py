"""The directory of institutions: read by everybody who is signed in, kept by administrators."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import col, select

from api.paging import Page
from hotline.directory import institutions
from hotline.directory.institutions import InstitutionKind, InstitutionWish
from hotline.directory.means import LONGEST_SOURCE, MOST_FEN, MeansLimit, limit_of
from hotline.tables import Institution
from hotline.views.access import ADMIN, require_role
from hotline.views.reader import Shape
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/institutions", tags=["institutions"])


class MeansLimitShape(BaseModel):
    """The economic-hardship limit of legal aid in the institution's place: all of it, or none."""

    fen: int = Field(ge=1, le=MOST_FEN, description="Hundredths of a yuan, each person and month.")
    year: int = Field(description="The year that it is of; not one to come.")
    source: str = Field(min_length=1, max_length=LONGEST_SOURCE, description="Who says so.")


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
    means_limit: MeansLimitShape | None


class NewInstitution(BaseModel):
    """An institution as it is to be; the first of its phones is the one that callers hear."""

    kind: InstitutionKind
    name: str = Field(min_length=1, max_length=80)
    region_code: str = Field(default="", max_length=6)
    address: str = Field(default="", max_length=200)
    phones: list[str] = Field(default_factory=list, max_length=5)
    hours: str = Field(default="", max_length=100)
    languages: list[str] = Field(default_factory=lambda: ["zh"], max_length=20)
    means_limit: MeansLimitShape | None = None


@router.get("")
def get_institutions(
    reader: ReadBy, kind: Annotated[str | None, Query(max_length=40)] = None
) -> Page[InstitutionShape]:
    """Where callers can be referred to, by name."""
    query = select(Institution).order_by(col(Institution.name))
    if kind is not None:
        query = query.where(col(Institution.kind) == kind)
    return Page(items=[_shape(row) for row in reader.session.exec(query)])


@router.post("", status_code=201)
def post_institution(body: NewInstitution, writer: WriteBy) -> InstitutionShape:
    """Adds an institution; 409 when there is one of this kind and name in the place."""
    return _save(writer, None, body)


@router.put("/{institution_id}")
def put_institution(institution_id: str, body: NewInstitution, writer: WriteBy) -> InstitutionShape:
    """Writes an institution anew; what is left out is empty afterwards."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    return _save(writer, institutions.find(writer.session, institution_id), body)


@router.delete("/{institution_id}", status_code=204)
def delete_institution(institution_id: str, writer: WriteBy) -> None:
    """Takes an institution out."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    row = institutions.find(writer.session, institution_id)
    institutions.remove(writer.session, writer.house, row, by=writer.signed_in)


def _save(writer: WriteBy, row: Institution | None, body: NewInstitution) -> InstitutionShape:
    require_role(writer.signed_in, frozenset({ADMIN}))
    limit = MeansLimit(**body.means_limit.model_dump()) if body.means_limit else None
    wish = InstitutionWish(**body.model_dump(exclude={"means_limit"}), means_limit=limit)
    saved = institutions.save(writer.session, writer.house, row, wish, by=writer.signed_in)
    return _shape(saved)


def _shape(row: Institution) -> InstitutionShape:
    limit = limit_of(row)
    shown = MeansLimitShape(fen=limit.fen, year=limit.year, source=limit.source) if limit else None
    columns = InstitutionShape.model_fields.keys() - {"means_limit"}
    return InstitutionShape(**row.model_dump(include=columns), means_limit=shown)
