"""The rota: planned by supervisors, swapped by lawyers, counted at the end of the month."""

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.moments import MONTH, Day
from api.paging import Page
from hotline.errors import InvalidInput
from hotline.rota import presence, repository, rules, service, sheet, swaps, weeks
from hotline.rota.rules import Span
from hotline.rota.service import NewSeat
from hotline.rota.swaps import SwapDeed
from hotline.tables import RotaShift
from hotline.views.access import FLOOR, LAWYER, WATCHERS, has_role, require_role
from hotline.views.reader import Reader, leave_trace
from hotline.views.rota import (
    KeepingShape,
    MyRota,
    ShiftShape,
    SwapShape,
    keeping_shapes,
    shift_shapes,
    swap_shapes,
)
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/rota", tags=["rota"])

# How far ahead lawyers see their own shifts.
_AHEAD = timedelta(days=62)

Key = Annotated[str | None, Field(default=None, max_length=40)]


class SeatBody(BaseModel):
    """A seat to make; without language or topic it is for any."""

    language: Key
    topic: Key
    lawyer_id: Key


class ShiftBody(BaseModel):
    """A shift by the clock on the wall of the hotline; if it ends no later than it begins, it
    passes midnight. One is planned for each day.
    """

    days: list[Day] = Field(min_length=1, max_length=62)
    begins: time
    ends: time
    label: str = Field(default="", max_length=40)
    seats: list[SeatBody] = Field(min_length=1, max_length=100)


class WeekBody(BaseModel):
    """The first of seven days to copy, and the first of seven days without shifts."""

    monday: Day
    to: Day


class HolderBody(BaseModel):
    """Who has the seat; null makes it open. `instead_of` is who has it now, to be replaced."""

    lawyer_id: str | None
    instead_of: str | None = None


class SwapBody(BaseModel):
    """Asks a colleague to take one's seat, perhaps for one of theirs."""

    seat_id: str
    to_lawyer_id: str
    return_seat_id: str | None = None
    note: str = Field(default="", max_length=200)


@router.get("/shifts")
def get_shifts(
    reader: ReadBy,
    from_: Annotated[Day | None, Query(alias="from")] = None,
    days: Annotated[int, Query(ge=1, le=62)] = 7,
) -> Page[ShiftShape]:
    """The shifts of some days, today's week if none are named."""
    require_role(reader.signed_in, FLOOR)
    zone = reader.house.settings.zone
    today = reader.house.clock.now().astimezone(zone).date()
    first = from_ or today - timedelta(days=today.weekday())
    window = rules.days_span(first, days, zone)
    return Page(items=shift_shapes(reader, repository.shifts_in(reader.session, window)))


@router.post("/shifts", status_code=201)
def post_shifts(body: ShiftBody, writer: WriteBy) -> Page[ShiftShape]:
    """Plans shifts; 409 with a `reason` when a lawyer cannot have a seat: nothing is planned."""
    require_role(writer.signed_in, WATCHERS)
    seats = [NewSeat(seat.language, seat.topic, seat.lawyer_id) for seat in body.seats]
    shifts = [
        service.plan(
            writer.session,
            writer.house,
            day=day,
            begins=_naive(body.begins),
            ends=_naive(body.ends),
            label=body.label,
            seats=seats,
            by=writer.signed_in,
        )
        for day in sorted(set(body.days))
    ]
    return Page(items=shift_shapes(writer, shifts))


@router.post("/weeks", status_code=201)
def post_week(body: WeekBody, writer: WriteBy) -> Page[ShiftShape]:
    """Plans a week like another; seats that a lawyer cannot have again are open."""
    require_role(writer.signed_in, WATCHERS)
    shifts = weeks.copy_week(
        writer.session, writer.house, monday=body.monday, to=body.to, by=writer.signed_in
    )
    return Page(items=shift_shapes(writer, shifts))


@router.delete("/shifts/{shift_id}", status_code=204)
def delete_shift(shift_id: str, writer: WriteBy) -> None:
    """Takes a shift out."""
    require_role(writer.signed_in, WATCHERS)
    shift = service.find_shift(writer.session, shift_id)
    service.remove_shift(writer.session, writer.house, shift, by=writer.signed_in)


@router.post("/shifts/{shift_id}/seats", status_code=201)
def post_seat(shift_id: str, body: SeatBody, writer: WriteBy) -> ShiftShape:
    """Adds a seat; 409 with a `reason` when the lawyer cannot have it."""
    require_role(writer.signed_in, WATCHERS)
    shift = service.find_shift(writer.session, shift_id)
    seat = NewSeat(body.language, body.topic, body.lawyer_id)
    service.add_seat(writer.session, writer.house, shift, seat, by=writer.signed_in)
    return _shift(writer, shift)


