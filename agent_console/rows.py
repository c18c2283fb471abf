"""The rows that the events of one batch are about, each kind read in one go when it is needed."""

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, col, select

from hotline.calls.legs import SECOND
from hotline.events import Event, EventType
from hotline.tables import Call, Leg, Offer, Segment, Ticket, User
from hotline.views.access import SUPERVISOR
from hotline.views.calls import CallShape, call_shapes, without_listeners
from hotline.views.people import LawyerShape, lawyer_shapes
from hotline.views.reader import Reader, reader_of_role
from hotline.views.waiting import OfferCard, offer_cards

_CALLS = (EventType.CALL_CHANGED, EventType.CALL_ENDED, EventType.RECORDING_REFUSED)
_LEGS = (
    EventType.LEG_READY,
    EventType.LEG_CONNECTED,
    EventType.LEG_DISCONNECTED,
    EventType.LEG_CLOSED,
)

# One row is read as quickly by whoever asks for it.
_WORTH_IT = 2


class Rows:
    """What was read for one batch, with a reader without a user: everything personal is masked."""

    def __init__(self, reader: Reader, events: Sequence[Event]) -> None:
        """Args:
        reader: Reads while the batch is told; all rows are of one moment.
        events: The batch.
        """
        self._reader = reader
        self._events = events
        # A session forgets the rows that nobody holds, and would read each of them again.
        self._held: list[Sequence[SQLModel]] = [
            self._hold(Leg, "leg_id", *_LEGS),
            self._hold(Ticket, "ticket_id", EventType.TICKET_CHANGED),
            self._hold(User, "lawyer_id", EventType.TICKET_CHANGED),
            self._hold(Segment, "segment_id", EventType.SEGMENT_STORED),
        ]

    @cached_property
    def lawyers(self) -> dict[str, LawyerShape]:
        """Lines of the board, by lawyer."""
        ids = self._ids("lawyer_id", EventType.LAWYER_CHANGED)
        return {shape.id: shape for shape in lawyer_shapes(self._reader, ids)}

    @cached_property
    def offers(self) -> dict[str, tuple[str, OfferCard]]:
        """The lawyer and the card of each offer that still rings, by offer."""
        ids = self._ids("offer_id", EventType.OFFER_MADE)
        query = select(Offer).where(col(Offer.id).in_(ids), col(Offer.state) == "open")
        offers = self._session.exec(query).all()
        cards = offer_cards(self._reader, offers)
        pairs = zip(offers, cards, strict=True)
        return {offer.id: (offer.lawyer_id, card) for offer, card in pairs}

    @cached_property
    def calls(self) -> dict[str, tuple[CallShape, CallShape]]:
        """Each call as supervisors see it and as its lawyers do, by call; the same row if alike."""
        calls = [self._calls[call_id] for call_id in self._shown if call_id in self._calls]
        supervisors = reader_of_role(self._session, self._reader.house, SUPERVISOR)
        hides = not self._reader.sees_listeners
        return {
            shape.id: (shape, without_listeners(shape) if hides else shape)
            for shape in call_shapes(supervisors, calls)
        }

    def lawyers_of(self, call_id: str) -> frozenset[str]:
        """A call's lawyer and the colleagues who are in it."""
        call = self._calls.get(call_id) or self._session.get(Call, call_id)
        own = {call.lawyer_id} if call is not None and call.lawyer_id is not None else set()
        if call_id in self._calls:
            return frozenset(own | self._seconds.get(call_id, set()))
        return frozenset(own | _seconds(self._session, [call_id]).get(call_id, set()))

    @property
    def _session(self) -> Session:
        return self._reader.session

    @cached_property
    def _calls(self) -> dict[str, Call]:
        """Every call that an event of the batch names."""
        ids = {event.data.get("call_id"): None for event in self._events}
        query = select(Call).where(col(Call.id).in_([one for one in ids if isinstance(one, str)]))
        return {call.id: call for call in self._session.exec(query)}

    @cached_property
    def _shown(self) -> list[str]:
        return self._ids("call_id", *_CALLS)

    @cached_property
    def _seconds(self) -> dict[str, set[str]]:
        return _seconds(self._session, list(self._calls))

    def _ids(self, key: str, *types: EventType) -> list[str]:
        """What events of some types name by a key, each once, in their order."""
        named = (event.data.get(key) for event in self._events if event.type in types)
        return list(dict.fromkeys(one for one in named if isinstance(one, str)))

    def _hold(self, table: type[SQLModel], key: str, *types: EventType) -> Sequence[SQLModel]:
        """Reads rows that the tellers ask for one by one, where there are several."""
        ids = {event.data.get(key) for event in self._events if event.type in types} - {None}
        if len(ids) < _WORTH_IT:
            return ()
        primary_key = inspect(table).primary_key[0]
        return self._session.exec(select(table).where(primary_key.in_(ids))).all()


def _seconds(session: Session, call_ids: Sequence[str]) -> dict[str, set[str]]:
    """The colleagues whose audio is in calls, by call."""
    query = select(Leg.call_id, Leg.lawyer_id).where(
        col(Leg.call_id).in_(call_ids), col(Leg.state) != "closed", col(Leg.role) == SECOND
    )
    found: dict[str, set[str]] = {}
    for call_id, lawyer_id in session.exec(query):
        found.setdefault(call_id, set()).add(lawyer_id)
    return found
