"""What an event tells whom: each event is read from the database once, whoever listens.

The events carry ids; here they become the rows that pages show, in the form that each audience may
see. An event that is over before it is read (an offer that has been closed) tells nothing: the
event that ended it follows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel
from sqlmodel import Session, col, select

from agent_console import protocol
from agent_console.audience import Audience, Told
from agent_console.protocol import Kind
from hotline.calls.legs import SECOND, open_legs
from hotline.calls.parties import invitation_of
from hotline.calls.service import ENDED
from hotline.events import Event, EventType
from hotline.house import House
from hotline.tables import (
    Call,
    Callback,
    CallParty,
    InsightRow,
    Intake,
    Leg,
    Offer,
    Recording,
    Segment,
    SpeechStream,
    Ticket,
    User,
)
from hotline.views.access import FLOOR, INTAKE, SUPERVISOR, WATCHERS
from hotline.views.callbacks import callback_shape
from hotline.views.calls import call_shape
from hotline.views.insights import insight_shape
from hotline.views.intakes import intake_rows
from hotline.views.legs import leg_shape
from hotline.views.parties import invitation_shape
from hotline.views.people import lawyer_shape
from hotline.views.reader import Reader, reader_of_role
from hotline.views.recordings import recording_shape
from hotline.views.tickets import ticket_shape
from hotline.views.transcripts import segment_shape, speech_of
from hotline.views.waiting import offer_card, queue_rows
from hotline.views.words import redacted_texts


@dataclass(frozen=True, slots=True)
class _Part:
    """What one audience is told of an event."""

    kind: Kind
    audience: Audience
    shape: BaseModel | protocol.Data


@dataclass(frozen=True, slots=True)
class _Look:
    """One event, and a reader without a user, so that everything personal is masked."""

    event: Event
    reader: Reader = field(repr=False)

    @property
    def session(self) -> Session:
        return self.reader.session

    def id_of(self, name: str) -> str:
        """An id in the event's data; empty when it is not there."""
        value = self.event.data.get(name)
        return value if isinstance(value, str) else ""

    def number_of(self, name: str) -> int:
        """An integer key in the event's data; 0 when it is not there."""
        value = self.event.data.get(name)
        return value if isinstance(value, int) else 0


def tell(house: House, event: Event) -> Told | None:
    """Reads what an event is about.

    Returns:
        What to send to whom; None when nobody is told.
    """
    teller = _TELLERS.get(event.type)
    if teller is None:
        return None
    with house.database.reading() as session:
        parts = teller(_Look(event, Reader(session, house)))
    texts = tuple((part.audience, _text(event, part)) for part in parts)
    return Told(event.seq, texts) if texts else None


def _text(event: Event, part: _Part) -> str:
    shape = part.shape
    data = shape.model_dump(mode="json") if isinstance(shape, BaseModel) else shape
    return protocol.event(event.seq, part.kind, at=event.at, data=data)


def _of_call(look: _Look, call_id: str) -> Audience:
    """Supervisors, the lawyer of a call, and colleagues who are in it."""
    call = look.session.get(Call, call_id)
    lawyers = {leg.lawyer_id for leg in open_legs(look.session, call_id) if leg.role == SECOND}
    if call is not None and call.lawyer_id is not None:
        lawyers.add(call.lawyer_id)
    return Audience(WATCHERS, frozenset(lawyers))


def _only(user_id: str | None) -> Audience:
    return Audience(users=frozenset({user_id} if user_id else ()))


def _lawyer(look: _Look) -> list[_Part]:
    shape = lawyer_shape(look.reader, look.id_of("lawyer_id"))
    return [_Part(Kind.LAWYER_CHANGED, Audience(FLOOR), shape)] if shape else []


def _queue(look: _Look) -> list[_Part]:
    queue = {"queue": [row.model_dump(mode="json") for row in queue_rows(look.reader)]}
    return [_Part(Kind.QUEUE_CHANGED, Audience(FLOOR), queue)]


def _offer_made(look: _Look) -> list[_Part]:
    offer = look.session.get(Offer, look.id_of("offer_id"))
    if offer is None or offer.state != "open":
        return []
    return [_Part(Kind.OFFER_MADE, _only(offer.lawyer_id), offer_card(look.reader, offer))]


def _offer_closed(look: _Look) -> list[_Part]:
    reason = look.id_of("reason") or "accepted"
    data = {"offer_id": look.id_of("offer_id"), "reason": reason}
    return [_Part(Kind.OFFER_CLOSED, _only(look.id_of("lawyer_id")), data)]


def _call(look: _Look) -> list[_Part]:
    call = look.session.get(Call, look.id_of("call_id"))
    if call is None:
        return []
    kind = Kind.CALL_ENDED if look.event.type == EventType.CALL_ENDED else Kind.CALL_CHANGED
    supervisors = reader_of_role(look.session, look.reader.house, SUPERVISOR)
    everybody = _of_call(look, call.id)
    return [
        _Part(kind, Audience(WATCHERS), call_shape(supervisors, call)),
        _Part(kind, Audience(users=everybody.users), call_shape(look.reader, call)),
    ]


def _invitation(look: _Look) -> list[_Part]:
    party = look.session.get(CallParty, look.id_of("party_id"))
    if party is None:
        return []
    audience = _only(party.user_id)
    ringing = invitation_of(look.session, look.id_of("lawyer_id"))
    if ringing is not None and ringing.id == party.id:
        shape = invitation_shape(look.reader, party)
        return [_Part(Kind.INVITATION_MADE, audience, shape)]
    data = {"invitation_id": party.id, "reason": party.end_reason or "accepted"}
    return [_Part(Kind.INVITATION_CLOSED, audience, data)]


