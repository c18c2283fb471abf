"""What must hold in the database after every step, whatever has happened."""

from collections import Counter
from collections.abc import Callable, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

from callback.rules import OPEN_STATES, CallbackState
from hotline.agents.rules import BEING_OFFERED, LawyerState
from hotline.queueing.repository import LIVE_STATES


class Place(NamedTuple):
    """A place in the queue that has not been given up."""

    id: str
    state: str
    call_id: str | None
    callback_id: str | None


class Ringing(NamedTuple):
    """An open offer."""

    entry_id: str
    lawyer_id: str


class OnDuty(NamedTuple):
    """A lawyer, and the call in which the lawyer is."""

    id: str
    state: str
    call_id: str | None


class OpenLeg(NamedTuple):
    """A lawyer's way into a call."""

    call_id: str
    lawyer_id: str


class GoingOn(NamedTuple):
    """A call that has not ended."""

    id: str
    caller_id: str | None
    callback_id: str | None
    node: str


class Wish(NamedTuple):
    """A wish to be called back."""

    id: str
    caller_id: str
    state: str


_PLACES = "SELECT id, state, call_id, callback_id FROM queue_entries WHERE state <> 'left'"
_OFFERS = "SELECT entry_id, lawyer_id FROM offers WHERE state = 'open'"
_LAWYERS = "SELECT user_id, state, call_id FROM lawyers"
_LEGS = "SELECT call_id, lawyer_id FROM legs WHERE state <> 'closed'"
_CALLS = "SELECT id, caller_id, callback_id, node FROM calls WHERE state <> 'ended'"
_WISHES = "SELECT id, caller_id, state FROM callbacks"


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that goes on at one moment; `wishes` are those that are open."""

    places: Sequence[Place]
    offers: Sequence[Ringing]
    lawyers: Sequence[OnDuty]
    legs: Sequence[OpenLeg]
    calls: Sequence[GoingOn]
    wishes: Sequence[Wish]

    @property
    def live(self) -> list[Place]:
        """The places of those who wait, or are being offered."""
        return [place for place in self.places if place.state in LIVE_STATES]


def look(read: Callable[[str], list[Any]]) -> Picture:
    """What goes on just now; `read` gives the rows of a statement."""
    return Picture(
        places=[Place(*row) for row in read(_PLACES)],
        offers=[Ringing(*row) for row in read(_OFFERS)],
        lawyers=[OnDuty(*row) for row in read(_LAWYERS)],
        legs=[OpenLeg(*row) for row in read(_LEGS)],
        calls=[GoingOn(*row) for row in read(_CALLS)],
        wishes=[wish for row in read(_WISHES) if (wish := Wish(*row)).state in OPEN_STATES],
    )


def check(picture: Picture, *, on_the_line: AbstractSet[str]) -> None:
    """Everything that holds after each step.

    Args:
        picture: What the database says.
        on_the_line: The calls whose caller wants a lawyer and has not been served.
    """
    _check_offers(picture)
    _check_wishes(picture)
    _check_talks(picture)
    _check_dialling(picture)
    _check_callers(picture, on_the_line)


def _check_offers(picture: Picture) -> None:
    """One offer rings at a lawyer and for a caller, and only while both are there."""
    offered = sorted(place.id for place in picture.places if place.state == "offered")
    at_lawyers = sorted(one.id for one in picture.lawyers if one.state in BEING_OFFERED)
    assert sorted(offer.entry_id for offer in picture.offers) == offered
    assert sorted(offer.lawyer_id for offer in picture.offers) == at_lawyers


def _check_wishes(picture: Picture) -> None:
    """An open wish to be called back has one place; one person has one open wish."""
    places = Counter(place.callback_id for place in picture.places)
    assert all(places[wish.id] == 1 for wish in picture.wishes)
    people = [wish.caller_id for wish in picture.wishes]
    assert len(people) == len(set(people))


def _check_talks(picture: Picture) -> None:
    """A lawyer who talks has one leg, and nobody else has any."""
    talking = sorted(one.id for one in picture.lawyers if one.state == LawyerState.TALKING)
    assert sorted(leg.lawyer_id for leg in picture.legs) == talking


def _check_dialling(picture: Picture) -> None:
    """Who is taken to be called back has a call, and nobody rings for whoever is on the line."""
    on_line = {call.caller_id for call in picture.calls}
    wishes = {wish.id: wish for wish in picture.wishes}
    for place in picture.places:
        if place.callback_id is None:
            continue
        wish = wishes.get(place.callback_id)
        nodes = [call.node for call in picture.calls if call.callback_id == place.callback_id]
        if place.state == "accepted":
            assert len(nodes) == 1
        if place.state == "offered":
            assert wish is not None
            assert wish.caller_id not in on_line
        if wish is not None and wish.state == CallbackState.DIALLING:
            assert [bool(node) for node in nodes] == [True]


def _check_callers(picture: Picture, on_the_line: AbstractSet[str]) -> None:
    """Whoever waits on the line has one place or one lawyer; nothing waits for who has gone."""
    places = [place.call_id for place in picture.live if place.call_id]
    talks = [leg.call_id for leg in picture.legs]
    for call_id in on_the_line:
        assert (places.count(call_id), talks.count(call_id)) in ((1, 0), (0, 1))
    assert set(places) <= {call.id for call in picture.calls}
