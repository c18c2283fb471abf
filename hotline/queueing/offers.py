"""Offers: made by the dispatcher, acknowledged by a page, won by one lawyer or nobody."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col

from hotline.agents import presence, service as agents
from hotline.agents.configuration import DutyRules
from hotline.agents.rules import BEING_OFFERED, LawyerState, Reason, state_after_missed
from hotline.calls import service as calls
from hotline.calls.legs import new_token, open_leg
from hotline.configuration import service as configuration
from hotline.errors import Conflict, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.queueing import repository
from hotline.queueing.rules import CloseReason
from hotline.tables import Call, Callback, Lawyer, Offer, QueueEntry
from hotline.tickets import service as tickets

# As much as the API takes of why a lawyer declines.
_NOTE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a lawyer who won an offer needs; `leg_token` opens the audio and is shown once.

    `leg_medium` other than browser means that the lawyer's telephone is dialled instead.
    """

    offer_id: str
    entry_id: str
    call_id: str
    callback_id: str | None
    leg_id: str
    leg_medium: str
    leg_token: str
    ticket_id: str


def make_offer(
    session: Session,
    house: House,
    entry: QueueEntry,
    lawyer: Lawyer,
    *,
    fence: int,
    duty: DutyRules | None = None,
    needs_interpreter: bool = False,
) -> Offer:
    """Offers a caller to a lawyer; the dispatcher has checked that both are free.

    Args:
        session: The round's session.
        house: The process's house.
        entry: The caller's place.
        lawyer: Who is to take the call.
        fence: Under which the dispatcher acts.
        duty: The rules of duty; read if not given.
        needs_interpreter: The lawyer does not speak the caller's language.
    """
    now = house.clock.now()
    duty = duty or configuration.current(session, DutyRules)
    offer = Offer(
        id=new_id("offer", house.clock),
        entry_id=entry.id,
        lawyer_id=lawyer.user_id,
        fence=fence,
        needs_interpreter=needs_interpreter,
        made_at=now,
        expires_at=now + duty.offer_time(house.settings),
    )
    entry.state = "offered"
    entry.fence += 1
    session.add_all([offer, entry])
    session.flush()
    agents.change(
        session,
        house,
        lawyer,
        LawyerState.RESERVED,
        by="system",
        reason=Reason.OFFER.value,
        until=offer.expires_at,
    )
    _tell(session, house, EventType.OFFER_MADE, offer, entry)
    _tell_queue(session, house, entry)
    return offer


def acknowledge(session: Session, house: House, offer_id: str, lawyer_id: str) -> None:
    """The lawyer's page shows the offer. An offer that is over is no error: the event tells.

    A page that was frozen says so too late: the caller is gone, but the lawyer is back.
    """
    offer = _offer_of(session, offer_id, lawyer_id)
    if offer.state == "open" and offer.acknowledged_at is None:
        offer.acknowledged_at = house.clock.now()
        session.add(offer)
        agents.acknowledged(session, house, lawyer_id)
    elif offer.reason == CloseReason.UNACKNOWLEDGED:
        presence.mend(session, house, agents.find(session, lawyer_id))


def accept(session: Session, house: House, offer_id: str, lawyer_id: str) -> Accepted:
    """The lawyer takes the caller. One conditional UPDATE decides; the first one wins.

    Raises:
        Conflict: The offer is over; the page is told why by its event.
        NotFound: There is no such offer for this lawyer.
    """
    offer = _offer_of(session, offer_id, lawyer_id)
    now = house.clock.now()
    won = session.exec(
        update(Offer)
        .where(
            col(Offer.id) == offer_id,
            col(Offer.lawyer_id) == lawyer_id,
            col(Offer.state) == "open",
            col(Offer.expires_at) > now,
        )
        .values(state="accepted", closed_at=now)
    )
    if won.rowcount != 1:
        raise Conflict("The offer is over: it expired, or the caller hung up or was taken.")
    session.refresh(offer)
    entry = session.get_one(QueueEntry, offer.entry_id)
    entry.state = "accepted"
    entry.fence += 1
    session.add(entry)
    call = _call_of(session, house, entry)
    token = new_token()
    leg = open_leg(session, house, call, lawyer_id, token)
    ticket = tickets.open_for_call(session, house, call, lawyer_id=lawyer_id)
    lawyer = agents.find(session, lawyer_id)
    lawyer.missed_offers = 0
    agents.change(
        session, house, lawyer, LawyerState.TALKING, by=lawyer_id, reason=Reason.ACCEPTED.value
    )
    lawyer.call_id = call.id
    calls.change(session, house, call, lawyer_id=lawyer_id)
    _tell(session, house, EventType.OFFER_ACCEPTED, offer, entry, leg_id=leg.id, call_id=call.id)
    _tell_queue(session, house, entry)
    return Accepted(
        offer_id=offer.id,
        entry_id=entry.id,
        call_id=call.id,
        callback_id=entry.callback_id,
        leg_id=leg.id,
        leg_medium=leg.medium,
        leg_token=token,
        ticket_id=ticket.id,
    )