def _leg(look: _Look) -> list[_Part]:
    leg = look.session.get(Leg, look.id_of("leg_id"))
    if leg is None:
        return []
    return [_Part(Kind(look.event.type), _only(leg.lawyer_id), leg_shape(leg))]


def _segment(look: _Look) -> list[_Part]:
    segment = look.session.get(Segment, look.number_of("segment_id"))
    if segment is None:
        return []
    lawyers = Audience(users=_of_call(look, segment.call_id).users)
    whole = segment_shape(segment, text=segment.text)
    masked = segment_shape(segment, text=_masked(look, segment))
    return [
        _Part(Kind.TRANSCRIPT_SEGMENT, lawyers, whole),
        _Part(Kind.TRANSCRIPT_SEGMENT, Audience(WATCHERS), masked),
    ]


def _masked(look: _Look, segment: Segment) -> str:
    """The text without numbers, one that began in the segment before included."""
    query = select(Segment).where(
        col(Segment.call_id) == segment.call_id,
        col(Segment.speaker) == segment.speaker,
        col(Segment.source) == segment.source,
        col(Segment.id) < segment.id,
    )
    before = look.session.exec(query.order_by(col(Segment.id).desc()).limit(1)).all()
    return redacted_texts([*before, segment])[-1]


def _insight(look: _Look) -> list[_Part]:
    row = look.session.get(InsightRow, look.number_of("insight_id"))
    call = look.session.get(Call, row.call_id) if row else None
    if row is None or call is None:
        return []
    lawyer = look.session.get(User, call.lawyer_id) if call.lawyer_id else None
    own = Reader(look.session, look.reader.house, lawyer)
    return [
        _Part(Kind.INSIGHT_CHANGED, _only(call.lawyer_id), insight_shape(own, row)),
        _Part(Kind.INSIGHT_CHANGED, _of_call(look, call.id), insight_shape(look.reader, row)),
    ]


def _speech(look: _Look) -> list[_Part]:
    stream = look.session.get(SpeechStream, look.number_of("stream"))
    if stream is None:
        return []
    streams = [one.model_dump(mode="json") for one in speech_of(look.reader, stream.call_id)]
    data = {"call_id": stream.call_id, "streams": streams}
    return [_Part(Kind.SPEECH_CHANGED, _of_call(look, stream.call_id), data)]


def _ticket(look: _Look) -> list[_Part]:
    ticket = look.session.get(Ticket, look.id_of("ticket_id"))
    lawyer = look.session.get(User, ticket.lawyer_id) if ticket and ticket.lawyer_id else None
    if ticket is None or lawyer is None:
        return []
    own = Reader(look.session, look.reader.house, lawyer)
    return [_Part(Kind.TICKET_CHANGED, _only(lawyer.id), ticket_shape(own, ticket))]


def _intake(look: _Look) -> list[_Part]:
    intake = look.session.get(Intake, look.id_of("intake_id"))
    ticket = look.session.get(Ticket, intake.ticket_id) if intake else None
    if intake is None or ticket is None:
        return []
    officers = reader_of_role(look.session, look.reader.house, INTAKE)
    lawyers = frozenset({intake.submitted_by})
    return [
        _Part(
            Kind.INTAKE_CHANGED,
            Audience(frozenset({INTAKE})),
            intake_rows(officers, [(intake, ticket)])[0],
        ),
        _Part(
            Kind.INTAKE_CHANGED,
            Audience(WATCHERS, lawyers),
            intake_rows(look.reader, [(intake, ticket)])[0],
        ),
    ]


def _recording(look: _Look) -> list[_Part]:
    recording = look.session.get(Recording, look.id_of("recording_id"))
    if recording is None:
        return []
    audience = _of_call(look, recording.call_id)
    call = look.session.get_one(Call, recording.call_id)
    # The call on the screen says whether it is being recorded.
    told = _call(look) if call.state != ENDED else []
    return [_Part(Kind.RECORDING_CHANGED, audience, recording_shape(recording)), *told]


def _callback(look: _Look) -> list[_Part]:
    callback = look.session.get(Callback, look.id_of("callback_id"))
    if callback is None:
        return []
    shape = callback_shape(look.reader, callback)
    return [_Part(Kind.CALLBACK_CHANGED, Audience(WATCHERS), shape)]


def _rota(look: _Look) -> list[_Part]:
    return [_Part(Kind.ROTA_CHANGED, Audience(FLOOR), {"shift_id": look.id_of("shift_id")})]


_TELLERS: dict[str, Callable[[_Look], list[_Part]]] = {
    EventType.LAWYER_CHANGED: _lawyer,
    EventType.QUEUE_CHANGED: _queue,
    EventType.OFFER_MADE: _offer_made,
    EventType.OFFER_ACCEPTED: _offer_closed,
    EventType.OFFER_CLOSED: _offer_closed,
    EventType.CALL_CHANGED: _call,
    EventType.CALL_ENDED: _call,
    EventType.RECORDING_REFUSED: _call,
    EventType.INVITATION_CHANGED: _invitation,
    EventType.LEG_READY: _leg,
    EventType.LEG_CONNECTED: _leg,
    EventType.LEG_DISCONNECTED: _leg,
    EventType.LEG_CLOSED: _leg,
    EventType.SEGMENT_STORED: _segment,
    EventType.SPEECH_CHANGED: _speech,
    EventType.INSIGHT_CHANGED: _insight,
    EventType.SPEECH_CLOSED: _speech,
    EventType.TICKET_CHANGED: _ticket,
    EventType.INTAKE_CHANGED: _intake,
    EventType.RECORDING_CHANGED: _recording,
    EventType.CALLBACK_CHANGED: _callback,
    EventType.ROTA_CHANGED: _rota,
}
