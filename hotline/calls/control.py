"""Asking the telephone's side to do something to a call: checked, audited, told by one event.

`ivr` follows the event and answers by the call's state and its parties' rows; what it could not do
is seen there (a party that is closed with a reason).
"""

from sqlmodel import Session

from hotline.audit import audit
from hotline.calls import parties
from hotline.calls.parties import Seat, Whom
from hotline.calls.rules import (
    SUPERVISION,
    Control,
    Purpose,
    check_control,
    check_reach,
)
from hotline.errors import Conflict, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Call, CallParty, User

_DIGITS = "control.digits"


def ask(
    session: Session, house: House, call: Call, control: Control, *, by: User, **data: object
) -> str:
    """Asks for something that needs no more than a word.

    Returns:
        The request's id, which is in the event and the audit trail.

    Raises:
        Conflict: The call's state does not allow it.
    """
    check_control(parties.talk_of(session, call), control)
    return _record(session, house, call, control, by=by, **data)


def reach(
    session: Session, house: House, call: Call, whom: Whom, *, purpose: Purpose, by: User
) -> CallParty:
    """Calls somebody into the talk.

    Raises:
        Conflict: The talk has no room for them now, or they are in it already.
    """
    check_reach(parties.talk_of(session, call), purpose)
    if whom.lawyer is not None:
        _check_colleague(session, call, whom.lawyer)
    party = parties.add(session, house, call, whom, purpose=purpose, by=by.id)
    _record(
        session,
        house,
        call,
        Control.REACH,
        by=by,
        party_id=party.id,
        purpose=purpose.value,
        lawyer_id=party.user_id,
    )
    return party


def _check_colleague(session: Session, call: Call, lawyer: User) -> None:
    if lawyer.id == call.lawyer_id:
        raise Conflict("This lawyer has the call already.")
    if any(party.user_id == lawyer.id for party in parties.live(session, call.id)):
        raise Conflict("This lawyer is in the call already.")


def supervise(
    session: Session, house: House, call: Call, supervisor: User, *, purpose: Purpose
) -> Seat:
    """Lets a supervisor into the talk.

    Raises:
        Conflict: There is no talk, or they are in it already.
    """
    check_reach(parties.talk_of(session, call), purpose)
    if supervision_of(session, call, supervisor) is not None:
        raise Conflict("You are in this call already; change the mode instead.")
    seat = parties.supervise(session, house, call, supervisor, purpose=purpose)
    _record(
        session,
        house,
        call,
        Control.REACH,
        by=supervisor,
        party_id=seat.party.id,
        purpose=purpose.value,
    )
    return seat


def change_supervision(
    session: Session, house: House, call: Call, supervisor: User, *, purpose: Purpose
) -> CallParty:
    """From listening to whispering, and so on.

    Raises:
        NotFound: This supervisor is not in the call.
    """
    party = supervision_of(session, call, supervisor)
    if party is None:
        raise NotFound("You are not in this call.")
    _record(
        session,
        house,
        call,
        Control.PURPOSE,
        by=supervisor,
        party_id=party.id,
        purpose=purpose.value,
    )
    return party


def supervision_of(session: Session, call: Call, supervisor: User) -> CallParty | None:
    """A supervisor's own place in the call."""
    return next(
        (
            party
            for party in parties.live(session, call.id)
            if party.user_id == supervisor.id and party.purpose in SUPERVISION
        ),
        None,
    )


def drop(session: Session, house: House, call: Call, party: CallParty, *, by: User) -> str:
    """Sends a party away, or lets somebody leave."""
    return _record(session, house, call, Control.DROP, by=by, party_id=party.id)


def join(session: Session, house: House, party_id: str, lawyer: User) -> Seat:
    """A colleague takes the invitation into the call.

    Raises:
        Conflict: It is over, or the lawyer is in a call.
        NotFound: There is none for this lawyer.
    """
    seat = parties.accept(session, house, party_id, lawyer.id)
    call = session.get_one(Call, seat.party.call_id)
    _record(session, house, call, Control.ANSWERED, by=lawyer, party_id=party_id)
    return seat


def refuse(session: Session, house: House, party_id: str, lawyer: User) -> None:
    """A colleague does not take the invitation.

    Raises:
        Conflict: It is over.
        NotFound: There is none for this lawyer.
    """
    party = parties.decline(session, house, party_id, lawyer.id)
    call = session.get_one(Call, party.call_id)
    _record(session, house, call, Control.REFUSED, by=lawyer, party_id=party_id)


def press(
    session: Session, house: House, call: Call, digits: str, *, party: CallParty | None, by: User
) -> str:
    """Sends keys; sealed on their way, because they may be somebody's secret.

    Raises:
        Conflict: There is no talk.
    """
    check_control(parties.talk_of(session, call), Control.DIGITS)
    sealed = house.vault.seal(digits, purpose=_DIGITS).hex()
    party_id = party.id if party is not None else None
    return _record(
        session, house, call, Control.DIGITS, by=by, party_id=party_id, digits_sealed=sealed
    )


def tell_refusal(session: Session, house: House, call: Call, *, by: User) -> str:
    """Has the telephone's side stop recording a caller whose refusal is written down."""
    return _record(session, house, call, Control.REFUSE_RECORDING, by=by)


def digits_of(house: House, sealed: str) -> str:
    """The keys in an event."""
    return house.vault.open(bytes.fromhex(sealed), purpose=_DIGITS)


def _record(
    session: Session, house: House, call: Call, control: Control, *, by: User, **data: object
) -> str:
    request_id = new_id("req", house.clock)
    house.record(
        session,
        EventType.CALL_CONTROL_REQUESTED,
        call_id=call.id,
        action=control.value,
        request_id=request_id,
        by=by.id,
        **data,
    )
    detail = {name: value for name, value in data.items() if name != "digits_sealed"}
    audit(session, house, by, f"call.{control.value}", call.id, request_id=request_id, **detail)
    return request_id
