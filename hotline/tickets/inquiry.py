"""Callers who ask by telephone how their matter stands: by ticket number and telephone number.

The number alone is no secret, and four digits can be tried through; so a number that was asked for
in vain is closed for an hour, and so is the telephone that asked.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session, col, func, select

from hotline.audit import audit
from hotline.callers.service import number_of
from hotline.house import House
from hotline.tables import AuditEntry, Call, Caller, Intake, Ticket

NUMBER_DIGITS = 10
TAIL_DIGITS = 4

LOCK_AFTER = 5
"""Failed tries within `LOCK_TIME`, for one number or from one telephone."""

LOCK_TIME = timedelta(hours=1)

_FAILED = "ticket.inquiry_failed"
_ASKED = "ticket.inquired"
_NUMBER = "ticket.number"


class Progress(StrEnum):
    """How a matter stands, as callers are told."""

    OPEN = "open"
    DONE = "done"
    SUBMITTED = "submitted"
    DOCUMENTS = "documents"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"
    """No ticket has this number, or it was opened for another telephone."""
    LOCKED = "locked"


_OF_INTAKE = {
    "submitted": Progress.SUBMITTED,
    "documents_requested": Progress.DOCUMENTS,
    "accepted": Progress.ACCEPTED,
    "decided_against": Progress.DECIDED,
    "withdrawn": Progress.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told; `since` is the day on which an application was received."""

    progress: Progress
    since: date | None = None


def new_number(session: Session) -> str:
    """A ticket number that no other ticket has and that cannot be guessed from others."""
    while True:
        number = str(secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)) + 10 ** (NUMBER_DIGITS - 1))
        if session.exec(select(Ticket.id).where(col(Ticket.number) == number)).first() is None:
            return number


def inquire(session: Session, house: House, call: Call, *, number: str, tail: str) -> Answer:
    """How the matter stands that a caller asks for.

    Args:
        session: The deed's session.
        house: The process's house.
        call: Who asks; the telephone counts for the lock.
        number: The ticket's number as typed.
        tail: The last four digits of the telephone number that the ticket was opened for.
    """
    index = house.vault.index(number, purpose=_NUMBER)
    asked_by = call.caller_id or "withheld"
    if any(_failures(session, house, each) >= LOCK_AFTER for each in (index, asked_by)):
        return Answer(Progress.LOCKED)
    ticket = session.exec(select(Ticket).where(col(Ticket.number) == number)).first()
    if ticket is None or not _is_of(session, house, ticket, tail):
        for each in (index, asked_by):
            audit(session, house, None, _FAILED, each, call_id=call.id)
        return Answer(Progress.UNKNOWN)
    audit(session, house, None, _ASKED, ticket.id, call_id=call.id)
    return _answer(session, house, ticket)


def _is_of(session: Session, house: House, ticket: Ticket, tail: str) -> bool:
    caller = session.get(Caller, ticket.caller_id) if ticket.caller_id else None
    if caller is None or len(tail) != TAIL_DIGITS:
        return False
    return secrets.compare_digest(number_of(house, caller)[-TAIL_DIGITS:].encode(), tail.encode())


def _failures(session: Session, house: House, subject: str) -> int:
    query = (
        select(func.count())
        .select_from(AuditEntry)
        .where(
            col(AuditEntry.subject) == subject,
            col(AuditEntry.action) == _FAILED,
            col(AuditEntry.at) > house.clock.now() - LOCK_TIME,
        )
    )
    return session.exec(query).one()


def _answer(session: Session, house: House, ticket: Ticket) -> Answer:
    intake = session.exec(select(Intake).where(col(Intake.ticket_id) == ticket.id)).first()
    if intake is None:
        return Answer(Progress.DONE if ticket.status == "done" else Progress.OPEN)
    progress = _OF_INTAKE.get(intake.state, Progress.DECIDED)
    since = intake.submitted_at.astimezone(house.settings.zone).date()
    return Answer(progress, since=since if progress is Progress.SUBMITTED else None)
