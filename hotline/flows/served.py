"""Whom and what there is behind the choices of a call flow, and what it must bring along."""

from dataclasses import dataclass

from sqlmodel import Session, select

from hotline.configuration.service import current
from hotline.directory import centres
from hotline.hours.configuration import HoursRules
from hotline.queueing.configuration import QueueRules
from hotline.tables import Lawyer


@dataclass(frozen=True, slots=True)
class Served:
    """What the database says of it; None where nothing is known.

    Attributes:
        topics: Topics that a lawyer knows.
        regions: Codes of the places that have a legal-aid centre.
        in_force: The timetable that administrators put in force, where it is to be the flow's.
        may_leave_message: Callers may come so far that they can leave a message.
    """

    topics: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    in_force: str | None = None
    may_leave_message: bool | None = None


def served(session: Session) -> Served:
    """What there is now; topics are not known while there are no lawyers."""
    lists = session.exec(select(Lawyer.topics)).all()
    topics = frozenset(topic for known in lists for topic in known) if lists else None
    in_force = current(session, HoursRules).needed_of_flow
    may_leave_message = current(session, QueueRules).message_seconds is not None
    return Served(topics, centres.regions(session), in_force, may_leave_message)
