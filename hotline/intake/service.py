"""Legal-aid intake: tickets handed over, with a finding that proposes, and people who decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from hotline.audit import audit
from hotline.errors import Conflict, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.intake.exchange import facts_from_json, facts_to_json, finding_to_json
from hotline.intake.rules import find as find_way
from hotline.intake.states import (
    FINAL_STATES,
    IntakeAction,
    IntakeState,
    Pause,
    decision_due_at,
    next_state,
)
from hotline.tables import Intake, IntakeStep, Ticket, User
from hotline.tickets import service as tickets

_REQUESTED = IntakeState.DOCUMENTS_REQUESTED.value


def hand_over(
    session: Session, house: House, ticket_id: str, *, user: User, facts: Mapping[str, Any]
) -> Intake:
    """Hands a ticket to the legal-aid centre; the finding is made here and kept with it.

    Args:
        session: The deed's session.
        house: The process's house.
        ticket_id: Which ticket.
        user: Who hands it over.
        facts: What is known, see hotline.intake.exchange.facts_from_json.

    Raises:
        Conflict: The ticket has been handed over already.
        InvalidInput: A fact cannot be read; the message names it.
        NotFound: There is no such ticket for this user.
    """
    ticket = tickets.find(session, ticket_id, reader=user)
    if session.exec(select(Intake).where(col(Intake.ticket_id) == ticket.id)).first():
        raise Conflict("This ticket has been handed to legal-aid intake already.")
    known = facts_from_json(dict(facts))
    now = house.clock.now()
    intake = Intake(
        id=new_id("intake", house.clock),
        ticket_id=ticket.id,
        facts=_plain(facts_to_json(known)),
        finding=_plain(finding_to_json(find_way(known))),
        submitted_by=user.id,
        submitted_at=now,
        due_at=decision_due_at(now, zone=house.settings.zone),
    )
    session.add(intake)
    session.flush()
    _add_step(session, house, intake, user, from_state="", note="")
    tickets.note_handed_over(session, house, ticket)
    audit(session, house, user, "intake.submitted", intake.id, ticket_id=ticket.id)
    _tell(session, house, intake)
    return intake


def list_intakes(
    session: Session, *, state: str | None, limit: int, before: str | None = None
) -> Sequence[Intake]:
    """Intakes, those to be decided soonest first when a state is asked for, else newest first."""
    query = select(Intake).limit(limit)
    if before is not None:
        query = query.where(col(Intake.id) < before)
    if state is not None:
        query = query.where(col(Intake.state) == state)
    return session.exec(query.order_by(col(Intake.id).desc())).all()


def find(session: Session, intake_id: str) -> Intake:
    """The intake.

    Raises:
        NotFound: There is none of that id.
    """
    intake = session.get(Intake, intake_id)
    if intake is None:
        raise NotFound(f"There is no intake {intake_id}.")
    return intake


def of_ticket(session: Session, ticket: Ticket) -> Intake | None:
    """The intake a ticket was handed over to, if it was."""
    return session.exec(select(Intake).where(col(Intake.ticket_id) == ticket.id)).first()


def act(
    session: Session,
    house: House,
    intake_id: str,
    action: IntakeAction,
    *,
    user: User,
    version: int,
    reason: str = "",
    documents: Sequence[str] = (),
) -> Intake:
    """A person moves an intake on.

    Args:
        session: The deed's session.
        house: The process's house.
        intake_id: Which intake.
        action: What to do.
        user: Who does it.
        version: The version that the person saw.
        reason: The written reason, where the action needs one.
        documents: What is asked for, where the action needs it.

    Raises:
        Conflict: Somebody moved it in between, or its state does not allow the action.
        InvalidInput: The reason or the documents are missing.
        NotAllowed: The person's roles do not allow the action.
        NotFound: There is no such intake.
    """
    intake = find(session, intake_id)
    if intake.version != version:
        raise Conflict(f"The intake was moved in between (version {intake.version}).")
    before = IntakeState(intake.state)
    after = next_state(
        before,
        action,
        roles=frozenset(user.roles),
        reason=reason,
        documents=documents,
        times_requested=_times_requested(session, intake),
    )
    now = house.clock.now()
    intake.state, intake.reason = after.value, reason.strip()
    intake.version += 1
    if after in FINAL_STATES:
        intake.decided_by, intake.decided_at = user.id, now
    note = "\n".join([*(text.strip() for text in documents if text.strip()), reason.strip()])
    _add_step(session, house, intake, user, from_state=before.value, note=note.strip())
    intake.due_at = _due_at(session, house, intake)
    audit(session, house, user, f"intake.{action.value}", intake.id)
    _tell(session, house, intake)
    return intake


def steps_of(session: Session, intake: Intake) -> Sequence[IntakeStep]:
    """Every step so far, oldest first."""
    query = select(IntakeStep).where(col(IntakeStep.intake_id) == intake.id)
    return session.exec(query.order_by(col(IntakeStep.id))).all()


def _due_at(session: Session, house: House, intake: Intake) -> datetime | None:
    if IntakeState(intake.state) in FINAL_STATES:
        return None
    return decision_due_at(
        intake.submitted_at, zone=house.settings.zone, pauses=_pauses(session, intake)
    )


def _pauses(session: Session, intake: Intake) -> list[Pause]:
    """The times in which the applicant was to supply documents; they do not count (article 43)."""
    pauses: list[Pause] = []
    for step in steps_of(session, intake):
        if step.to_state == _REQUESTED:
            pauses.append(Pause(step.at, None))
        elif pauses and pauses[-1].supplied_at is None:
            pauses[-1] = Pause(pauses[-1].requested_at, step.at)
    return pauses


def _times_requested(session: Session, intake: Intake) -> int:
    return sum(step.to_state == _REQUESTED for step in steps_of(session, intake))


def _add_step(
    session: Session, house: House, intake: Intake, user: User, *, from_state: str, note: str
) -> None:
    session.add(
        IntakeStep(
            intake_id=intake.id,
            at=house.clock.now(),
            by=user.id,
            from_state=from_state,
            to_state=intake.state,
            note=note,
        )
    )
    session.flush()


def _plain(value: Any) -> dict[str, object]:
    return dict(value)


def _tell(session: Session, house: House, intake: Intake) -> None:
    session.add(intake)
    session.flush()
    house.record(
        session,
        EventType.INTAKE_CHANGED,
        intake_id=intake.id,
        ticket_id=intake.ticket_id,
        state=intake.state,
    )
