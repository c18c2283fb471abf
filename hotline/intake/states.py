"""The life of an application for legal aid, from handing over to decision.

    submitted  --request_documents-->  documents_requested
    documents_requested  --supply_documents-->  submitted
    submitted  --accept-->  accepted
    submitted  --decide_against (with a reason)-->  decided_against
    documents_requested  --lapse (article 43: not supplied counts as withdrawn)-->  withdrawn
    submitted, documents_requested  --withdraw-->  withdrawn

Accepted, decided against and withdrawn are final. Only a person moves an application, and only an
intake officer decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hotline.errors import Conflict, InvalidInput, NotAllowed

DECISION_DAYS = 7
"""Natural days from receiving an application to the decision (Legal Aid Law, article 43)."""

ASSIGNMENT_DAYS = 3
"""Natural days from granting aid to assigning a lawyer (Legal Aid Law, article 43)."""

REASON_CHARACTERS = 4
"""A written reason shorter than this says nothing ("不符" and the like)."""

DUTY_ROLES = frozenset({"lawyer", "supervisor", "intake"})
INTAKE_ROLES = frozenset({"intake"})

RestDays = Callable[[date], bool]
"""Whether a day is a statutory day of rest; an end that falls on one moves on (Civil Code 203)."""


class IntakeState(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    DOCUMENTS_REQUESTED = "documents_requested"
    ACCEPTED = "accepted"
    DECIDED_AGAINST = "decided_against"
    WITHDRAWN = "withdrawn"


class IntakeAction(StrEnum):
    """What a person can do with an application."""

    REQUEST_DOCUMENTS = "request_documents"
    SUPPLY_DOCUMENTS = "supply_documents"
    ACCEPT = "accept"
    DECIDE_AGAINST = "decide_against"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Attributes:
        to: The state it leads to.
        roles: Who may do it; holding any of them is enough.
        needs_reason: Whether a written reason must come with it.
        needs_documents: Whether a list of documents must come with it.
    """

    to: IntakeState
    roles: frozenset[str]
    needs_reason: bool = False
    needs_documents: bool = False


_WITHDRAW = Transition(IntakeState.WITHDRAWN, DUTY_ROLES)

TRANSITIONS: dict[tuple[IntakeState, IntakeAction], Transition] = {
    (IntakeState.SUBMITTED, IntakeAction.REQUEST_DOCUMENTS): Transition(
        IntakeState.DOCUMENTS_REQUESTED, INTAKE_ROLES, needs_documents=True
    ),
    (IntakeState.DOCUMENTS_REQUESTED, IntakeAction.SUPPLY_DOCUMENTS): Transition(
        IntakeState.SUBMITTED, DUTY_ROLES
    ),
    (IntakeState.SUBMITTED, IntakeAction.ACCEPT): Transition(IntakeState.ACCEPTED, INTAKE_ROLES),
    (IntakeState.SUBMITTED, IntakeAction.DECIDE_AGAINST): Transition(
        IntakeState.DECIDED_AGAINST, INTAKE_ROLES, needs_reason=True
    ),
    (IntakeState.DOCUMENTS_REQUESTED, IntakeAction.LAPSE): Transition(
        IntakeState.WITHDRAWN, INTAKE_ROLES, needs_reason=True
    ),
    (IntakeState.SUBMITTED, IntakeAction.WITHDRAW): _WITHDRAW,
    (IntakeState.DOCUMENTS_REQUESTED, IntakeAction.WITHDRAW): _WITHDRAW,
}

FINAL_STATES = frozenset(IntakeState) - {state for state, _ in TRANSITIONS}


def actions_for(state: IntakeState, roles: frozenset[str]) -> tuple[IntakeAction, ...]:
    """Lists what somebody with these roles may do now, in the order buttons are shown."""
    return tuple(
        action
        for action in IntakeAction
        if (row := TRANSITIONS.get((state, action))) is not None and row.roles & roles
    )


def next_state(
    state: IntakeState,
    action: IntakeAction,
    *,
    roles: frozenset[str],
    reason: str = "",
    documents: Sequence[str] = (),
    times_requested: int = 0,
) -> IntakeState:
    """Says where an action leads; the caller stores it together with reason and documents.

    Args:
        state: Where the application stands.
        action: What is to be done.
        roles: The roles of the person who does it.
        reason: The written reason, needed to decide against, to let lapse, and to ask again.
        documents: What is asked for, needed when asking for documents.
        times_requested: How often documents have been asked for before. Article 43 wants everything
            named at once, so asking again needs a reason that stays in the file.

    Raises:
        Conflict: The application is not in a state that allows the action.
        NotAllowed: The roles do not allow it.
        InvalidInput: The reason or the list of documents is missing.
    """
    row = TRANSITIONS.get((state, action))
    if row is None:
        raise Conflict(f"An application that is {state} does not allow {action}.")
    if not row.roles & roles:
        raise NotAllowed(f"{action} needs one of these roles: {', '.join(sorted(row.roles))}.")
    if row.needs_documents and not any(document.strip() for document in documents):
        raise InvalidInput("Name every document that is missing, all at once (article 43).")
    needs_reason = row.needs_reason or (row.needs_documents and times_requested > 0)
    if needs_reason and len(reason.strip()) < REASON_CHARACTERS:
        raise InvalidInput("A written reason is needed (article 43).")
    return row.to


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the applicant was to supply documents; it does not count.

    Attributes:
        requested_at: When the documents were asked for.
        supplied_at: When they came; None while they are awaited.
    """

    requested_at: datetime
    supplied_at: datetime | None


def _no_rest_days(_day: date) -> bool:
    return False


def decision_due_at(
    submitted_at: datetime,
    *,
    zone: ZoneInfo,
    pauses: Sequence[Pause] = (),
    is_rest_day: RestDays = _no_rest_days,
) -> datetime | None:
    """Says until when the decision must be made (article 43).

    Days spent waiting for documents are added. Sources: Ministry of Justice Order 148 (2023),
    and for the counting articles 201 to 203 of the Civil Code.

    Returns:
        The first moment after the last day, in the zone; None while documents are awaited.
    """
    waited = 0
    for pause in pauses:
        if pause.supplied_at is None:
            return None
        supplied_on = pause.supplied_at.astimezone(zone).date()
        waited += (supplied_on - pause.requested_at.astimezone(zone).date()).days
    return end_of_period(
        submitted_at, days=DECISION_DAYS + max(waited, 0), zone=zone, is_rest_day=is_rest_day
    )


def end_of_period(
    event_at: datetime,
    *,
    days: int,
    zone: ZoneInfo,
    is_rest_day: RestDays = _no_rest_days,
) -> datetime:
    """Counts a period of natural days that an event starts.

    The day of the event does not count; the last day counts whole, and moves on while it is a
    statutory day of rest (Civil Code, articles 201 and 203).

    Returns:
        The first moment after the last day, in the zone.
    """
    last_day = event_at.astimezone(zone).date() + timedelta(days=days)
    while is_rest_day(last_day):
        last_day += timedelta(days=1)
    return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=zone)