@router.put("/seats/{seat_id}/lawyer")
def put_lawyer(seat_id: str, body: HolderBody, writer: WriteBy) -> ShiftShape:
    """Gives a seat or makes it open; 409 with a `reason` when the lawyer cannot have it."""
    require_role(writer.signed_in, WATCHERS)
    seat = service.find_seat(writer.session, seat_id)
    if body.lawyer_id is None:
        service.take_back(writer.session, writer.house, seat, by=writer.signed_in)
    else:
        service.give(
            writer.session,
            writer.house,
            seat,
            body.lawyer_id,
            by=writer.signed_in,
            instead_of=body.instead_of,
        )
    return _shift(writer, service.find_shift(writer.session, seat.shift_id))


@router.delete("/seats/{seat_id}", status_code=204)
def delete_seat(seat_id: str, writer: WriteBy) -> None:
    """Takes a seat out of its shift."""
    require_role(writer.signed_in, WATCHERS)
    seat = service.find_seat(writer.session, seat_id)
    service.remove_seat(writer.session, writer.house, seat, by=writer.signed_in)


@router.get("/mine")
def get_mine(reader: ReadBy) -> MyRota:
    """The lawyer's own shifts from now on, swaps that wait, and whether one should be here."""
    user = reader.signed_in
    require_role(user, frozenset({LAWYER}))
    now = reader.house.clock.now()
    window = Span(now, now + _AHEAD)
    own = repository.taken_seats(reader.session, window, lawyer_id=user.id)
    shifts = list({shift.id: shift for _, shift in own}.values())
    due = presence.now_due(reader.session, reader.house, lawyer_id=user.id)
    return MyRota(
        shifts=shift_shapes(reader, shifts),
        swaps=swap_shapes(reader, repository.open_swaps(reader.session, lawyer_id=user.id)),
        now=keeping_shapes(reader, due),
    )


@router.get("/now")
def get_now(reader: ReadBy) -> Page[KeepingShape]:
    """Who should be here now by the rota, and who is."""
    require_role(reader.signed_in, WATCHERS)
    return Page(items=keeping_shapes(reader, presence.now_due(reader.session, reader.house)))


@router.get("/swaps")
def get_swaps(reader: ReadBy) -> Page[SwapShape]:
    """The swaps that wait for somebody; lawyers see those they are part of."""
    user = reader.signed_in
    require_role(user, FLOOR)
    lawyer_id = None if has_role(user, WATCHERS) else user.id
    waiting = repository.open_swaps(reader.session, lawyer_id=lawyer_id)
    return Page(items=swap_shapes(reader, waiting))


@router.post("/swaps", status_code=201)
def post_swap(body: SwapBody, writer: WriteBy) -> SwapShape:
    """A lawyer asks a colleague; 409 with a `reason` when one cannot have the other's seat."""
    require_role(writer.signed_in, frozenset({LAWYER}))
    swap = swaps.ask(
        writer.session,
        writer.house,
        service.find_seat(writer.session, body.seat_id),
        by=writer.signed_in,
        to_id=body.to_lawyer_id,
        return_seat_id=body.return_seat_id,
        note=body.note,
    )
    return swap_shapes(writer, [swap])[0]


@router.post("/swaps/{swap_id}/{deed}")
def post_deed(swap_id: str, deed: SwapDeed, writer: WriteBy) -> SwapShape:
    """The colleague accepts or declines, the asker withdraws, a supervisor approves or refuses."""
    require_role(writer.signed_in, FLOOR)
    swap = swaps.find(writer.session, swap_id)
    swaps.act(writer.session, writer.house, swap, deed, by=writer.signed_in)
    return swap_shapes(writer, [swap])[0]


@router.get("/sheet")
def get_sheet(reader: ReadBy, month: Annotated[str, Query(pattern=MONTH)]) -> Response:
    """The month's shifts, calls and minutes of each lawyer as CSV, Chinese headings, for Excel."""
    require_role(reader.signed_in, WATCHERS)
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError as error:
        raise InvalidInput("Write a month like 2026-11.") from error
    lines = sheet.sheet(reader.session, reader.house, first)
    leave_trace(reader, "rota.sheet_exported", month)
    return Response(
        sheet.as_csv(lines).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="rota-{month}.csv"'},
    )


def _shift(reader: Reader, shift: RotaShift) -> ShiftShape:
    return shift_shapes(reader, [shift])[0]


def _naive(moment: time) -> time:
    """The clock on the wall, whatever zone the client wrote behind it."""
    return moment.replace(tzinfo=None)
