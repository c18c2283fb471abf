"""Whom and what there is behind the choices of a call flow."""

from dataclasses import dataclass

from sqlmodel import Session, select

from hotline.directory import centres
from hotline.tables import Lawyer


@dataclass(frozen=True, slots=True)
class Served:
    """What the database says of it; None where nothing is known.

    Attributes:
        topics: Topics that a lawyer knows.
        regions: Codes of the places that have a legal-aid centre.
    """

    topics: frozenset[str] | None = None
    regions: frozenset[str] | None = None


def served(session: Session) -> Served:
    """What there is now; topics are not known while there are no lawyers."""
    lists = session.exec(select(Lawyer.topics)).all()
    topics = frozenset(topic for known in lists for topic in known) if lists else None
    return Served(topics, centres.regions(session))
