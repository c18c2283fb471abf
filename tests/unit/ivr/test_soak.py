"""Dozens of whole calls through one switchboard, and what is left of them: nothing."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pytest
from sqlmodel import col, select

from hotline.calls import control
from hotline.calls.parties import Whom
from hotline.calls.rules import Purpose
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Lawyer, QueueEntry, User
from ivr.media.telling import Digit, LegHeard
from ivr.runner import CallRunner
from tests.unit.ivr.exchange import Exchange, until
from tests.unit.ivr.fakes import FakeCall

pytestmark = pytest.mark.timeout(900)

_CALLS, _WARM_UP = 45, 12
# Pools of threads and connections breathe; what each call left behind would be 45.
_BREATH = 20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
async def exchange(house: House) -> AsyncIterator[Exchange]:
    exchange = Exchange(house)
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)


@dataclass(frozen=True)
class Held:
    """What the process and the switchboard hold between two calls."""

    tasks: int
    descriptors: int
    threads: int
    runners: int

    @classmethod
    def now(cls) -> "Held":
        gc.collect()
        return cls(
            tasks=len(asyncio.all_tasks()),
            descriptors=len(os.listdir("/proc/self/fd")),
            threads=threading.active_count(),
            runners=sum(isinstance(each, CallRunner) for each in gc.get_objects()),
        )


class Caller:
    """One caller from the first ring to the last word."""

    def __init__(self, exchange: Exchange, lawyer: str) -> None:
        self._exchange = exchange
        self._house = exchange.house
        self._lawyer = lawyer
        exchange.caller = FakeCall("12348")
        exchange.engine.playing.clear()

    @property
    def _call(self) -> Call:
        with self._house.database.reading() as session:
            return session.exec(select(Call).order_by(col(Call.id).desc()).limit(1)).one()

    async def _waits(self) -> str:
        """Through the menus into the queue; returns the caller's leg."""
        exchange = self._exchange
        exchange.board.welcome(exchange.caller)
        await until(lambda: exchange.engine.playing, "the notice")
        (leg,) = exchange.engine.legs
        exchange.board.hear(LegHeard(leg))
        exchange.board.hear(Digit(leg, "0"))
        await until(lambda: self._call.state == "queued", "the queue")
        return leg

    async def hangs_up_in_the_queue(self) -> None:
        await self._waits()
        self._exchange.caller.end()

    async def talks(self) -> str:
        """With a lawyer who accepts at once; returns the caller's leg."""
        caller = await self._waits()
        with self._house.database.session() as session:
            waiting = select(QueueEntry).where(QueueEntry.state == "waiting")
            entry = session.exec(waiting.order_by(col(QueueEntry.id).desc())).first()
            assert entry is not None
            session.get_one(Lawyer, self._lawyer).state = "available"
            lawyer = session.get_one(Lawyer, self._lawyer)
            offer = make_offer(session, self._house, entry, lawyer, fence=1)
            leg = accept(session, self._house, offer.id, self._lawyer).leg_id
        await self._exchange.tell_events()
        await until(lambda: leg in self._exchange.engine.legs, "the lawyer's leg")
        self._exchange.board.hear(LegHeard(leg))
        await until(lambda: self._call.state == "talking", "the talk")
        return caller

    async def talks_and_hangs_up(self) -> None:
        await self.talks()
        self._exchange.caller.end()

    async def is_given_away(self) -> None:
        """To a third party, who hangs up; then the caller rates the talk."""
        exchange, caller = self._exchange, await self.talks()
        with self._house.database.session() as session:
            call = session.get_one(Call, self._call.id)
            user, whom = session.get_one(User, self._lawyer), Whom(number="110")
            purpose = Purpose.TRANSFER
            party = control.reach(session, self._house, call, whom, purpose=purpose, by=user).id
        await exchange.tell_events()
        telephone = await exchange.dialled()
        telephone.pick_up()
        await until(lambda: self._call.state == "transferred", "the other talk")
        assert (caller, party) in exchange.engine.gains
        telephone.end()
        await until(lambda: self._call.state == "rating", "the rating")
        exchange.board.hear(Digit(caller, "1"))


async def place(exchange: Exchange, lawyer: str, count: int) -> None:
    """Calls one after the other, each to its end."""
    stories: tuple[Callable[[Caller], Awaitable[None]], ...] = (
        Caller.hangs_up_in_the_queue,
        Caller.talks_and_hangs_up,
        Caller.is_given_away,
    )
    for story in islice(cycle(stories), count):
        await story(Caller(exchange, lawyer))
        await until(lambda: exchange.board.call_count == 0, "the end")
        assert exchange.engine.legs == set()
        assert exchange.engine.recordings == {}


async def test_switchboard__keeps_nothing_of_calls_that_are_over(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    await place(exchange, ids["li"], _WARM_UP)
    before = Held.now()

    await place(exchange, ids["li"], _CALLS)

    await until(lambda: len(asyncio.all_tasks()) <= before.tasks, "the end of every task")
    after = Held.now()
    assert after.runners <= before.runners
    assert after.descriptors - before.descriptors < _BREATH
    assert after.threads - before.threads < _BREATH
    assert exchange.engine.gains == set()
    assert exchange.engine.forked == set()
