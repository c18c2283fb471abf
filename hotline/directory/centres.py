"""Legal-aid centres, as callers are told of them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hotline.tables import Institution

CENTRE = "legal_aid_centre"
"""The kind of institution that callers are told of."""


def centres(session: Session) -> Sequence[Institution]:
    """All of them, in the order they were entered."""
    query = select(Institution).where(col(Institution.kind) == CENTRE)
    return session.exec(query.order_by(col(Institution.id))).all()


def regions(session: Session) -> frozenset[str]:
    """The codes (GB/T 2260) of the places that have one."""
    query = select(Institution.region_code).where(col(Institution.kind) == CENTRE)
    return frozenset(code for code in session.exec(query) if code)
