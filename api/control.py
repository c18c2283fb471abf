"""Call control: hold, transfer, third parties, keys, pauses of the recording.

Each request is checked against the call's state at once (409 says what stands against it) and then
carried out by the telephone's side; what comes of it is seen in the call's `state`, `parties` and
`recording`, over the web socket or `GET /api/v1/calls/{id}`.
"""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from api.calls import seen_call
from hotline.agents.rules import LawyerState, may_join
from hotline.calls import control, parties, service as calls
from hotline.calls.parties import Whom
from hotline.calls.rules import (
    SUPERVISION,
    Control,
    PauseReason,
    Purpose,
    checked_digits,
    checked_number,
    is_own_number,
)
from hotline.directory import service as directory
from hotline.errors import Conflict, InvalidInput, NotAllowed, NotFound
from hotline.tables import Call, CallParty, Lawyer, User
from hotline.views.access import SUPERVISOR, has_role
from hotline.views.parties import PartyShape, party_shapes
from hotline.views.reader import Reader
from hotline.web.routing import Router
from hotline.web.signed_in import WriteBy
from recordings import refusal

router = Router(prefix="/calls", tags=["call control"])


class Asked(BaseModel):
    """The request was handed to the telephone's side."""

    request_id: str


class Target(BaseModel):
    """Whom to reach: exactly one of a number, a row of the directory, a colleague."""

    number: str | None = Field(default=None, max_length=30)
    directory_id: str | None = Field(default=None, max_length=60)
    lawyer_id: str | None = Field(default=None, max_length=60)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [self.number, self.directory_id, self.lawyer_id]
        if sum(each is not None for each in given) != 1:
            raise ValueError("give exactly one of number, directory_id and lawyer_id")
        return self


class QueueWish(BaseModel):
    """Which lawyers the caller is sent to; no topic means any."""

    topic: str | None = Field(default=None, max_length=40)


class Keys(BaseModel):
    """Keys to press: towards a party, or towards the caller where none is named."""

    digits: str = Field(max_length=32)
    party_id: str | None = Field(default=None, max_length=60)


class Muting(BaseModel):
    """Who is muted: a party, or the lawyer where none is named."""

    party_id: str | None = Field(default=None, max_length=60)


class Pause(BaseModel):
    """Why the recording pauses."""

    reason: PauseReason


@router.post("/{call_id}/hold", status_code=202)
def post_hold(call_id: str, writer: WriteBy) -> Asked:
    """Puts the caller on hold: hold audio for the caller, silence for the lawyer."""
    return _ask(writer, call_id, Control.HOLD)


@router.post("/{call_id}/resume", status_code=202)
def post_resume(call_id: str, writer: WriteBy) -> Asked:
    """Back to the caller; whoever is being consulted is let go."""
    return _ask(writer, call_id, Control.RESUME)


@router.post("/{call_id}/transfer", status_code=202)
def post_transfer(call_id: str, body: Target, writer: WriteBy) -> PartyShape:
    """Blind transfer: the caller hears ringing; without an answer the caller comes back."""
    return _reach(writer, call_id, body, Purpose.TRANSFER)


@router.post("/{call_id}/transfer-to-queue", status_code=202)
def post_transfer_to_queue(call_id: str, body: QueueWish, writer: WriteBy) -> Asked:
    """Sends the caller to the head of the queue, for lawyers who know the topic."""
    return _ask(writer, call_id, Control.QUEUE, topic=body.topic)


@router.post("/{call_id}/consult", status_code=202)
def post_consult(call_id: str, body: Target, writer: WriteBy) -> PartyShape:
    """Attended transfer, first step: the caller holds, the lawyer talks with the third party."""
    return _reach(writer, call_id, body, Purpose.CONSULT)


@router.post("/{call_id}/complete", status_code=202)
def post_complete(call_id: str, writer: WriteBy) -> Asked:
    """Attended transfer, last step: the consulted party takes the caller over."""
    return _ask(writer, call_id, Control.COMPLETE)


@router.post("/{call_id}/join", status_code=202)
def post_join(call_id: str, writer: WriteBy) -> Asked:
    """Caller, lawyer and the consulted party in one talk."""
    return _ask(writer, call_id, Control.JOIN)


@router.post("/{call_id}/parties", status_code=202)
def post_party(call_id: str, body: Target, writer: WriteBy) -> PartyShape:
    """Calls an interpreter or a second lawyer into the talk."""
    return _reach(writer, call_id, body, Purpose.JOIN)


@router.delete("/{call_id}/parties/{party_id}", status_code=202)
def delete_party(call_id: str, party_id: str, writer: WriteBy) -> Asked:
    """Sends a party away, or leaves: the call's lawyer, or the party itself."""
    call = seen_call(writer, call_id)
    party = _party(writer, call, party_id)
    user = writer.signed_in
    if user.id not in (call.lawyer_id, party.user_id):
        raise NotAllowed("Only the lawyer of the call or the party itself ends this.")
    if party.purpose in SUPERVISION and party.user_id != user.id:
        raise NotAllowed("Only the supervisor ends supervision.")
    request_id = control.drop(writer.session, writer.house, call, party, by=user)
    return Asked(request_id=request_id)


