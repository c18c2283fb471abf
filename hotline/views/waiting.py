"""Who waits, and the offer card."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from hotline.calls.legs import BROWSER
from hotline.queueing.offers import Accepted
from hotline.queueing.repository import open_offer_of_lawyer
from hotline.queueing.service import waiting
from hotline.tables import Call, Callback, Offer, QueueEntry, Ticket
from hotline.views.messages import MessageShape, message_shapes
from hotline.views.reader import Reader, Shape


class QueueRow(Shape):
    """One waiting caller; `position` counts from 1 among those who need the same language.

    `kind` is call (on the line) or callback (to be dialled); `state` is waiting or offered.
    """

    id: str
    position: int
    kind: str
    call_id: str | None
    callback_id: str | None
    caller: str | None
    language: str
    topic: str | None
    priority: int
    state: str
    placed_at: datetime
    entered_at: datetime
    waiting_seconds: int
    offered_to: str | None


class OfferCard(Shape):
    """A caller offered to a lawyer; the countdown goes to `expires_at` on the server's clock.

    `needs_interpreter` says that the lawyer does not speak the caller's language, `message` is what
    somebody who is to be called back has said.
    """

    id: str
    entry_id: str
    kind: str
    call_id: str | None
    callback_id: str | None
    caller: str | None
    language: str
    topic: str | None
    priority: int
    placed_at: datetime
    entered_at: datetime
    waited_seconds: int
    earlier_contacts: int
    made_at: datetime
    expires_at: datetime
    acknowledged_at: datetime | None
    needs_interpreter: bool
    message: MessageShape | None = None


class AcceptedShape(Shape):
    """What the page of a lawyer who took a caller needs.

    `audio_url` is whole and holds the token; it opens once the engine is ready. There is none for a
    lawyer who takes calls on a telephone.
    """

    offer_id: str
    call_id: str
    callback_id: str | None
    leg_id: str
    audio_url: str | None
    ticket_id: str


def accepted_shape(won: Accepted, *, audio_url: str) -> AcceptedShape:
    """What a lawyer has won; the address is left out for one on a telephone."""
    return AcceptedShape(
        offer_id=won.offer_id,
        call_id=won.call_id,
        callback_id=won.callback_id,
        leg_id=won.leg_id,
        audio_url=audio_url if won.leg_medium == BROWSER else None,
        ticket_id=won.ticket_id,
    )


def queue_rows(reader: Reader) -> list[QueueRow]:
    """All who wait, in the order of service."""
    places = waiting(reader.session, reader.house)
    numbers = reader.numbers(place.entry.caller_id for place in places)
    offered = _offered_to(reader, [place.entry for place in places])
    return [
        QueueRow(
            id=place.entry.id,
            position=place.position,
            kind=place.entry.kind,
            call_id=place.entry.call_id,
            callback_id=place.entry.callback_id,
            caller=numbers.get(place.entry.caller_id or ""),
            language=place.entry.language,
            topic=place.entry.topic,
            priority=place.entry.priority,
            state=place.entry.state,
            placed_at=place.entry.placed_at,
            entered_at=place.entry.entered_at,
            waiting_seconds=max(0, int(place.waiting_seconds)),
            offered_to=offered.get(place.entry.id),
        )
        for place in places
    ]


def open_offer(reader: Reader, lawyer_id: str) -> OfferCard | None:
    """The caller who is being offered to this lawyer now."""
    offer = open_offer_of_lawyer(reader.session, lawyer_id)
    if offer is None or offer.expires_at <= reader.house.clock.now():
        return None
    return offer_card(reader, offer)


def offer_card(reader: Reader, offer: Offer) -> OfferCard:
    """The card of an offer."""
    return offer_cards(reader, [offer])[0]


def offer_cards(reader: Reader, offers: Sequence[Offer]) -> list[OfferCard]:
    """The cards of offers, in the order given."""
    entries = _entries(reader, offers)
    numbers = reader.numbers(entry.caller_id for entry in entries.values())
    contacts = _contacts(reader, list(entries.values()))
    messages = message_shapes(reader, _callbacks(reader, list(entries.values())))
    return [
        OfferCard(
            id=offer.id,
            entry_id=entry.id,
            kind=entry.kind,
            call_id=entry.call_id,
            callback_id=entry.callback_id,
            caller=numbers.get(entry.caller_id or ""),
            language=entry.language,
            topic=entry.topic,
            priority=entry.priority,
            placed_at=entry.placed_at,
            entered_at=entry.entered_at,
            waited_seconds=_seconds_since(reader, entry.entered_at),
            earlier_contacts=contacts.get(entry.id, 0),
            made_at=offer.made_at,
            expires_at=offer.expires_at,
            acknowledged_at=offer.acknowledged_at,
            needs_interpreter=offer.needs_interpreter,
            message=messages.get(entry.callback_id or ""),
        )
        for offer in offers
        for entry in (entries[offer.entry_id],)
    ]


def _entries(reader: Reader, offers: Sequence[Offer]) -> dict[str, QueueEntry]:
    """The places that are offered, by id."""
    query = select(QueueEntry).where(col(QueueEntry.id).in_([offer.entry_id for offer in offers]))
    return {entry.id: entry for entry in reader.session.exec(query)}


def _contacts(reader: Reader, entries: Sequence[QueueEntry]) -> dict[str, int]:
    """How many tickets of other calls the caller of each place has, by place."""
    callers = {entry.caller_id for entry in entries} - {None}
    if not callers:
        return {}
    query = select(Ticket.caller_id, Ticket.call_id).where(col(Ticket.caller_id).in_(callers))
    tickets = reader.session.exec(query).all()
    return {
        entry.id: sum(
            caller_id == entry.caller_id and call_id != entry.call_id
            for caller_id, call_id in tickets
        )
        for entry in entries
    }


def _callbacks(reader: Reader, entries: Sequence[QueueEntry]) -> Sequence[Callback]:
    """The wishes behind those of the places that are to be called back."""
    ids = {entry.callback_id for entry in entries} - {None}
    if not ids:
        return ()
    return reader.session.exec(select(Callback).where(col(Callback.id).in_(ids))).all()


def earlier_contacts(reader: Reader, caller_id: str | None, *, without_call: str | None) -> int:
    """How many tickets this caller already has."""
    if caller_id is None:
        return 0
    query = (
        select(func.count())
        .select_from(Ticket)
        .join(Call, col(Call.id) == col(Ticket.call_id))
        .where(col(Ticket.caller_id) == caller_id)
    )
    if without_call is not None:
        query = query.where(col(Call.id) != without_call)
    return reader.session.exec(query).one()


def _offered_to(reader: Reader, entries: Sequence[QueueEntry]) -> dict[str, str]:
    ids = [entry.id for entry in entries if entry.state == "offered"]
    if not ids:
        return {}
    query = select(Offer).where(col(Offer.entry_id).in_(ids), col(Offer.state) == "open")
    return {offer.entry_id: offer.lawyer_id for offer in reader.session.exec(query)}


def _seconds_since(reader: Reader, moment: datetime) -> int:
    return max(0, int((reader.house.clock.now() - moment).total_seconds()))
