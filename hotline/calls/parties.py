"""Third parties, colleagues and supervisors in a call: their rows, from the wish to the end."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from hotline.agents import service as agents
from hotline.agents.rules import LawyerState, Reason, may_join
from hotline.calls import legs, pauses
from hotline.calls.pauses import tell_call
from hotline.calls.rules import PartyState, Purpose, Talk
from hotline.errors import Conflict, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.privacy import mask_number
from hotline.tables import (
    Call,
    CallParty,
    Leg,
    Recording,
    TransferTarget,
    User,
)

PHONE = "phone"
LAWYER = "lawyer"
SUPERVISOR = "supervisor"

RINGING = "ringing"
TALKING = "talking"
CLOSED = "closed"

_NUMBER = "party.number"


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is to be reached: a number (of the directory or typed) or a colleague.

    Attributes:
        number: What to dial; None for a colleague. Personal data: never log it.
        target: The directory's row the number is from.
        lawyer: The colleague; None for a telephone.
    """

    number: str | None = field(default=None, repr=False)
    target: TransferTarget | None = None
    lawyer: User | None = None

    @property
    def label(self) -> str:
        """What screens show: never a full number that was typed in."""
        if self.lawyer is not None:
            return self.lawyer.display_name
        return self.target.name if self.target is not None else mask_number(self.number or "")


@dataclass(frozen=True, slots=True)
class Seat:
    """A browser's place in a call; the token opens the audio and is shown once."""

    party: CallParty
    leg: Leg
    token: str = field(repr=False)


def live(session: Session, call_id: str) -> Sequence[CallParty]:
    """The parties of a call that are talking or being reached, oldest first."""
    query = select(CallParty).where(
        col(CallParty.call_id) == call_id, col(CallParty.state) != CLOSED
    )
    return session.exec(query.order_by(col(CallParty.id))).all()


def of_calls(session: Session, call_ids: Iterable[str]) -> Sequence[CallParty]:
    """Every party that these calls have or had, oldest first."""
    query = select(CallParty).where(col(CallParty.call_id).in_(list(call_ids)))
    return session.exec(query.order_by(col(CallParty.id))).all()


def find(session: Session, party_id: str) -> CallParty:
    """The party.

    Raises:
        NotFound: None has that id.
    """
    party = session.get(CallParty, party_id)
    if party is None:
        raise NotFound(f"There is no party {party_id}.")
    return party


def talk_of(session: Session, call: Call) -> Talk:
    """What the rules need to know of a call."""
    recording = session.exec(
        select(Recording.id).where(
            col(Recording.call_id) == call.id, col(Recording.state) == "recording"
        )
    ).first()
    return Talk(
        state=call.state,
        parties=tuple(
            PartyState(party.id, Purpose(party.purpose), party.state == TALKING)
            for party in live(session, call.id)
        ),
        is_recording=recording is not None,
        is_paused=pauses.current(session, call.id) is not None,
    )


def add(
    session: Session, house: House, call: Call, whom: Whom, *, purpose: Purpose, by: str
) -> CallParty:
    """Writes down whom the lawyer wants in the call; the telephone's side reaches them."""
    sealed = house.vault.seal(whom.number, purpose=_NUMBER) if whom.number else None
    party = CallParty(
        id=new_id("leg", house.clock),
        call_id=call.id,
        kind=PHONE if whom.lawyer is None else LAWYER,
        purpose=purpose.value,
        user_id=whom.lawyer.id if whom.lawyer is not None else None,
        target_id=whom.target.id if whom.target is not None else None,
        label=whom.label,
        number_sealed=sealed,
        requested_by=by,
        created_at=house.clock.now(),
    )
    _write(session, house, party)
    return party


def number_of(house: House, party: CallParty) -> str:
    """The number to dial; never for a log or a screen."""
    return house.vault.open(party.number_sealed or b"", purpose=_NUMBER)


def supervise(
    session: Session, house: House, call: Call, supervisor: User, *, purpose: Purpose
) -> Seat:
    """Writes down that a supervisor comes by, and opens the supervisor's audio."""
    party = CallParty(
        id=new_id("leg", house.clock),
        call_id=call.id,
        kind=SUPERVISOR,
        purpose=purpose.value,
        user_id=supervisor.id,
        label=supervisor.display_name,
        requested_by=supervisor.id,
        created_at=house.clock.now(),
    )
    _write(session, house, party)
    return _seat(session, house, call, party, role=legs.SUPERVISOR)


def invitation_of(session: Session, lawyer_id: str) -> CallParty | None:
    """The invitation that rings at a lawyer's page now."""
    query = select(CallParty).where(
        col(CallParty.user_id) == lawyer_id,
        col(CallParty.kind) == LAWYER,
        col(CallParty.state) == RINGING,
    )
    rings = session.exec(query.order_by(col(CallParty.id).desc())).all()
    return next((party for party in rings if session.get(Leg, party.id) is None), None)