def decline(
    session: Session, house: House, offer_id: str, lawyer_id: str, *, note: str | None = None
) -> None:
    """The lawyer passes the caller on to the next one; `note` says why, in the lawyer's words.

    Raises:
        Conflict: The offer is over already.
        NotFound: There is no such offer for this lawyer.
    """
    offer = _offer_of(session, offer_id, lawyer_id)
    if offer.state != "open":
        raise Conflict("The offer is over already.")
    offer.note = (note or "")[:_NOTE_CHARACTERS] or None
    close_offer(session, house, offer, reason=CloseReason.DECLINED)


def lawyer_gone(session: Session, house: House, lawyer_id: str) -> None:
    """The lawyer's last page is gone: who rings there goes to the next one at once.

    Nothing was missed: nobody could see or hear it any more.
    """
    presence.disconnected(session, house, lawyer_id)
    offer = repository.open_offer_of_lawyer(session, lawyer_id)
    if offer is not None:
        close_offer(session, house, offer, reason=CloseReason.LAWYER_GONE)


def close_offer(session: Session, house: House, offer: Offer, *, reason: CloseReason) -> None:
    """Ends an open offer: the caller waits again in the old place, the lawyer learns why."""
    offer.state, offer.reason, offer.closed_at = "closed", reason.value, house.clock.now()
    entry = session.get_one(QueueEntry, offer.entry_id)
    if entry.state == "offered":
        entry.state = "waiting"
        entry.fence += 1
    session.add_all([offer, entry])
    session.flush()
    _free_lawyer(session, house, offer, reason)
    _tell(session, house, EventType.OFFER_CLOSED, offer, entry, reason=reason.value)
    _tell_queue(session, house, entry)


def _call_of(session: Session, house: House, entry: QueueEntry) -> Call:
    """The call on the line, or for a call-back the outbound call that begins now."""
    if entry.call_id is not None:
        return session.get_one(Call, entry.call_id)
    callback = session.get_one(Callback, entry.callback_id)
    call = calls.begin(
        session,
        house,
        caller_id=callback.caller_id,
        direction="out",
        callback_id=callback.id,
    )
    call.language, call.topic = entry.language, entry.topic
    session.add(call)
    return call


def _free_lawyer(session: Session, house: House, offer: Offer, reason: CloseReason) -> None:
    lawyer = agents.find(session, offer.lawyer_id)
    if lawyer.state not in BEING_OFFERED:
        return
    state, why = LawyerState.AVAILABLE, Reason.CALLER_GONE
    idle_since = None
    match reason:
        case CloseReason.EXPIRED:
            lawyer.missed_offers += 1
            duty = configuration.current(session, DutyRules)
            allowed = duty.missed_offers_allowed
            state, why = state_after_missed(lawyer.missed_offers, allowed=allowed)
        case CloseReason.UNACKNOWLEDGED:
            state, why = LawyerState.LOST, Reason.UNACKNOWLEDGED
        case CloseReason.LAWYER_GONE:
            state, why = LawyerState.LOST, Reason.CONNECTION_LOST
        case CloseReason.DECLINED:
            # Whoever declines is there: what was missed before and after is not in a row.
            lawyer.missed_offers = 0
            why = Reason.DECLINED
        case CloseReason.CALLER_GONE | CloseReason.SUPERSEDED:
            # Ringing in vain is not the lawyer's doing: they stay first in line.
            idle_since = offer.made_at
    agents.change(session, house, lawyer, state, by="system", reason=why.value)
    if idle_since is not None:
        lawyer.idle_since = idle_since


def _offer_of(session: Session, offer_id: str, lawyer_id: str) -> Offer:
    offer = session.get(Offer, offer_id)
    if offer is None or offer.lawyer_id != lawyer_id:
        raise NotFound(f"There is no offer {offer_id} for this lawyer.")
    return offer


def _tell(
    session: Session,
    house: House,
    type_: EventType,
    offer: Offer,
    entry: QueueEntry,
    **more: object,
) -> None:
    data: dict[str, object] = {
        "offer_id": offer.id,
        "entry_id": entry.id,
        "lawyer_id": offer.lawyer_id,
        "call_id": entry.call_id,
        "callback_id": entry.callback_id,
        **more,
    }
    house.record(session, type_, **data)


def _tell_queue(session: Session, house: House, entry: QueueEntry) -> None:
    house.record(
        session,
        EventType.QUEUE_CHANGED,
        entry_id=entry.id,
        state=entry.state,
        call_id=entry.call_id,
        callback_id=entry.callback_id,
    )
