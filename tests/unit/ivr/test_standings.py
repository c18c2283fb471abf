"""Callers are told where they stand, and again when that changes."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from sqlmodel import select

from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.house import House
from hotline.tables import Forecast
from ivr.expectation import expect
from ivr.flow.expected import Expected
from ivr.flow.inputs import Input, PositionChanged
from ivr.standings import Standings
from tests.unit.hotline.factories import create_lawyer, create_waiting

DEADLINE_SECONDS = 60


@dataclass
class FakeCaller:
    """A call that hears of its place."""

    call_id: str
    is_queued: bool = True
    position: int | None = 1
    expected: Expected | None = None
    heard: asyncio.Queue[Input] = field(default_factory=asyncio.Queue)

    def post(self, event: Input) -> None:
        self.heard.put_nowait(event)


def create_caller(house: House, *, is_busy: bool = True) -> str:
    """A caller who waits for the only lawyer; returns the call's id."""
    with house.database.session() as session:
        lawyer = create_lawyer(session, house)
        if is_busy:
            agents.change(session, house, lawyer, LawyerState.TALKING, by="system")
        entry = create_waiting(session, house)
        return str(entry.call_id)


def kept(house: House) -> list[str]:
    """The ranges written down."""
    with house.database.reading() as session:
        return [row.wait_class for row in session.exec(select(Forecast))]


def test_expect__range_is_written_down(house: House) -> None:
    call_id = create_caller(house)
    assert expect(house, call_id) == Expected("5_10")
    assert kept(house) == ["5_10"]


def test_expect__nobody_on_duty_is_unknown(house: House) -> None:
    with house.database.session() as session:
        call_id = str(create_waiting(session, house).call_id)
    assert expect(house, call_id) is None
    assert kept(house) == []


async def update(house: House, caller: FakeCaller) -> None:
    """One look at the queue, to its end."""
    looks: asyncio.Queue[Coroutine[object, object, None]] = asyncio.Queue()
    standings = Standings(house, {caller.call_id: caller}, looks.put_nowait)
    standings.update_soon()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await (await looks.get())


async def test_update_soon__changed_wait_is_told_and_written_down(house: House) -> None:
    caller = FakeCaller(create_caller(house), expected=Expected("1_3"))
    await update(house, caller)
    assert caller.heard.get_nowait() == PositionChanged(1, Expected("5_10"))
    assert kept(house) == ["5_10"]


async def test_update_soon__what_is_known_already_is_not_told(house: House) -> None:
    caller = FakeCaller(create_caller(house), expected=Expected("5_10"))
    await update(house, caller)
    assert caller.heard.empty()


async def test_update_soon__place_that_is_not_confirmed_yet_is_left_alone(house: House) -> None:
    caller = FakeCaller(create_caller(house), position=None)
    await update(house, caller)
    assert kept(house) == []


async def test_update_soon__nobody_waiting_is_no_look(house: House) -> None:
    looks: list[Coroutine[object, object, None]] = []
    caller = FakeCaller("call_1", is_queued=False)
    Standings(house, {caller.call_id: caller}, looks.append).update_soon()
    await asyncio.sleep(0)
    assert looks == []