@router.post("/{call_id}/digits", status_code=202)
def post_digits(call_id: str, body: Keys, writer: WriteBy) -> Asked:
    """Presses keys towards the caller or a party, for a machine at the other end."""
    call = _own(writer, call_id)
    party = _party(writer, call, body.party_id) if body.party_id is not None else None
    digits = checked_digits(body.digits)
    request_id = control.press(
        writer.session, writer.house, call, digits, party=party, by=writer.signed_in
    )
    return Asked(request_id=request_id)


@router.post("/{call_id}/mute", status_code=202)
def post_mute(call_id: str, writer: WriteBy, body: Muting | None = None) -> Asked:
    """Nobody hears the lawyer or a party until unmuted, resumed from hold or handed over.

    A page mutes its own microphone by itself; this is for telephones and programs.
    """
    return _mute(writer, call_id, body, Control.MUTE)


@router.post("/{call_id}/unmute", status_code=202)
def post_unmute(call_id: str, writer: WriteBy, body: Muting | None = None) -> Asked:
    """The lawyer or a party is heard again."""
    return _mute(writer, call_id, body, Control.UNMUTE)


@router.post("/{call_id}/recording/pause", status_code=202)
def post_pause(call_id: str, body: Pause, writer: WriteBy) -> Asked:
    """Pauses the recording: silence is kept instead; reason and times are stored."""
    return _ask(writer, call_id, Control.PAUSE_RECORDING, reason=body.reason.value)


@router.post("/{call_id}/recording/resume", status_code=202)
def post_resume_recording(call_id: str, writer: WriteBy) -> Asked:
    """Lets the recording go on."""
    return _ask(writer, call_id, Control.RESUME_RECORDING)


@router.post("/{call_id}/recording/refuse", status_code=202)
def post_refusal(call_id: str, writer: WriteBy) -> Asked:
    """The caller told the lawyer not to record: nothing of the call is kept, words or audio.

    For the lawyer of the call, and for supervisors; also after the call. It cannot be undone.
    """
    call = seen_call(writer, call_id)
    user = writer.signed_in
    if call.lawyer_id != user.id and not has_role(user, frozenset({SUPERVISOR})):
        raise NotAllowed("Only the lawyer of the call or a supervisor does this.")
    refusal.refuse(writer.session, writer.house, call.id, by=user)
    request_id = control.tell_refusal(writer.session, writer.house, call, by=user)
    return Asked(request_id=request_id)


def _ask(writer: Reader, call_id: str, action: Control, **data: object) -> Asked:
    call = _own(writer, call_id)
    request_id = control.ask(
        writer.session, writer.house, call, action, by=writer.signed_in, **data
    )
    return Asked(request_id=request_id)


def _mute(writer: Reader, call_id: str, body: Muting | None, action: Control) -> Asked:
    call = _own(writer, call_id)
    if body is None or body.party_id is None:
        return _ask(writer, call_id, action)
    party = _party(writer, call, body.party_id)
    if party.purpose in SUPERVISION:
        raise NotAllowed("A supervisor decides alone whether to be heard.")
    return _ask(writer, call_id, action, party_id=party.id)


def _reach(writer: Reader, call_id: str, body: Target, purpose: Purpose) -> PartyShape:
    call = _own(writer, call_id)
    party = control.reach(
        writer.session,
        writer.house,
        call,
        _whom(writer, body),
        purpose=purpose,
        by=writer.signed_in,
    )
    return party_shapes(writer, [party])[0]


def _own(writer: Reader, call_id: str) -> Call:
    """The call, if the user is its lawyer and it goes on.

    Raises:
        NotAllowed: Somebody else is its lawyer.
        NotFound: The user may not know of it.
        Conflict: It has ended.
    """
    call = seen_call(writer, call_id)
    if call.lawyer_id != writer.signed_in.id:
        raise NotAllowed("Only the lawyer of the call does this.")
    if call.state == calls.ENDED:
        raise Conflict("The call has ended.")
    return call


def _party(writer: Reader, call: Call, party_id: str) -> CallParty:
    party = parties.find(writer.session, party_id)
    if party.call_id != call.id:
        raise NotFound(f"There is no party {party_id} in call {call.id}.")
    if party.state == parties.CLOSED:
        raise Conflict("They have left the call already.")
    return party


def _whom(writer: Reader, body: Target) -> Whom:
    session = writer.session
    if body.lawyer_id is not None:
        user, lawyer = session.get(User, body.lawyer_id), session.get(Lawyer, body.lawyer_id)
        if user is None or lawyer is None:
            raise NotFound(f"There is no duty lawyer {body.lawyer_id}.")
        if not may_join(LawyerState(lawyer.state)):
            raise Conflict(f"This lawyer cannot join now: {lawyer.state}.")
        return Whom(lawyer=user)
    if not writer.house.settings.can_dial:
        raise Conflict("No trunk takes outbound calls; nobody can be dialled.")
    if body.directory_id is not None:
        target = directory.find(session, body.directory_id)
        return Whom(number=target.number, target=target)
    number = checked_number(body.number or "")
    if is_own_number(number, {writer.house.settings.caller_id}):
        raise InvalidInput("This is the hotline's own number; send the caller to the queue.")
    return Whom(number=number)
