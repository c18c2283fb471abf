"""What console and server say to each other over `/ws/console`. Pure.

The server speaks first:

    {"type": "hello", "seq": N, "at": ..., "data": {...}}

`data` is the snapshot (agent_console.snapshot.Snapshot) as it was right after event N, or, when the
page resumed with ``?after=`` and nothing is missing, only `{"resumed": true, "user": ...}`. The
snapshot may know more than its seq says. Then everything that follows, each message once, with a
seq greater than the one before (numbers are left out where something is for others):

    {"seq": N, "type": ..., "at": ..., "data": {...}}

Rows are as they were when they were told. Of what happened at about the same time each row is told
once, and offers first; seq counts what was told, so that a page which comes back with the last seq
it has heard misses nothing.

| type | data |
|---|---|
| lawyer.changed | the lawyer's row: hotline.views.people.LawyerShape |
| queue.changed | `{"queue": [...]}`, the whole queue: hotline.views.waiting.QueueRow |
| offer.made | the card: hotline.views.waiting.OfferCard |
| offer.closed | `{"offer_id", "reason"}`; reason: accepted, or hotline.queueing.rules.CloseReason |
| call.changed, call.ended | the call: hotline.views.calls.CallShape |
| invitation.made | a colleague asks into a call: hotline.views.parties.InvitationShape |
| invitation.closed | `{"invitation_id", "reason"}`; reason: accepted, or why it is over |
| leg.ready, leg.connected, leg.disconnected, leg.closed | hotline.views.legs.LegShape |
| transcript.segment | hotline.views.transcripts.SegmentShape |
| insight.changed | something noticed: hotline.views.insights.InsightShape |
| speech.changed | `{"call_id", "streams": [...]}`: hotline.views.transcripts.StreamShape |
| ticket.changed | hotline.views.tickets.TicketShape |
| intake.changed | hotline.views.intakes.IntakeRow |
| recording.changed | hotline.views.recordings.RecordingShape |
| callback.changed | hotline.views.callbacks.CallbackShape |
| rota.changed | `{"shift_id"}`: something about this shift, its seats or their swaps |

Of the moment only, with the seq of the last event, never repeated after a reconnection:

| type | data |
|---|---|
| transcript.partial | `{"call_id", "speaker", "start_ms", "end_ms", "text", "final": false}` |
| summary | hotline.views.figures.Summary, for supervisors, every two seconds |

The page says:

    {"type": "offer.acknowledge", "offer_id": ...}          no answer
    {"type": "offer.accept", "offer_id": ..., "request": n}
    {"type": "offer.decline", "offer_id": ..., "request": n, "reason": ...}
    {"type": "ping"}                                        -> {"type": "pong", "seq": N, "at": ...}

A `request` is answered with `{"type": "reply", "request": n, "ok": true, "data": {...}}` or
`{"type": "reply", "request": n, "ok": false, "error": {"status", "title", "detail"}}`; what cannot
be understood with `{"type": "error", "detail": ...}`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

# No message of a page is longer; what is longer is a mistake or an attack.
LONGEST_MESSAGE = 4096

Data = Mapping[str, object]


class CloseCode(IntEnum):
    """Why the server closes a console's or a browser audio's connection."""

    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    NOT_FOUND = 4404
    TOO_SLOW = 4408
    TAKEN_OVER = 4409
    GOING_AWAY = 1001


class Kind(StrEnum):
    """Every `type` that the server sends with a sequence number."""

    LAWYER_CHANGED = "lawyer.changed"
    QUEUE_CHANGED = "queue.changed"
    OFFER_MADE = "offer.made"
    OFFER_CLOSED = "offer.closed"
    CALL_CHANGED = "call.changed"
    CALL_ENDED = "call.ended"
    LEG_READY = "leg.ready"
    LEG_CONNECTED = "leg.connected"
    LEG_DISCONNECTED = "leg.disconnected"
    LEG_CLOSED = "leg.closed"
    TRANSCRIPT_SEGMENT = "transcript.segment"
    TRANSCRIPT_PARTIAL = "transcript.partial"
    SPEECH_CHANGED = "speech.changed"
    INSIGHT_CHANGED = "insight.changed"
    TICKET_CHANGED = "ticket.changed"
    INTAKE_CHANGED = "intake.changed"
    RECORDING_CHANGED = "recording.changed"
    CALLBACK_CHANGED = "callback.changed"
    ROTA_CHANGED = "rota.changed"
    INVITATION_MADE = "invitation.made"
    INVITATION_CLOSED = "invitation.closed"
    SUMMARY = "summary"


class ProtocolError(Exception):
    """A page's message cannot be understood; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Ping:
    """The page asks whether the server is there, and what the last event was."""


@dataclass(frozen=True, slots=True)
class AcknowledgeOffer:
    """The page shows the offer."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """The lawyer takes the caller."""

    offer_id: str
    request: int


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    """The lawyer passes the caller on."""

    offer_id: str
    request: int
    reason: str


ClientMessage = Ping | AcknowledgeOffer | AcceptOffer | DeclineOffer


def parse(text: str) -> ClientMessage:
    """Reads what a page says.

    Raises:
        ProtocolError: It is no message of this protocol.
    """
    fields = _object(text)
    match fields.get("type"):
        case "ping":
            return Ping()
        case "offer.acknowledge":
            return AcknowledgeOffer(_text(fields, "offer_id"))
        case "offer.accept":
            return AcceptOffer(_text(fields, "offer_id"), _request(fields))
        case "offer.decline":
            reason = _text(fields, "reason") if "reason" in fields else ""
            return DeclineOffer(_text(fields, "offer_id"), _request(fields), reason)
        case _:
            raise ProtocolError("A message needs a known type.")


def hello(seq: int, *, at: datetime, data: Data) -> str:
    """The first message of a connection."""
    return _encode({"type": "hello", "seq": seq, "at": _moment(at), "data": data})


def event(seq: int, kind: Kind, *, at: datetime, data: Data) -> str:
    """An event, or something of the moment with the seq of the last event."""
    return _encode({"seq": seq, "type": kind.value, "at": _moment(at), "data": data})


def event_of(seq: int, kind: Kind, *, at: datetime, data: str) -> str:
    """An event whose data is JSON already."""
    return f'{{"seq":{seq},"type":"{kind.value}","at":"{_moment(at)}","data":{data}}}'


def pong(seq: int, *, at: datetime) -> str:
    """The answer to a ping; a page may resume after this seq."""
    return _encode({"type": "pong", "seq": seq, "at": _moment(at)})


def reply(request: int, data: Data) -> str:
    """The good answer to a request."""
    return _encode({"type": "reply", "request": request, "ok": True, "data": data})


def refusal(request: int, *, status: int, title: str, detail: str) -> str:
    """The bad answer to a request, with the fields of RFC 9457."""
    error = {"status": status, "title": title, "detail": detail}
    return _encode({"type": "reply", "request": request, "ok": False, "error": error})


def complaint(detail: str) -> str:
    """Tells a page that its message was not understood."""
    return _encode({"type": "error", "detail": detail})


def _encode(message: Mapping[str, object]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _object(text: str) -> dict[str, object]:
    if len(text) > LONGEST_MESSAGE:
        raise ProtocolError(f"A message has at most {LONGEST_MESSAGE} characters.")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError("A message must be JSON.") from None
    if not isinstance(fields, dict):
        raise ProtocolError("A message must be an object.")
    return fields


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise ProtocolError(f"{name} must be a text.")
    return value


def _request(fields: Mapping[str, object]) -> int:
    value = fields.get("request")
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProtocolError("request must be a whole number.")
    return value
