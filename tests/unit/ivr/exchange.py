"""A switchboard without wires: an engine and a line that remember, a database that is real."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from sqlmodel import col, select

from hotline.events import Event, read_after
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.tables import Call, CallParty, Lawyer, QueueEntry
from ivr.catalogue import PromptCatalogue
from ivr.media.control import Codec
from ivr.media.errors import NoSuchLeg
from ivr.media.pool import MediaPool
from ivr.media.telling import Digit, LegHeard, LegQuality, MediaEvent, PromptFinished
from ivr.sip.line import (
    CallListener,
    Direction,
    EndReason,
    Line,
    LineCall,
    RemoteMedia,
    TrunkStatus,
)
from ivr.switchboard import Switchboard
from tests.unit.ivr.flow.definitions import make_flow

MEDIA = RemoteMedia("127.0.0.1", 4000, Codec.PCMA, 101, Direction.SENDRECV)

# Only a stuck test waits so long; a laden machine takes its time.
_DEADLINE_SECONDS = 60.0


async def until(probe: Callable[[], object], what: str) -> None:
    """Waits until something is true."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not probe():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen")
        await asyncio.sleep(0.005)


class FakeEngine:
    """Remembers legs, gains and what was played; ends every prompt at once."""

    process_id = 1

    def __init__(self) -> None:
        self.on_event: Callable[[MediaEvent], None] = lambda _: None
        self.legs: set[str] = set()
        self.updated: list[str] = []
        self.sources: dict[str, int | None] = {}
        self.gains: set[tuple[str, str]] = set()
        self.playing: dict[str, tuple[str, ...]] = {}
        self.played: list[str] = []
        self.digits: list[tuple[str, str]] = []
        self.recordings: dict[str, bool] = {}
        self.recorded: tuple[str, ...] = ()
        self.recorded_left: str | None = None
        self.forked: set[str] = set()

    def choose(self) -> "FakeEngine":
        return self

    async def open_leg(self, leg: str, *, source: int | None = None, **_: object) -> int:
        self.legs.add(leg)
        self.sources[leg] = source
        return 20_000 + 2 * len(self.legs)

    async def update_leg(self, leg: str, **_: object) -> None:
        self._check(leg)
        self.updated.append(leg)

    async def close_leg(self, leg: str) -> None:
        self._check(leg)
        self.legs.remove(leg)
        self.forked.discard(leg)
        self.gains = {pair for pair in self.gains if leg not in pair}

    async def set_gains(self, gains: Sequence[tuple[str, str, float]]) -> None:
        for source, target, gain in gains:
            if gain:
                self._check(source)
                self._check(target)
                self.gains.add((source, target))
            else:
                self.gains.discard((source, target))

    async def play(self, leg: str, *, play: int, paths: Sequence[Path], **how: object) -> None:
        self._check(leg)
        self.playing[leg] = tuple(path.stem for path in paths)
        self.played += self.playing[leg]
        if not how.get("loop"):
            event = PromptFinished(leg, play, False)
            asyncio.get_running_loop().call_soon(self.on_event, event)

    async def play_tone(self, leg: str, tone: str, **_: object) -> None:
        self._check(leg)
        self.playing[leg] = (tone,)

    async def stop_playing(self, leg: str) -> None:
        self._check(leg)
        self.playing.pop(leg, None)

    async def send_digits(self, leg: str, digits: str) -> None:
        self._check(leg)
        self.digits.append((leg, digits))

    async def start_recording(self, recording: str, *, left: str | None, **_: object) -> None:
        self.recordings[recording] = False
        self.recorded_left = left

    async def set_recording_leg(
        self, recording: str, *, left: str | None, right: str | None, beside: Sequence[str]
    ) -> None:
        assert recording in self.recordings
        for leg in (left, right, *beside):
            if leg is not None:
                self._check(leg)
        self.recorded = (right, *beside) if right else ()
        self.recorded_left = left

    async def pause_recording(self, recording: str, paused: bool = True) -> None:
        self.recordings[recording] = paused

    async def stop_recording(self, recording: str) -> None:
        del self.recordings[recording]

    async def start_fork(self, leg: str, **_: object) -> None:
        self._check(leg)
        self.forked.add(leg)

    async def stop_fork(self, leg: str) -> None:
        self._check(leg)
        self.forked.discard(leg)

    async def quality(self, leg: str) -> LegQuality:
        return LegQuality(leg, 0, 0, 0, 0.0, None, 1.0)

    def _check(self, leg: str) -> None:
        if leg not in self.legs:
            raise NoSuchLeg(f"There is no leg {leg}.")


@dataclass
class FakeCall:
    """One telephone; the test says what it does."""

    called: str
    listener: CallListener | None = None
    caller: str | None = "13800001111"
    id: str = "line_1"
    media: RemoteMedia | None = MEDIA
    is_hung_up: bool = False
    is_watched: bool = False

    def listen(self, listener: CallListener) -> None:
        self.listener = listener

    def ring(self) -> None:
        pass

    def answer(self, **_: object) -> None:
        assert self.listener is not None
        self.listener.call_answered(MEDIA)

    def reject(self, status: int, **_: object) -> None:
        raise AssertionError(f"rejected with {status}")

    def watch(self) -> None:
        self.is_watched = True

    def hang_up(self) -> None:
        self.is_hung_up = True

    def pick_up(self) -> None:
        """The one who was dialled answers."""
        self.answer()

    def announce(self) -> None:
        """Its network sends audio before anybody answers."""
        assert self.listener is not None
        self.listener.early_media(MEDIA)

    def hold(self) -> None:
        """Its user presses the hold key."""
        self.move(Direction.INACTIVE)

    def resume(self) -> None:
        """Its user comes back."""
        self.move(Direction.SENDRECV)

    def move(self, direction: Direction) -> None:
        """It says anew what it does with audio."""
        assert self.listener is not None
        self.media = replace(MEDIA, direction=direction)
        self.listener.media_changed(self.media)

    def end(self, reason: EndReason = EndReason.CALLER_HUNG_UP) -> None:
        """The other side hangs up, or was never reached."""
        assert self.listener is not None
        self.listener.call_ended(reason)


class FakeLine:
    """Remembers whom it was to dial."""

    def __init__(self) -> None:
        self.dialled: list[FakeCall] = []
        self.trunks: list[TrunkStatus] = []

    async def dial(self, number: str, *, listener: CallListener, **_: object) -> LineCall:
        call = FakeCall(number, listener)
        self.dialled.append(call)
        return cast("LineCall", call)


class FakeCatalogue:
    """Has every prompt."""

    def path(self, key: str, _language: str, **_: object) -> Path:
        return Path(f"{key}.wav")


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
