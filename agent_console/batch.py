"""In which order events that are told together are told. Pure.

Rows are read as they are now, not as they were, so that a batch may be told in another order than
it happened in, and each row once, as long as a page ends up the same. What rings comes first: it
waits for nothing else, and everything else may wait for more of its kind. The rows of lawyers come
before those of calls, by which a page opens its desk, both before what belongs to a call, and an
offer is closed for having been accepted only when its call is there. The queue, the longest of all,
comes last.

The numbers of a batch are handed out anew in the order of telling. A page has everything up to the
number it holds, wherever it was when its connection broke (docs/adr/0025).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum

from hotline.events import Event, EventType


class _Turn(IntEnum):
    """When something is told."""

    RINGING = 0
    LAWYERS = 1
    CALLS = 2
    REST = 3
    ACCEPTED = 4
    QUEUE = 5


_TURNS = {
    EventType.OFFER_MADE.value: _Turn.RINGING,
    EventType.OFFER_CLOSED.value: _Turn.RINGING,
    EventType.LAWYER_CHANGED.value: _Turn.LAWYERS,
    EventType.CALL_CHANGED.value: _Turn.CALLS,
    EventType.CALL_ENDED.value: _Turn.CALLS,
    EventType.RECORDING_REFUSED.value: _Turn.CALLS,
    EventType.OFFER_ACCEPTED.value: _Turn.ACCEPTED,
    EventType.QUEUE_CHANGED.value: _Turn.QUEUE,
}

# Events that tell of the same row take each other's place; by which key the row is found.
_ROWS = {
    EventType.LAWYER_CHANGED.value: ("lawyer", "lawyer_id"),
    EventType.CALL_CHANGED.value: ("call", "call_id"),
    EventType.CALL_ENDED.value: ("call", "call_id"),
    EventType.RECORDING_REFUSED.value: ("call", "call_id"),
    EventType.TICKET_CHANGED.value: ("ticket", "ticket_id"),
    EventType.INTAKE_CHANGED.value: ("intake", "intake_id"),
    EventType.CALLBACK_CHANGED.value: ("callback", "callback_id"),
    EventType.RECORDING_CHANGED.value: ("recording", "recording_id"),
    EventType.SPEECH_CHANGED.value: ("speech", "call_id"),
    EventType.SPEECH_CLOSED.value: ("speech", "call_id"),
    EventType.INSIGHT_CHANGED.value: ("insight", "insight_id"),
}


class Batch:
    """What has been read and not been told yet; the numbers grow in the order of telling."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._numbers: deque[int] = deque()

    def __len__(self) -> int:
        """How many events wait."""
        return len(self._events)

    def add(self, events: Sequence[Event]) -> None:
        """What was read now; rows that wait already keep their place."""
        self._events = _merged([*self._events, *events])
        self._numbers.extend(event.seq for event in events)

    def take_ringing(self) -> list[Event]:
        """Offers made and withdrawn."""
        ringing = [event for event in self._events if _turn(event) is _Turn.RINGING]
        self._events = [event for event in self._events if _turn(event) is not _Turn.RINGING]
        return self._numbered(ringing)

    def take(self, most: int) -> list[Event]:
        """The next in the order of telling; what is added before the next look takes its turn."""
        waiting = sorted(self._events, key=_turn)
        chosen, self._events = waiting[:most], waiting[most:]
        numbered = self._numbered(chosen)
        if not self._events:
            self._numbers.clear()
        return numbered

    def _numbered(self, events: Sequence[Event]) -> list[Event]:
        # Never more events than numbers: each event brought its own.
        return [replace(event, seq=self._numbers.popleft()) for event in events]


def _turn(event: Event) -> _Turn:
    return _TURNS.get(event.type, _Turn.REST)


def _merged(events: Sequence[Event]) -> list[Event]:
    """The last event of each row, in the place of the first."""
    last: dict[tuple[str, object], Event] = {}
    for event in events:
        subject = _subject(event)
        last[subject] = _together(last[subject], event) if subject in last else event
    return list(last.values())


def _together(earlier: Event, later: Event) -> Event:
    """A call that has ended stays ended, whatever is said of it afterwards."""
    if earlier.type == EventType.CALL_ENDED:
        return replace(later, type=earlier.type)
    return later


def _subject(event: Event) -> tuple[str, object]:
    if event.type == EventType.QUEUE_CHANGED:
        return "queue", None
    if event.type in _ROWS:
        row, key = _ROWS[event.type]
        return row, event.data.get(key)
    return event.type, event.seq
