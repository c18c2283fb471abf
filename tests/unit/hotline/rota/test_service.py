"""Seats are given to those who can have them; swaps move them; the house knows who is there."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotAllowed
from hotline.house import House
from hotline.rota import presence, repository, service, sheet, swaps, weeks
from hotline.rota.rules import Attendance
from hotline.rota.service import NewSeat
from hotline.rota.swaps import SwapDeed
from hotline.tables import RotaSeat, RotaShift, RotaSwap, User
from tests.unit.hotline.factories import create_call, create_lawyer, create_user

# FakeClock begins on Monday 2026-03-02 at 10:00 in Shanghai.
MONDAY = date(2026, 3, 2)


class Plan:
    """A rota in the making."""

    def __init__(self, session: Session, house: House) -> None:
        self.session = session
        self.house = house
        self.supervisor = create_user(session, house, name="boss", roles=("supervisor",))

    def lawyer(self, *, languages: tuple[str, ...] = ("zh",), is_on_duty: bool = False) -> User:
        row = create_lawyer(self.session, self.house, languages=languages, is_on_duty=is_on_duty)
        return self.session.get_one(User, row.user_id)

    def shift(
        self,
        *lawyers: User | None,
        day: date = MONDAY,
        begins: int = 14,
        ends: int = 18,
        language: str | None = None,
    ) -> list[RotaSeat]:
        """Plans a shift with a seat for each; the seats."""
        shift = service.plan(
            self.session,
            self.house,
            day=day,
            begins=time(begins),
            ends=time(ends),
            label="白班",
            seats=[NewSeat(language, None, each.id if each else None) for each in lawyers],
            by=self.supervisor,
        )
        return list(repository.seats_of(self.session, [shift.id]))


def refused(plan: Plan, seat: RotaSeat, lawyer: User) -> str | None:
    with pytest.raises(Conflict) as caught:
        service.give(plan.session, plan.house, seat, lawyer.id, by=plan.supervisor)
    return caught.value.reason


class TestGive:
    def test_give__taken_overlap_language(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            (taken,) = plan.shift(li)
            (overlapping,) = plan.shift(None, begins=17, ends=20)
            (tibetan,) = plan.shift(None, begins=20, ends=22, language="bo")

            assert refused(plan, taken, wang) == "taken"
            assert refused(plan, overlapping, li) == "overlap"
            assert refused(plan, tibetan, li) == "language"
            service.give(session, house, overlapping, wang.id, by=plan.supervisor)
            assert overlapping.lawyer_id == wang.id

    def test_give__longer_than_allowed_without_a_gap(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li = plan.lawyer()
            plan.shift(li, begins=8, ends=16)
            (evening,) = plan.shift(None, begins=16, ends=22)
            assert refused(plan, evening, li) == "too_long"

    def test_give__who_is_shut_out_gets_no_seat(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li = plan.lawyer()
            li.is_active = False
            (seat,) = plan.shift(None)
            assert refused(plan, seat, li) == "inactive"

    def test_plan__a_shift_without_seats_is_none(self, house: House) -> None:
        with house.database.session() as session, pytest.raises(InvalidInput):
            Plan(session, house).shift()


def test_remove_shift__takes_seats_and_swaps_along(house: House) -> None:
    with house.database.session() as session:
        plan = Plan(session, house)
        li, wang = plan.lawyer(), plan.lawyer()
        (seat,) = plan.shift(li)
        swaps.ask(session, house, seat, by=li, to_id=wang.id)
        shift = service.find_shift(session, seat.shift_id)
        service.remove_shift(session, house, shift, by=plan.supervisor)
        session.flush()

        assert not session.exec(select(RotaShift)).all()
        assert not session.exec(select(RotaSwap)).all()


class TestCopyWeek:
    def test_copy_week__same_clock_same_lawyers_where_they_can(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            plan.shift(li, wang, day=MONDAY + timedelta(days=5), begins=20, ends=8)
            wang.is_active = False
            session.flush()
            (copy,) = weeks.copy_week(
                session, house, monday=MONDAY, to=MONDAY + timedelta(7), by=plan.supervisor
            )
            seats = repository.seats_of(session, [copy.id])

            assert copy.starts_at == datetime(2026, 3, 14, 12, tzinfo=UTC)
            assert copy.ends_at - copy.starts_at == timedelta(hours=12)
            assert [seat.lawyer_id for seat in seats] == [li.id, None]

    def test_copy_week__not_onto_a_planned_week(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            plan.shift(None)
            with pytest.raises(Conflict) as caught:
                weeks.copy_week(session, house, monday=MONDAY, to=MONDAY, by=plan.supervisor)
            assert caught.value.reason == "week_taken"


class TestSwaps:
    def test_act__accepted_then_approved_exchanges_both_seats(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            (mine,) = plan.shift(li)
            (theirs,) = plan.shift(wang, begins=15, ends=19)
            swap = swaps.ask(session, house, mine, by=li, to_id=wang.id, return_seat_id=theirs.id)
            swaps.act(session, house, swap, SwapDeed.ACCEPT, by=wang)
            assert (swap.state, mine.lawyer_id) == ("accepted", li.id)

            swaps.act(session, house, swap, SwapDeed.APPROVE, by=plan.supervisor)
            assert swap.state == "done"
            assert (mine.lawyer_id, theirs.lawyer_id) == (wang.id, li.id)

    def test_act__without_approval_accepting_is_enough(self, house: House) -> None:
        with house.database.session() as session:
            values = {"swaps_need_approval": False}
            configuration.change(session, house, "rota", values, expected=0, by=None)
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            (seat,) = plan.shift(li)
            swap = swaps.ask(session, house, seat, by=li, to_id=wang.id)
            swaps.act(session, house, swap, SwapDeed.ACCEPT, by=wang)
            assert (swap.state, seat.lawyer_id) == ("done", wang.id)

    def test_ask__only_ones_own_seat_to_somebody_who_can_have_it(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang, busy = plan.lawyer(), plan.lawyer(), plan.lawyer()
            (seat,) = plan.shift(li)
            plan.shift(busy, begins=16, ends=20)
            with pytest.raises(NotAllowed):
                swaps.ask(session, house, seat, by=wang, to_id=li.id)
            with pytest.raises(InvalidInput):
                swaps.ask(session, house, seat, by=li, to_id=li.id)
            with pytest.raises(Conflict) as caught:
                swaps.ask(session, house, seat, by=li, to_id=busy.id)
            assert caught.value.reason == "overlap"

    def test_act__each_has_their_own_say(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            (seat,) = plan.shift(li)
            swap = swaps.ask(session, house, seat, by=li, to_id=wang.id)
            for deed, person in (
                (SwapDeed.ACCEPT, li),
                (SwapDeed.WITHDRAW, wang),
                (SwapDeed.APPROVE, li),
            ):
                with pytest.raises(NotAllowed):
                    swaps.act(session, house, swap, deed, by=person)
            with pytest.raises(Conflict):
                swaps.act(session, house, swap, SwapDeed.APPROVE, by=plan.supervisor)
            swaps.act(session, house, swap, SwapDeed.WITHDRAW, by=li)
            with pytest.raises(Conflict) as caught:
                swaps.act(session, house, swap, SwapDeed.ACCEPT, by=wang)
            assert caught.value.reason == "swap_over"

    def test_put__a_seat_that_goes_another_way_voids_what_was_asked(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            (seat,) = plan.shift(li)
            swap = swaps.ask(session, house, seat, by=li, to_id=wang.id)
            service.take_back(session, house, seat, by=plan.supervisor)
            assert (swap.state, seat.lawyer_id) == ("void", None)

    def test_act__not_once_the_shift_has_begun(self, house: House, clock: FakeClock) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            li, wang = plan.lawyer(), plan.lawyer()
            (seat,) = plan.shift(li)
            swap = swaps.ask(session, house, seat, by=li, to_id=wang.id)
            clock.advance(seconds=4 * 3600)
            swaps.act(session, house, swap, SwapDeed.ACCEPT, by=wang)
            with pytest.raises(Conflict) as caught:
                swaps.act(session, house, swap, SwapDeed.APPROVE, by=plan.supervisor)
            assert caught.value.reason == "begun"


def test_now_due__expected_late_here_left(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        plan = Plan(session, house)
        li = plan.lawyer()
        row = agents.find(session, li.id)
        plan.shift(li, begins=10, ends=12)

        def seen() -> Attendance:
            session.flush()
            (keeping,) = presence.now_due(session, house)
            return keeping.attendance

        assert seen() is Attendance.EXPECTED
        clock.advance(seconds=11 * 60)
        assert seen() is Attendance.LATE
        agents.change(session, house, row, LawyerState.AVAILABLE, by=li.id)
        clock.advance(seconds=60)
        assert seen() is Attendance.HERE
        agents.change(session, house, row, LawyerState.OFFLINE, by=li.id)
        clock.advance(seconds=60)
        assert seen() is Attendance.LEFT


class TestIsStaffed:
    def test_is_staffed__unknown_without_a_rota(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            assert service.is_staffed(session, house.clock.now()) is None
            plan.shift(None, day=MONDAY + timedelta(days=30))
            assert service.is_staffed(session, house.clock.now()) is None

    def test_is_staffed__by_the_seats_of_now_and_the_language(self, house: House) -> None:
        with house.database.session() as session:
            plan = Plan(session, house)
            now = house.clock.now()
            plan.shift(None, begins=8, ends=12)
            assert service.is_staffed(session, now) is False
            plan.shift(plan.lawyer(languages=("zh", "bo")), begins=9, ends=11)
            assert service.is_staffed(session, now) is True
            assert service.is_staffed(session, now, "bo") is True
            assert service.is_staffed(session, now, "en") is False
            assert service.is_staffed(session, now + timedelta(hours=2)) is False


@contextmanager
def counting(session: Session, asked: list[str]) -> Iterator[None]:
    """Notes every question to the database."""

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_sheet__asks_as_often_for_many_shifts_as_for_one(house: House, clock: FakeClock) -> None:
    asked: list[str] = []
    with house.database.session() as session:
        plan = Plan(session, house)
        plan.shift(plan.lawyer(), begins=10, ends=12)
        session.flush()
        clock.advance(seconds=86_400)
        with counting(session, asked):
            sheet.sheet(session, house, MONDAY)
            once = len(asked)
            for day in (2, 3, 4):
                plan.shift(plan.lawyer(), plan.lawyer(), day=date(2026, 3, day), begins=14, ends=16)
            clock.advance(seconds=5 * 86_400)
            session.flush()
            asked.clear()
            lines = sheet.sheet(session, house, MONDAY)

    assert sum(line.shifts for line in lines) == 7
    assert len(asked) == once


def test_sheet__counts_shifts_duty_and_talks_of_the_month(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        plan = Plan(session, house)
        li, absent = plan.lawyer(), plan.lawyer()
        li.display_name = "=cmd()"
        row = agents.find(session, li.id)
        plan.shift(li, absent, begins=10, ends=12)
        plan.shift(li, day=date(2026, 4, 1))
        clock.advance(seconds=30 * 60)
        agents.change(session, house, row, LawyerState.AVAILABLE, by=li.id)
        call = create_call(session, house)
        calls.change(session, house, call, lawyer_id=li.id, state="talking", bridged_at=clock.now())
        clock.advance(seconds=300)
        calls.end(session, house, call, reason="caller_hung_up")
        clock.advance(seconds=2 * 3600)
        session.flush()
        lines = {line.username: line for line in sheet.sheet(session, house, MONDAY)}

    mine, theirs = lines[li.username], lines[absent.username]
    assert (mine.shifts, mine.planned_minutes, mine.kept_minutes) == (1, 120, 90)
    assert (mine.late, mine.absent, mine.calls, mine.talk_minutes) == (1, 0, 1, 5)
    assert (theirs.shifts, theirs.kept_minutes, theirs.late, theirs.absent) == (1, 0, 0, 1)
    text = sheet.as_csv([mine])
    assert text.startswith("\ufeff姓名,")
    assert next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))["姓名"] == "'=cmd()"
