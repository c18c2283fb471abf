"""Swaps: a lawyer asks a colleague for a seat's sake, the colleague answers, somebody approves."""

from enum import StrEnum

from sqlmodel import Session

from hotline.audit import audit
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotAllowed, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.rota import repository, service
from hotline.rota.configuration import RotaRules
from hotline.tables import RotaSeat, RotaSwap, User


class SwapDeed(StrEnum):
    """What can be done with a swap: by the colleague, by the asker, by a supervisor."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REFUSE = "refuse"


# From which states, and to which state; done is set by `_exchange`.
_FROM = {
    SwapDeed.ACCEPT: ("asked",),
    SwapDeed.DECLINE: ("asked", "accepted"),
    SwapDeed.WITHDRAW: ("asked", "accepted"),
    SwapDeed.APPROVE: ("accepted",),
    SwapDeed.REFUSE: ("asked", "accepted"),
}
_TO = {
    SwapDeed.ACCEPT: "accepted",
    SwapDeed.DECLINE: "declined",
    SwapDeed.WITHDRAW: "withdrawn",
    SwapDeed.REFUSE: "refused",
}


def ask(
    session: Session,
    house: House,
    seat: RotaSeat,
    *,
    by: User,
    to_id: str,
    return_seat_id: str | None = None,
    note: str = "",
) -> RotaSwap:
    """Asks a colleague to take one's seat, perhaps for one of theirs.

    Raises:
        Conflict: One of the two cannot have the other's seat, the shift has begun, or the seat is
            asked about already; `reason` says which.
        InvalidInput: One asks oneself, or for a seat that is not the colleague's.
        NotAllowed: It is not one's own seat.
        NotFound: There is no such seat or lawyer.
    """
    if seat.lawyer_id != by.id:
        raise NotAllowed("You can only give away your own seat.")
    if to_id == by.id:
        raise InvalidInput("Ask a colleague, not yourself.")
    returned = service.find_seat(session, return_seat_id) if return_seat_id else None
    if returned is not None and returned.lawyer_id != to_id:
        raise InvalidInput("The seat in return must be the colleague's.")
    _check_ahead(session, house, seat, returned)
    if any(
        swap.state in repository.OPEN_SWAPS
        for swap in repository.swaps_of_seats(session, [seat.id])
    ):
        raise Conflict("This seat is asked about already.", reason="asked_already")
    _check_both(session, seat, returned, from_id=by.id, to_id=to_id)
    swap = RotaSwap(
        id=new_id("swap", house.clock),
        seat_id=seat.id,
        return_seat_id=return_seat_id,
        from_id=by.id,
        to_id=to_id,
        note=note.strip(),
        asked_at=house.clock.now(),
    )
    session.add(swap)
    session.flush()
    audit(session, house, by, "rota.swap_asked", swap.id, seat_id=seat.id)
    _tell(session, house, seat)
    return swap


def act(session: Session, house: House, swap: RotaSwap, deed: SwapDeed, *, by: User) -> RotaSwap:
    """Answers or decides a swap; without approval, accepting exchanges the seats at once.

    Raises:
        Conflict: The swap is over, the shift has begun, or a lawyer cannot have the seat any more.
        NotAllowed: It is not for this person to say.
    """
    _check_person(swap, deed, by)
    if swap.state not in _FROM[deed]:
        raise Conflict(f"This swap is {swap.state} already.", reason="swap_over")
    now = house.clock.now()
    rules = configuration.current(session, RotaRules)
    if deed in (SwapDeed.ACCEPT, SwapDeed.DECLINE):
        swap.answered_at = now
    if deed is SwapDeed.APPROVE or (deed is SwapDeed.ACCEPT and not rules.swaps_need_approval):
        _exchange(session, house, swap, by=by)
    else:
        swap.state = _TO[deed]
    if swap.state not in repository.OPEN_SWAPS:
        swap.decided_at, swap.decided_by = now, by.id
    session.add(swap)
    audit(session, house, by, f"rota.swap_{deed.value}", swap.id, state=swap.state)
    _tell(session, house, service.find_seat(session, swap.seat_id))
    return swap


def find(session: Session, swap_id: str) -> RotaSwap:
    """The swap.

    Raises:
        NotFound: There is none of that id.
    """
    swap = session.get(RotaSwap, swap_id)
    if swap is None:
        raise NotFound(f"There is no swap {swap_id}.")
    return swap


def _check_person(swap: RotaSwap, deed: SwapDeed, by: User) -> None:
    if deed in (SwapDeed.APPROVE, SwapDeed.REFUSE):
        may = not {"supervisor", "admin"}.isdisjoint(by.roles)
    else:
        may = by.id == (swap.from_id if deed is SwapDeed.WITHDRAW else swap.to_id)
    if not may:
        raise NotAllowed("It is not for you to say this about this swap.")


def _exchange(session: Session, house: House, swap: RotaSwap, *, by: User) -> None:
    seat = service.find_seat(session, swap.seat_id)
    returned = service.find_seat(session, swap.return_seat_id) if swap.return_seat_id else None
    _check_ahead(session, house, seat, returned)
    _check_both(session, seat, returned, from_id=swap.from_id, to_id=swap.to_id)
    # Before the seats move, or their moving would make it void like any other swap about them.
    swap.state = "done"
    session.add(swap)
    session.flush()
    service.put(session, house, seat, swap.to_id, by=by)
    if returned is not None:
        service.put(session, house, returned, swap.from_id, by=by)


def _check_ahead(session: Session, house: House, *seats: RotaSeat | None) -> None:
    now = house.clock.now()
    for seat in seats:
        if seat is not None and service.find_shift(session, seat.shift_id).starts_at <= now:
            raise Conflict("The shift has begun.", reason="begun")


def _check_both(
    session: Session, seat: RotaSeat, returned: RotaSeat | None, *, from_id: str, to_id: str
) -> None:
    without = returned.id if returned is not None else None
    service.refuse(service.refusal(session, seat, to_id, without=without))
    if returned is not None:
        service.refuse(service.refusal(session, returned, from_id, without=seat.id))


def _tell(session: Session, house: House, seat: RotaSeat) -> None:
    house.record(session, EventType.ROTA_CHANGED, shift_id=seat.shift_id)
