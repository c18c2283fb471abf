"""What events tell whom: they are read from the database once and together, whoever listens.

The events carry ids; here they become the rows that pages show, in the form that each audience may
see. An event that is over before it is read (an offer that has been closed) tells nothing: the
event that ended it follows.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel
from sqlmodel import Session

from agent_console import protocol
from agent_console.audience import Audience, Told
from agent_console.notices import InvitationClosed, OfferClosed, Queue, ShiftChanged, Speech
from agent_console.protocol import Kind
from agent_console.rows import Rows
from hotline.calls.parties import invitation_of
from hotline.events import Event, EventType
from hotline.house import House
from hotline.tables import (
    Call,
    Callback,
    CallParty,
    InsightRow,
    Intake,
    Leg,
    Recording,
    Segment,
    SpeechStream,
    Ticket,
    User,
)
from hotline.views.access import FLOOR, INTAKE, WATCHERS
from hotline.views.callbacks import callback_shape
from hotline.views.insights import insight_shape
from hotline.views.intakes import intake_rows
from hotline.views.legs import leg_shape
from hotline.views.parties import invitation_shape
from hotline.views.reader import Reader, reader_of_role
from hotline.views.recordings import recording_shape
from hotline.views.tickets import ticket_shape
from hotline.views.transcripts import segment_shape, speech_of
from hotline.views.waiting import queue_rows
from hotline.views.words import masked_text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one audience is told of an event."""

    kind: Kind
    audience: Audience
    shape: BaseModel


@dataclass(frozen=True, slots=True)
class _Look:
    """One event, and a reader without a user, so that everything personal is masked."""

    event: Event
    reader: Reader = field(repr=False)
    rows: Rows = field(repr=False)

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


def tell(house: House, events: Sequence[Event]) -> list[Told]:
    """Reads what events are about, all in one look.

    An event that cannot be shown does not hold up the others: the pages' rows come right with the
    next event about the same thing.

    Returns:
        What to send to whom, in the order given; events of which nobody is told are left out.
    """
    try:
        return _tell_at_once(house, events)
    except Exception:
        if len(events) == 1:
            log.exception("event could not be told", extra={"event": events[0].type})
            return []
    # A look that has failed once is over on PostgreSQL: each event gets one of its own.
    return [told for event in events for told in tell(house, [event])]


def _tell_at_once(house: House, events: Sequence[Event]) -> list[Told]:
    with house.database.reading() as session:
        reader = Reader(session, house)
        rows = Rows(reader, events)
        parts = [
            (event, teller(_Look(event, reader, rows)))
            for event in events
            if (teller := _TELLERS.get(event.type)) is not None
        ]
    return [Told(event.seq, tuple(_texts(event, some))) for event, some in parts if some]


def _texts(event: Event, parts: Sequence[_Part]) -> Iterator[tuple[Audience, str]]:
    """The text of each part; what several audiences see alike is written once."""
    written: dict[int, str] = {}
    for part in parts:
        text = written.get(id(part.shape))
        if text is None:
            text = written[id(part.shape)] = protocol.event_of(
                event.seq, part.kind, at=event.at, data=part.shape.model_dump_json()
            )
        yield part.audience, text


def _of_call(look: _Look, call_id: str) -> Audience:
    """Supervisors, the lawyer of a call, and colleagues who are in it."""
    return Audience(WATCHERS, look.rows.lawyers_of(call_id))


def _only(user_id: str | None) -> Audience:
    return Audience(users=frozenset({user_id} if user_id else ()))


def _lawyer(look: _Look) -> list[_Part]:
    shape = look.rows.lawyers.get(look.id_of("lawyer_id"))
    return [_Part(Kind.LAWYER_CHANGED, Audience(FLOOR), shape)] if shape else []


def _queue(look: _Look) -> list[_Part]:
    return [_Part(Kind.QUEUE_CHANGED, Audience(FLOOR), Queue(queue=queue_rows(look.reader)))]


def _offer_made(look: _Look) -> list[_Part]:
    offered = look.rows.offers.get(look.id_of("offer_id"))
    if offered is None:
        return []
    lawyer_id, card = offered
    return [_Part(Kind.OFFER_MADE, _only(lawyer_id), card)]


def _offer_closed(look: _Look) -> list[_Part]:
    reason = look.id_of("reason") or "accepted"
    data = OfferClosed(offer_id=look.id_of("offer_id"), reason=reason)
    return [_Part(Kind.OFFER_CLOSED, _only(look.id_of("lawyer_id")), data)]


def _call(look: _Look) -> list[_Part]:
    call_id = look.id_of("call_id")
    shown = look.rows.calls.get(call_id)
    if shown is None:
        return []
    kind = Kind.CALL_ENDED if look.event.type == EventType.CALL_ENDED else Kind.CALL_CHANGED
    to_supervisors, to_others = shown
    return [
        _Part(kind, Audience(WATCHERS), to_supervisors),
        _Part(kind, Audience(users=look.rows.lawyers_of(call_id)), to_others),
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
    data = InvitationClosed(invitation_id=party.id, reason=party.end_reason or "accepted")
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
    masked = segment_shape(segment, text=masked_text(look.session, segment))
    return [
        _Part(Kind.TRANSCRIPT_SEGMENT, lawyers, whole),
        _Part(Kind.TRANSCRIPT_SEGMENT, Audience(WATCHERS), masked),
    ]


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
    streams = speech_of(look.reader, stream.call_id)
    data = Speech(call_id=stream.call_id, streams=streams)
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
    return [_Part(Kind.RECORDING_CHANGED, audience, recording_shape(recording))]


def _callback(look: _Look) -> list[_Part]:
    callback = look.session.get(Callback, look.id_of("callback_id"))
    if callback is None:
        return []
    shape = callback_shape(look.reader, callback)
    return [_Part(Kind.CALLBACK_CHANGED, Audience(WATCHERS), shape)]


def _rota(look: _Look) -> list[_Part]:
    data = ShiftChanged(shift_id=look.id_of("shift_id"))
    return [_Part(Kind.ROTA_CHANGED, Audience(FLOOR), data)]


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
