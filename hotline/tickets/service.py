"""Consultation tickets: opened with the call, saved as the lawyer types, handed to intake."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from hotline.audit import audit
from hotline.callers import service as callers
from hotline.errors import Conflict, InvalidInput, NotAllowed, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Call, Ticket, User
from hotline.tickets.inquiry import new_number
from hotline.tickets.masks import sees_whole, unmasked
from hotline.tickets.rules import check_changes, missing_to_finish

_SEALED = {
    "caller_name": ("caller_name_sealed", "ticket.name"),
    "caller_identity": ("caller_identity_sealed", "ticket.identity"),
}
_TOLD_OF_CALLERS = {"caller_identity", "facts"}
_READ_ALL = frozenset({"supervisor", "intake", "admin"})
_EARLIER_TICKETS = 20


def open_for_call(session: Session, house: House, call: Call, *, lawyer_id: str | None) -> Ticket:
    """The call's ticket, prefilled; the one it already has goes over to the new lawyer."""
    ticket = session.exec(select(Ticket).where(col(Ticket.call_id) == call.id)).first()
    if ticket is None:
        now = house.clock.now()
        ticket = Ticket(
            id=new_id("ticket", house.clock),
            number=new_number(session),
            call_id=call.id,
            caller_id=call.caller_id,
            language=call.language,
            topic=call.topic,
            created_at=now,
            updated_at=now,
        )
    ticket.lawyer_id = lawyer_id
    _tell(session, house, ticket)
    return ticket


def find(session: Session, ticket_id: str, *, reader: User) -> Ticket:
    """The ticket, if this reader may see it.

    Raises:
        NotFound: There is none, or the reader may not know of it.
    """
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or not may_read(session, ticket, reader):
        raise NotFound(f"There is no ticket {ticket_id}.")
    return ticket


def may_read(session: Session, ticket: Ticket, reader: User) -> bool:
    """Supervisors and intake officers read all; a lawyer reads own ones.

    While a lawyer talks with a caller, the earlier tickets of that caller are open too, unless
    they are confidential.
    """
    if not _READ_ALL.isdisjoint(reader.roles) or ticket.lawyer_id == reader.id:
        return True
    return not ticket.is_confidential and _is_serving(session, reader, ticket.caller_id)


def list_tickets(
    session: Session, *, reader: User, limit: int, before: str | None = None
) -> Sequence[Ticket]:
    """The tickets this reader may see, newest first."""
    query = select(Ticket).order_by(col(Ticket.id).desc()).limit(limit)
    if _READ_ALL.isdisjoint(reader.roles):
        query = query.where(col(Ticket.lawyer_id) == reader.id)
    if before is not None:
        query = query.where(col(Ticket.id) < before)
    return session.exec(query).all()


def earlier_of_caller(session: Session, call: Call) -> Sequence[Ticket]:
    """What the same caller came with before, newest first, confidential ones left out."""
    if call.caller_id is None:
        return []
    query = (
        select(Ticket)
        .where(
            col(Ticket.caller_id) == call.caller_id,
            col(Ticket.call_id) != call.id,
            col(Ticket.is_confidential).is_(False),
        )
        .order_by(col(Ticket.id).desc())
        .limit(_EARLIER_TICKETS)
    )
    return session.exec(query).all()


