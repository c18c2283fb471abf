"""Duty lawyers: their board and their states."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hotline.agents.configuration import DutyRules
from hotline.agents.rules import (
    CHOSEN,
    IN_CALL,
    LawyerState,
    Reason,
    may_ask,
    may_queue_next,
)
from hotline.configuration import service as configuration
from hotline.errors import Conflict, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.tables import Lawyer, LawyerStateChange, User

_TAKEN_OUT = {Reason.CALL_LOST: LawyerState.LOST, Reason.PHONE_UNANSWERED: LawyerState.BUSY}


@dataclass(frozen=True, slots=True)
class LawyerRow:
    """One line of the availability board."""

    id: str
    name: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    state: LawyerState
    reason: str | None
    since: datetime
    until: datetime | None
    next_state: str | None
    call_id: str | None


def row_of(session: Session, lawyer_id: str) -> LawyerRow:
    """One lawyer's line.

    Raises:
        NotFound: Nobody of that id takes calls.
    """
    return _row(find(session, lawyer_id), session.get_one(User, lawyer_id))


def find(session: Session, lawyer_id: str) -> Lawyer:
    """The lawyer's row.

    Raises:
        NotFound: Nobody of that id takes calls.
    """
    lawyer = session.get(Lawyer, lawyer_id)
    if lawyer is None:
        raise NotFound(f"There is no duty lawyer {lawyer_id}.")
    return lawyer


def set_state(
    session: Session,
    house: House,
    lawyer_id: str,
    state: LawyerState,
    *,
    by: str,
    reason: str | None = None,
) -> LawyerRow:
    """Carries out what a lawyer (or a supervisor for a lawyer) asks for.

    During a call the wish is kept for the end of wrap-up.

    Raises:
        Conflict: The lawyer's present state does not allow it; nothing has changed.
        NotFound: Nobody of that id takes calls.
    """
    lawyer = find(session, lawyer_id)
    current = LawyerState(lawyer.state)
    if may_queue_next(current, state):
        lawyer.next_state, lawyer.next_reason, lawyer.next_by = state.value, reason, by
        _tell(session, house, lawyer)
    elif may_ask(current, state):
        lawyer.missed_offers = 0
        enter(session, house, lawyer, state, by=by, reason=reason or Reason.ASKED.value)
    elif state not in CHOSEN:
        known = ", ".join(sorted(CHOSEN))
        raise Conflict(f"Nobody asks for {state.value}, it comes by itself; there are: {known}.")
    else:
        raise Conflict(f"In state {current.value} a change to {state.value} is not possible.")
    return row_of(session, lawyer_id)


def enter(
    session: Session,
    house: House,
    lawyer: Lawyer,
    state: LawyerState,
    *,
    by: str,
    reason: str,
) -> None:
    """Writes a state that lawyers choose; a break gets the limit of its reason.

    The limit counts from when the break began: asking again, or for another reason, prolongs no
    break beyond the longest reason.
    """
    until = None
    if state is LawyerState.BREAK:
        began_at = lawyer.state_since if lawyer.state == state.value else house.clock.now()
        until = began_at + configuration.current(session, DutyRules).break_time(reason)
    change(session, house, lawyer, state, by=by, reason=reason, until=until)


def change(
    session: Session,
    house: House,
    lawyer: Lawyer,
    state: LawyerState,
    *,
    by: str,
    reason: str | None = None,
    until: datetime | None = None,
) -> None:
    """Writes a state, its history and its event; the caller has checked that it may be.

    Another reason, limit or person for the present state is in the history too. Who is available
    already keeps the place among those who wait for a caller.
    """
    now = house.clock.now()
    is_new = lawyer.state != state.value
    before = (lawyer.state_reason, lawyer.state_until, lawyer.state_by)
    if is_new or before != (reason, until, by):
        _remember(session, house, lawyer, state, by=by, reason=reason)
    if is_new:
        lawyer.state_since = now
        lawyer.idle_since = now if state is LawyerState.AVAILABLE else None
    lawyer.state, lawyer.state_reason, lawyer.state_until = state.value, reason, until
    lawyer.state_by = by
    if state not in IN_CALL:
        lawyer.call_id = None
    if state not in IN_CALL and state is not LawyerState.WRAP_UP:
        lawyer.next_state = lawyer.next_reason = lawyer.next_by = None
    _tell(session, house, lawyer)


def after_call(session: Session, house: House, lawyer_id: str, *, reason: Reason) -> None:
    """The talk is over: time for the ticket, then the state chosen before, else available.

    A lawyer whose audio was lost (`Reason.CALL_LOST`) is not given the next caller, who would hear
    nothing either: the state is lost until the lawyer asks for another; one whose telephone was not
    answered is busy. A lawyer whose ticket went along with the call, or who only joined a
    colleague's, has nothing to write up.
    """
    lawyer = find(session, lawyer_id)
    if lawyer.state not in IN_CALL:
        return
    if reason in _TAKEN_OUT:
        change(session, house, lawyer, _TAKEN_OUT[reason], by="system", reason=reason.value)
        return
    if reason in (Reason.HANDED_ON, Reason.JOIN_ENDED, Reason.NOT_DIALLED):
        _enter_next(session, house, lawyer, by="system", reason=reason)
        return
    lawyer.wrap_up_extensions = 0
    rules = configuration.current(session, DutyRules)
    until = house.clock.now() + rules.wrap_up_time(house.settings)
    change(
        session, house, lawyer, LawyerState.WRAP_UP, by="system", reason=reason.value, until=until
    )


def extend_wrap_up(session: Session, house: House, lawyer_id: str) -> LawyerRow:
    """More time for the ticket, as often as the rules allow.

    Raises:
        Conflict: The lawyer is not writing up a call, or has no extension left.
        NotFound: Nobody of that id takes calls.
    """
    lawyer = find(session, lawyer_id)
    if lawyer.state != LawyerState.WRAP_UP:
        raise Conflict("Only wrap-up can be extended.")
    rules = configuration.current(session, DutyRules)
    if lawyer.wrap_up_extensions >= rules.wrap_up_extensions:
        raise Conflict(
            f"This wrap-up has been extended {lawyer.wrap_up_extensions} times; no more is allowed."
        )
    now = house.clock.now()
    lawyer.wrap_up_extensions += 1
    lawyer.state_until = max(lawyer.state_until or now, now) + timedelta(
        seconds=rules.wrap_up_extension_seconds
    )
    _remember(
        session, house, lawyer, LawyerState.WRAP_UP, by=lawyer_id, reason=Reason.EXTENDED.value
    )
    _tell(session, house, lawyer)
    return row_of(session, lawyer_id)


def acknowledged(session: Session, house: House, lawyer_id: str) -> None:
    """The lawyer's page shows the caller who is offered: it rings. Idempotent."""
    lawyer = find(session, lawyer_id)
    if lawyer.state == LawyerState.RESERVED:
        reason, until = Reason.ACKNOWLEDGED.value, lawyer.state_until
        change(
            session, house, lawyer, LawyerState.RINGING, by=lawyer_id, reason=reason, until=until
        )


