"""A switchboard without wires: an engine and a line that remember, a database that is real."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlmodel import col, select

from hotline.calls import control
from hotline.calls.parties import Whom
from hotline.calls.rules import Control, Purpose
from hotline.events import Event, read_after
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.tables import Call, CallParty, Lawyer, QueueEntry, User
from ivr.catalogue import PromptCatalogue
from ivr.media.pool import MediaPool
from ivr.media.telling import Digit, LegHeard
from ivr.sip.line import (
    Line,
    LineCall,
)
from ivr.switchboard import Switchboard
from tests.unit.ivr.fakes import FakeCall, FakeCatalogue, FakeEngine, FakeLine
from tests.unit.ivr.flow.definitions import make_flow

# Only a stuck test waits so long; a laden machine takes its time.
_DEADLINE_SECONDS = 60.0


async def until(probe: Callable[[], object], what: str) -> None:
    """Waits until something is true."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not probe():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen")
        await asyncio.sleep(0.005)


@dataclass
class Exchange:
    """The switchboard, and the people round it."""

    house: House
    engine: FakeEngine = field(default_factory=FakeEngine)
    line: FakeLine = field(default_factory=FakeLine)
    caller: FakeCall = field(default_factory=lambda: FakeCall("12348"))
    _seen: int = 0

    def __post_init__(self) -> None:
        self.board = Switchboard(
            house=self.house,
            line=cast("Line", self.line),
            engines=cast("MediaPool", self.engine),
            flow=make_flow(),
            catalogue=cast("PromptCatalogue", FakeCatalogue()),
            node="test",
            media_host="127.0.0.1",
        )
        self.engine.on_event = self.board.hear

    async def tell_events(self) -> None:
        """Lets the switchboard hear what has happened in the database."""
        for event in self._fresh():
            await self.board.follow(event)

    def _fresh(self) -> Sequence[Event]:
        with self.house.database.reading() as session:
            events = read_after(session, self._seen)
        self._seen = events[-1].seq if events else self._seen
        return events

    @property
    def call(self) -> Call:
        """The one call as it is written now."""
        with self.house.database.reading() as session:
            return session.exec(select(Call)).one()

    @property
    def caller_leg(self) -> str:
        """The caller's leg at the engine."""
        return f"{self.call.id}:caller"

    def lawyer(self, lawyer_id: str) -> Lawyer:
        """A lawyer as written now."""
        with self.house.database.reading() as session:
            return session.get_one(Lawyer, lawyer_id)

    def parties(self) -> list[CallParty]:
        """The call's parties as they are written now, oldest first."""
        with self.house.database.reading() as session:
            return list(session.exec(select(CallParty).order_by(col(CallParty.id))))

    async def caller_waits(self) -> None:
        """The caller goes through the menus into the queue."""
        self.board.welcome(cast("LineCall", self.caller))
        await until(lambda: self.engine.playing, "the notice")
        self.board.hear(Digit(self.caller_leg, "0"))
        await self.waits()

    async def waits(self) -> None:
        """Waits until the caller has a place in the queue."""
        await until(lambda: self._entry() is not None, "the place in the queue")

    def _entry(self) -> QueueEntry | None:
        with self.house.database.reading() as session:
            query = select(QueueEntry).where(col(QueueEntry.state) == "waiting")
            return session.exec(query).first()

    async def lawyer_accepts(self, lawyer_id: str) -> str:
        """The lawyer takes the caller; returns the lawyer's leg."""
        entry = self._entry()
        assert entry is not None
        with self.house.database.session() as session:
            entry = session.get_one(QueueEntry, entry.id)
            lawyer = session.get_one(Lawyer, lawyer_id)
            offer = make_offer(session, self.house, entry, lawyer, fence=1)
            leg = accept(session, self.house, offer.id, lawyer_id).leg_id
        await self.tell_events()
        return leg

    async def talk(self, lawyer_id: str) -> str:
        """Caller and lawyer talk; returns the lawyer's leg."""
        await self.caller_waits()
        leg = await self.lawyer_accepts(lawyer_id)
        await self.lawyer_is_heard(leg)
        return leg

    async def lawyer_is_heard(self, leg: str) -> None:
        """The lawyer's browser sends audio; the talk begins."""
        await until(lambda: leg in self.engine.legs, "the lawyer's leg")
        self.board.hear(LegHeard(leg))
        await self.state("talking")

    async def state(self, state: str) -> None:
        """Waits until the call is there."""
        await until(lambda: self.call.state == state, f"the state {state}")

    async def dialled(self) -> FakeCall:
        """Waits for the next telephone that is dialled."""
        await until(lambda: self.line.dialled, "the dialling")
        return self.line.dialled.pop(0)

    async def records(self, *legs: str) -> None:
        """Waits until exactly these are on the lawyer's side of the recording."""
        await until(lambda: self.engine.recorded == legs, f"the recording of {legs}")

    async def records_caller(self, is_recorded: bool = True) -> None:
        """Waits until the caller is in the recording, or no more."""
        wanted = self.caller_leg if is_recorded else None
        await until(lambda: self.engine.recorded_left == wanted, "the caller in the recording")

    async def understands(self, *legs: str) -> None:
        """Waits until speech recognition hears exactly these."""
        await until(lambda: self.engine.forked == set(legs), f"the speech of {legs}")

    async def hear_each_other(self, *legs: str) -> None:
        """Waits until exactly these hear each other."""
        wanted = {(one, other) for one in legs for other in legs if one != other}
        await until(lambda: self.engine.gains == wanted, f"the mix of {legs}")


async def ask(exchange: Exchange, by: str, action: Control, **data: object) -> None:
    """What the API does when the call's lawyer asks for something."""
    with exchange.house.database.session() as session:
        call = session.exec(select(Call)).one()
        user = session.get_one(User, by)
        control.ask(session, exchange.house, call, action, by=user, **data)
    await exchange.tell_events()


async def reach(exchange: Exchange, by: str, purpose: Purpose, *, lawyer: str | None = None) -> str:
    """The same for somebody who is called in; returns the party's id."""
    with exchange.house.database.session() as session:
        call = session.exec(select(Call)).one()
        colleague = session.get_one(User, lawyer) if lawyer is not None else None
        whom = Whom(lawyer=colleague) if colleague else Whom(number="110")
        user = session.get_one(User, by)
        party = control.reach(session, exchange.house, call, whom, purpose=purpose, by=user)
        party_id = party.id
    await exchange.tell_events()
    return party_id