def update(
    session: Session,
    house: House,
    ticket_id: str,
    *,
    user: User,
    version: int,
    changes: Mapping[str, object],
) -> Ticket:
    """Saves what the lawyer typed; masks that a supervisor saw are never written.

    Args:
        session: The deed's session.
        house: The process's house.
        ticket_id: Which ticket.
        user: Who writes: the ticket's lawyer, or a supervisor.
        version: The version the writer saw; the ticket must still have it.
        changes: New values by field, see hotline.tickets.rules.EDITABLE.

    Raises:
        Conflict: Somebody saved in between; nothing is written.
        InvalidInput: A field or value cannot be used; nothing is written.
        NotAllowed: The ticket is another lawyer's.
        NotFound: There is no such ticket for this user.
    """
    ticket = find(session, ticket_id, reader=user)
    if ticket.lawyer_id != user.id and "supervisor" not in user.roles:
        raise NotAllowed("This ticket belongs to another lawyer.")
    if ticket.version != version:
        raise Conflict(f"The ticket was saved in between (version {ticket.version}).")
    check_changes(changes)
    if not sees_whole(user, ticket):
        changes = unmasked(changes, words_of(house, ticket))
    for name, value in changes.items():
        if name in _SEALED:
            column, purpose = _SEALED[name]
            text = str(value).strip()
            setattr(ticket, column, house.vault.seal(text, purpose=purpose) if text else None)
        else:
            setattr(ticket, name, value)
    if _TOLD_OF_CALLERS & set(changes):
        callers.learn(session, house, ticket, identity=person_of(house, ticket)[1])
    ticket.version += 1
    _tell(session, house, ticket)
    return ticket


def finish(session: Session, house: House, ticket_id: str, *, user: User) -> Ticket:
    """The ticket is complete.

    Raises:
        InvalidInput: Required fields are empty; the message names them.
        NotAllowed: The ticket is another lawyer's.
    """
    ticket = find(session, ticket_id, reader=user)
    if ticket.lawyer_id != user.id:
        raise NotAllowed("This ticket belongs to another lawyer.")
    missing = missing_to_finish(summary=ticket.summary, disposition=ticket.disposition)
    if missing:
        raise InvalidInput("Before finishing, fill in: " + ", ".join(missing) + ".")
    ticket.status, ticket.done_at = "done", house.clock.now()
    _tell(session, house, ticket)
    audit(session, house, user, "ticket.finished", ticket.id)
    return ticket


def note_handed_over(session: Session, house: House, ticket: Ticket) -> None:
    """The ticket has gone to legal-aid intake; its editor sees a new version."""
    ticket.legal_aid_intent, ticket.legal_aid_informed = True, True
    ticket.version += 1
    _tell(session, house, ticket)


def store_rating(session: Session, house: House, call: Call, *, rating: int) -> None:
    """Notes the caller's rating, 1 (very satisfied) to 4; the editor's version stays."""
    ticket = session.exec(select(Ticket).where(col(Ticket.call_id) == call.id)).first()
    if ticket is not None:
        ticket.rating = rating
        _tell(session, house, ticket)


def person_of(house: House, ticket: Ticket) -> tuple[str, str]:
    """Name and identity number written in the ticket, in full; empty where not given."""
    name, identity = (
        house.vault.open(sealed, purpose=purpose) if sealed else ""
        for sealed, purpose in (
            (ticket.caller_name_sealed, _SEALED["caller_name"][1]),
            (ticket.caller_identity_sealed, _SEALED["caller_identity"][1]),
        )
    )
    return name, identity


def words_of(house: House, ticket: Ticket) -> dict[str, str]:
    """The texts in which personal data stand, in full (the fields of hotline.tickets.masks)."""
    name, identity = person_of(house, ticket)
    return {
        "summary": ticket.summary,
        "advice": ticket.advice,
        "caller_name": name,
        "caller_identity": identity,
    }


def _is_serving(session: Session, reader: User, caller_id: str | None) -> bool:
    if caller_id is None:
        return False
    query = select(Call.id).where(
        col(Call.caller_id) == caller_id,
        col(Call.lawyer_id) == reader.id,
        col(Call.state) != "ended",
    )
    return session.exec(query).first() is not None


def _tell(session: Session, house: House, ticket: Ticket) -> None:
    ticket.updated_at = house.clock.now()
    session.add(ticket)
    session.flush()
    house.record(
        session,
        EventType.TICKET_CHANGED,
        ticket_id=ticket.id,
        call_id=ticket.call_id,
        lawyer_id=ticket.lawyer_id,
        version=ticket.version,
    )