def follow_call(
    session: Session, house: House, lawyer_id: str, call_id: str, *, is_on_hold: bool
) -> None:
    """The call's state has changed: its lawyer holds the caller, or talks. Idempotent."""
    lawyer = session.get(Lawyer, lawyer_id)
    if lawyer is None or lawyer.call_id != call_id:
        return
    if is_on_hold and lawyer.state == LawyerState.TALKING:
        reason = Reason.ON_HOLD.value
        change(session, house, lawyer, LawyerState.HOLDING, by=lawyer_id, reason=reason)
    elif not is_on_hold and lawyer.state == LawyerState.HOLDING:
        reason = Reason.RESUMED.value
        change(session, house, lawyer, LawyerState.TALKING, by=lawyer_id, reason=reason)


def end_wrap_up(session: Session, house: House, lawyer: Lawyer, *, by: str = "system") -> None:
    """Wrap-up is over: the state that was chosen before, else available."""
    _enter_next(session, house, lawyer, by=by, reason=Reason.WRAP_UP_OVER)


def _enter_next(session: Session, house: House, lawyer: Lawyer, *, by: str, reason: Reason) -> None:
    """What was chosen during the call comes true, with the reason it was chosen for."""
    state = LawyerState(lawyer.next_state or LawyerState.AVAILABLE)
    by, why = lawyer.next_by or by, lawyer.next_reason or reason.value
    enter(session, house, lawyer, state, by=by, reason=why)


def _remember(
    session: Session,
    house: House,
    lawyer: Lawyer,
    state: LawyerState,
    *,
    by: str,
    reason: str | None,
) -> None:
    session.add(
        LawyerStateChange(
            lawyer_id=lawyer.user_id,
            at=house.clock.now(),
            from_state=lawyer.state,
            to_state=state.value,
            by=by,
            reason=reason,
        )
    )


def _tell(session: Session, house: House, lawyer: Lawyer) -> None:
    session.add(lawyer)
    house.record(
        session,
        EventType.LAWYER_CHANGED,
        lawyer_id=lawyer.user_id,
        state=lawyer.state,
        reason=lawyer.state_reason,
    )


def _row(lawyer: Lawyer, user: User) -> LawyerRow:
    return LawyerRow(
        id=lawyer.user_id,
        name=user.display_name,
        languages=tuple(lawyer.languages),
        topics=tuple(lawyer.topics),
        state=LawyerState(lawyer.state),
        reason=lawyer.state_reason,
        since=lawyer.state_since,
        until=lawyer.state_until,
        next_state=lawyer.next_state,
        call_id=lawyer.call_id,
    )
