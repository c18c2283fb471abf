"""The institutions that callers are told of and referred to; kept by administrators."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from hotline.audit import audit
from hotline.directory.means import MeansLimit, check_limit, limit_of
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Institution, User

_REGION = re.compile(r"[1-9][0-9]{5}", re.ASCII)
_PHONE = re.compile(r"[0-9+() -]{2,30}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class InstitutionKind(StrEnum):
    """What an institution is; callers are told of legal-aid centres by themselves."""

    LEGAL_AID_CENTRE = "legal_aid_centre"
    NOTARY = "notary"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    LABOUR = "labour"
    WOMEN = "women"
    YOUTH = "youth"
    CONSUMER = "consumer"
    POLICE = "police"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionWish:
    """How an institution is to be: `region_code` of GB/T 2260, or empty where it is for everybody.

    The first of the phones is the one that callers hear.
    """

    kind: InstitutionKind
    name: str
    region_code: str = ""
    address: str = ""
    phones: Sequence[str] = ()
    hours: str = ""
    languages: Sequence[str] = ("zh",)
    means_limit: MeansLimit | None = None


def find(session: Session, institution_id: str) -> Institution:
    """The institution's row.

    Raises:
        NotFound: None has that id.
    """
    row = session.get(Institution, institution_id)
    if row is None:
        raise NotFound(f"There is no institution {institution_id}.")
    return row


def save(
    session: Session,
    house: House,
    row: Institution | None,
    wish: InstitutionWish,
    *,
    by: User,
) -> Institution:
    """Writes a new institution, or an old one anew.

    Raises:
        Conflict: Another one of the kind has the name, in the same place.
        InvalidInput: A code, number, language or the means limit cannot be meant.
    """
    _check(wish, house)
    _refuse_twin(session, row, wish)
    is_new = row is None
    if row is None:
        row = Institution(id=new_id("inst", house.clock), kind=wish.kind, name=wish.name)
    before = limit_of(row)
    _write(row, wish)
    session.add(row)
    session.flush()
    detail = {} if before == wish.means_limit else _told(before, wish.means_limit)
    action = "institution.added" if is_new else "institution.changed"
    audit(session, house, by, action, row.id, **detail)
    return row


def remove(session: Session, house: House, row: Institution, *, by: User) -> None:
    """Takes an institution out."""
    session.delete(row)
    audit(session, house, by, "institution.removed", row.id)


def _check(wish: InstitutionWish, house: House) -> None:
    wrong: list[tuple[str, str]] = []
    if wish.region_code and not _REGION.fullmatch(wish.region_code):
        wrong.append(("region_code", "has the six digits of GB/T 2260"))
    if not all(_PHONE.fullmatch(each) and any(map(str.isdigit, each)) for each in wish.phones):
        wrong.append(("phones", "are made of digits, +, brackets, hyphens and spaces"))
    if not all(_LANGUAGE.fullmatch(each) for each in wish.languages):
        wrong.append(("languages", "are codes such as zh"))
    if wrong:
        said = "; ".join(f"{field} {why}" for field, why in wrong)
        raise InvalidInput(f"The institution cannot be kept: {said}.", fields=wrong)
    if wish.means_limit is not None:
        today = house.clock.now().astimezone(house.settings.zone).date()
        check_limit(wish.means_limit, region_code=wish.region_code, today=today)


def _refuse_twin(session: Session, row: Institution | None, wish: InstitutionWish) -> None:
    twin = session.exec(
        select(Institution.id).where(
            col(Institution.kind) == wish.kind.value,
            col(Institution.name) == wish.name,
            col(Institution.region_code) == wish.region_code,
        )
    ).first()
    if twin is not None and (row is None or twin != row.id):
        raise Conflict(f"There is one of this kind and name already, as {twin}.")


def _write(row: Institution, wish: InstitutionWish) -> None:
    row.kind, row.name, row.region_code = wish.kind.value, wish.name, wish.region_code
    row.address, row.hours = wish.address, wish.hours
    row.phones, row.languages = list(wish.phones), list(wish.languages)
    limit = wish.means_limit
    row.means_limit_fen = limit.fen if limit else None
    row.means_limit_year = limit.year if limit else None
    row.means_limit_source = limit.source.strip() if limit else None


def _told(before: MeansLimit | None, after: MeansLimit | None) -> dict[str, object]:
    """Old and new limit for the audit trail: what callers were told, and since when."""
    return {
        name: {"fen": limit.fen, "year": limit.year, "source": limit.source} if limit else None
        for name, limit in (("means_limit_before", before), ("means_limit", after))
    }