def accept(session: Session, house: House, party_id: str, lawyer_id: str) -> Seat:
    """A colleague takes the invitation into the call.

    Raises:
        Conflict: The invitation is over, or the lawyer is in a call.
        NotFound: There is none for this lawyer.
    """
    party = _invited(session, party_id, lawyer_id)
    lawyer = agents.find(session, lawyer_id)
    if not may_join(LawyerState(lawyer.state)):
        raise Conflict(f"In state {lawyer.state} no call can be joined.")
    call = session.get_one(Call, party.call_id)
    seat = _seat(session, house, call, party, role=legs.SECOND)
    reason = Reason.JOINED.value
    agents.change(session, house, lawyer, LawyerState.TALKING, by=lawyer_id, reason=reason)
    lawyer.call_id = call.id
    session.add(lawyer)
    _tell(session, house, party)
    return seat


def decline(session: Session, house: House, party_id: str, lawyer_id: str) -> CallParty:
    """A colleague does not take the invitation.

    Raises:
        Conflict: The invitation is over.
        NotFound: There is none for this lawyer.
    """
    party = _invited(session, party_id, lawyer_id)
    close(session, house, party, reason="declined")
    return party


def answered(session: Session, house: House, party: CallParty) -> None:
    """The party's audio is there. Idempotent."""
    if party.state == RINGING:
        party.state, party.answered_at = TALKING, house.clock.now()
        _write(session, house, party)


def change_purpose(session: Session, house: House, party: CallParty, purpose: Purpose) -> None:
    """The party is in the call for something else now."""
    if party.state != CLOSED and party.purpose != purpose:
        party.purpose = purpose.value
        _write(session, house, party)


def mute(
    session: Session, house: House, call: Call, *, lawyer: bool, muted: Collection[str]
) -> None:
    """Nobody hears these from now on, and all others are heard.

    Args:
        session: The transaction.
        house: The house.
        call: The call.
        lawyer: Whether the call's lawyer is among them.
        muted: The ids of parties.
    """
    call.is_lawyer_muted = lawyer
    session.add(call)
    for party in live(session, call.id):
        party.is_muted = party.id in muted
        session.add(party)
    session.flush()
    tell_call(session, house, call)


def close(session: Session, house: House, party: CallParty, *, reason: str) -> None:
    """The party was not reached or is gone; a colleague is free for others. Idempotent."""
    if party.state == CLOSED:
        return
    party.state, party.closed_at, party.end_reason = CLOSED, house.clock.now(), reason
    party.is_muted = False
    leg = session.get(Leg, party.id)
    # A colleague who took the call over has the call's own leg now.
    if leg is not None and leg.role != legs.LAWYER:
        legs.close_leg(session, house, leg)
        if party.kind == LAWYER and party.user_id is not None:
            agents.after_call(session, house, party.user_id, reason=Reason.JOIN_ENDED)
    _write(session, house, party)


def close_all(session: Session, house: House, call: Call, *, reason: str) -> None:
    """The call is over for everybody; so is a pause of its recording, and nobody is muted."""
    call.is_lawyer_muted = False
    for party in live(session, call.id):
        close(session, house, party, reason=reason)
    for leg in legs.open_legs(session, call.id):
        legs.close_leg(session, house, leg)
    pauses.end(session, house, call, by="system")


def hand_over(session: Session, house: House, call: Call, party: CallParty) -> None:
    """The party, a colleague, is the call's lawyer from now on; the one before is free."""
    for leg in legs.open_legs(session, call.id, role=legs.LAWYER):
        legs.close_leg(session, house, leg)
        agents.after_call(session, house, leg.lawyer_id, reason=Reason.HANDED_ON)
    leg = session.get_one(Leg, party.id)
    leg.role = legs.LAWYER
    call.lawyer_id = party.user_id
    session.add_all([leg, call])
    close(session, house, party, reason="took_over")


def _seat(session: Session, house: House, call: Call, party: CallParty, *, role: str) -> Seat:
    token = legs.new_token()
    user_id = party.user_id or ""
    leg = legs.open_leg(session, house, call, user_id, token, role=role, leg_id=party.id)
    return Seat(party, leg, token)


def _invited(session: Session, party_id: str, lawyer_id: str) -> CallParty:
    party = find(session, party_id)
    if party.kind != LAWYER or party.user_id != lawyer_id:
        raise NotFound(f"There is no invitation {party_id} for this lawyer.")
    if party.state != RINGING or session.get(Leg, party.id) is not None:
        raise Conflict("The invitation is over.")
    return party


def _write(session: Session, house: House, party: CallParty) -> None:
    session.add(party)
    session.flush()
    _tell(session, house, party)


def _tell(session: Session, house: House, party: CallParty) -> None:
    call = session.get_one(Call, party.call_id)
    tell_call(session, house, call)
    if party.kind == LAWYER:
        house.record(
            session,
            EventType.INVITATION_CHANGED,
            party_id=party.id,
            call_id=party.call_id,
            lawyer_id=party.user_id,
        )
