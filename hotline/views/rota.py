"""The rota as pages show it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.rota import repository
from hotline.rota.presence import Keeping
from hotline.tables import RotaSeat, RotaShift, RotaSwap
from hotline.views.reader import Person, Reader, Shape


class SeatShape(Shape):
    """One place in a shift; open while `lawyer` is None, empty language or topic is any."""

    id: str
    language: str | None
    topic: str | None
    lawyer: Person | None


class ShiftShape(Shape):
    """A shift with its seats."""

    id: str
    label: str
    starts_at: datetime
    ends_at: datetime
    seats: list[SeatShape]


class SwapSeat(Shape):
    """What a swap is about."""

    id: str
    shift_label: str
    starts_at: datetime
    ends_at: datetime
    language: str | None
    topic: str | None


class SwapShape(Shape):
    """A swap; `state` is asked, accepted (waits for a supervisor), done, declined, withdrawn,
    refused or void.
    """

    id: str
    state: str
    asker: Person
    colleague: Person
    seat: SwapSeat
    in_return: SwapSeat | None
    note: str
    asked_at: datetime


class KeepingShape(Shape):
    """A seat of now; `attendance` is ahead, expected, here, late or left."""

    seat_id: str
    shift_label: str
    starts_at: datetime
    ends_at: datetime
    language: str | None
    topic: str | None
    lawyer: Person
    attendance: str
    came_at: datetime | None


class MyRota(Shape):
    """A lawyer's own: shifts from now on, swaps that wait, and the seat of now."""

    shifts: list[ShiftShape]
    swaps: list[SwapShape]
    now: list[KeepingShape]


_UNKNOWN = "—"


def shift_shapes(reader: Reader, shifts: Sequence[RotaShift]) -> list[ShiftShape]:
    """Shifts with their seats, in the order given."""
    seats: dict[str, list[RotaSeat]] = defaultdict(list)
    for seat in repository.seats_of(reader.session, [shift.id for shift in shifts]):
        seats[seat.shift_id].append(seat)
    people = reader.people(seat.lawyer_id for each in seats.values() for seat in each)
    return [
        ShiftShape(
            id=shift.id,
            label=shift.label,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            seats=[
                SeatShape(
                    id=seat.id,
                    language=seat.language,
                    topic=seat.topic,
                    lawyer=people.get(seat.lawyer_id or ""),
                )
                for seat in seats[shift.id]
            ],
        )
        for shift in shifts
    ]


def swap_shapes(reader: Reader, swaps: Sequence[RotaSwap]) -> list[SwapShape]:
    """Swaps, in the order given."""
    people = reader.people(each for swap in swaps for each in (swap.from_id, swap.to_id))
    seats = _swap_seats(
        reader, (each for swap in swaps for each in (swap.seat_id, swap.return_seat_id) if each)
    )
    return [
        SwapShape(
            id=swap.id,
            state=swap.state,
            asker=_person(people, swap.from_id),
            colleague=_person(people, swap.to_id),
            seat=seats[swap.seat_id],
            in_return=seats.get(swap.return_seat_id or ""),
            note=swap.note,
            asked_at=swap.asked_at,
        )
        for swap in swaps
        if swap.seat_id in seats
    ]


def keeping_shapes(reader: Reader, due: Sequence[Keeping]) -> list[KeepingShape]:
    """The seats of now."""
    people = reader.people(each.lawyer_id for each in due)
    return [
        KeepingShape(
            seat_id=each.seat.id,
            shift_label=each.shift.label,
            starts_at=each.shift.starts_at,
            ends_at=each.shift.ends_at,
            language=each.seat.language,
            topic=each.seat.topic,
            lawyer=_person(people, each.lawyer_id),
            attendance=each.attendance.value,
            came_at=each.came_at,
        )
        for each in due
    ]


def _swap_seats(reader: Reader, seat_ids: Iterable[str]) -> dict[str, SwapSeat]:
    query = (
        select(RotaSeat, RotaShift)
        .join(RotaShift, col(RotaShift.id) == col(RotaSeat.shift_id))
        .where(col(RotaSeat.id).in_(list(seat_ids)))
    )
    return {
        seat.id: SwapSeat(
            id=seat.id,
            shift_label=shift.label,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            language=seat.language,
            topic=seat.topic,
        )
        for seat, shift in reader.session.exec(query)
    }


def _person(people: dict[str, Person], user_id: str) -> Person:
    return people.get(user_id) or Person(id=user_id, name=_UNKNOWN)
