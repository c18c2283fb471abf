"""Calls: their row in the database, from the first ring to the last word."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlmodel import Session, col, select

from hotline.agents.rules import Reason
from hotline.agents.service import after_call, follow_call
from hotline.calls import legs, parties
from hotline.errors import NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Call

ENDED = "ended"
ON_HOLD = "on_hold"


@dataclass(frozen=True, slots=True)
class Quality:
    """How the caller's audio came in; the fields are those of `Call`."""

    packets_received: int
    packets_lost: int
    frames_late: int
    jitter_ms: float
    rtt_ms: float | None
    mos: float


def find(session: Session, call_id: str) -> Call:
    """The call.

    Raises:
        NotFound: No call has that id.
    """
    call = session.get(Call, call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.")
    return call


def begin(
    session: Session,
    house: House,
    *,
    caller_id: str | None,
    called: str = "",
    direction: str = "in",
    callback_id: str | None = None,
    node: str = "",
    flow_version: str = "",
) -> Call:
    """Writes a call that has just begun."""
    call = Call(
        id=new_id("call", house.clock),
        direction=direction,
        state="arriving" if direction == "in" else "dialling",
        caller_id=caller_id,
        callback_id=callback_id,
        called=called,
        started_at=house.clock.now(),
        node=node,
        flow_version=flow_version,
    )
    session.add(call)
    session.flush()
    house.record(session, EventType.CALL_CHANGED, call_id=call.id, state=call.state)
    return call


def change(session: Session, house: House, call: Call, **values: object) -> None:
    """Writes new values of a call that has not ended, and tells of it if any is another one."""
    if call.state == ENDED or all(getattr(call, name) == values[name] for name in values):
        return
    for name, value in values.items():
        setattr(call, name, value)
    session.add(call)
    if "state" in values and call.lawyer_id is not None:
        is_on_hold = call.state == ON_HOLD
        follow_call(session, house, call.lawyer_id, call.id, is_on_hold=is_on_hold)
    house.record(session, EventType.CALL_CHANGED, call_id=call.id, state=call.state)


def end(
    session: Session, house: House, call: Call, *, reason: str, quality: Quality | None = None
) -> None:
    """The call is over: everybody's legs close, its lawyer goes to wrap-up. Idempotent."""
    if call.state == ENDED:
        return
    if quality is not None:
        for field in fields(quality):
            setattr(call, field.name, getattr(quality, field.name))
    release_lawyer(session, house, call, reason=Reason.CALL_ENDED)
    parties.close_all(session, house, call, reason="call_ended")
    call.state, call.ended_at, call.end_reason = ENDED, house.clock.now(), reason
    session.add(call)
    house.record(session, EventType.CALL_ENDED, call_id=call.id, reason=reason)


def release_lawyer(session: Session, house: House, call: Call, *, reason: Reason) -> None:
    """Closes the legs of the call's lawyer and frees the lawyer (`after_call`). Idempotent."""
    for leg in legs.open_legs(session, call.id, role=legs.LAWYER):
        legs.close_leg(session, house, leg)
        after_call(session, house, leg.lawyer_id, reason=reason)


def request_hang_up(session: Session, house: House, call: Call, *, by: str) -> None:
    """A lawyer or supervisor ends the talk.

    A lawyer's own leg closes at once, whatever becomes of the telephone side, so that nobody stays
    stuck in a call that is gone.
    """
    if call.state == ENDED:
        return
    house.record(session, EventType.HANG_UP_REQUESTED, call_id=call.id, by=by)
    if by == call.lawyer_id:
        release_lawyer(session, house, call, reason=Reason.CALL_ENDED)


def unended(session: Session, *, node: str | None = None) -> Sequence[Call]:
    """Calls that have not ended, of one node or of all."""
    query = select(Call).where(col(Call.ended_at).is_(None))
    if node is not None:
        query = query.where(col(Call.node) == node)
    return session.exec(query).all()
