"""The table of sides: who is served how while the machine is behind, and what is given back."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from asr.desk import Desk
from asr.engine import Effort, Engine, EngineLostError, Heard, Recogniser
from asr.engines import Engines
from asr.fake_engine import FakeEngine, FakeRecogniser
from asr.pool import Pool
from asr.transcriber import Transcriber
from hotline.house import House
from hotline.tables import SpeechStream
from hotline.transcripts import service as transcripts
from tests.sound import frames, silence, speech_like
from tests.unit.hotline.factories import create_call

LIMIT_SECONDS = 90.0
# Longer than a call has to be served well before it gets a step back (asr.scheduler).
CALM_SECONDS = 11.0
# Between two sides that ask whether their servers are back (asr.transcriber).
RESUME_SECONDS = 5.5


@dataclass
class Reins:
    """What a test does to the engines of a language.

    Attributes:
        may_go: Recognisers wait for it.
        is_lost: Whether they find their machines away.
        recognisers: Those that were opened.
    """

    may_go: threading.Event = field(default_factory=threading.Event)
    is_lost: bool = False
    recognisers: list[weakref.ref["_Held"]] = field(default_factory=list)


class _Held(FakeRecogniser):
    def __init__(self, reins: Reins, *, is_streaming: bool) -> None:
        super().__init__(("一句话",), is_streaming=is_streaming)
        self._reins = reins

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        self._wait()
        return super().accept(pcm)

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        self._wait()
        return super().flush(effort)

    def _wait(self) -> None:
        assert self._reins.may_go.wait(LIMIT_SECONDS)
        if self._reins.is_lost:
            raise EngineLostError("away")


@dataclass(frozen=True)
class HeldEngine(FakeEngine):
    """An engine that the test holds back or takes away."""

    reins: Reins = field(default_factory=Reins)

    def open(self, language: str) -> Recogniser:
        recogniser = _Held(self.reins, is_streaming=self.is_streaming)
        self.reins.recognisers.append(weakref.ref(recogniser))
        return recogniser


class Given(Engines):
    """Engines of which the test chooses each."""

    def __init__(self, engines: dict[str, Engine]) -> None:
        super().__init__({})
        self._engines = engines

    def has(self, language: str) -> bool:
        return language in self._engines

    def of(self, language: str) -> Engine:
        return self._engines[language]


class Jumps:
    """The event loop's clock, which a test puts forward."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._real = loop.time
        self._ahead = 0.0
        loop.time = self  # type: ignore[method-assign]  # the loop of this test alone

    def __call__(self) -> float:
        return self._real() + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += seconds


class Stage:
    """A transcriber whose ticks the test makes."""

    def __init__(self, house: House, engines: dict[str, Engine], pool: Pool) -> None:
        self.house = house
        self.desk = Desk(house)
        self.pool = pool
        self.jumps = Jumps()
        self.transcriber = Transcriber(house, engines=Given(engines), desk=self.desk, pool=pool)
        self._sent: dict[int, int] = {}

    def open(self, *, call_id: str = "", language: str = "zh", speaker: str = "caller") -> int:
        with self.house.database.session() as session:
            call_id = call_id or create_call(session, self.house).id
            row = transcripts.open_stream(
                session, self.house, call_id=call_id, leg="a", speaker=speaker, language=language
            )
        return row.id or 0

    def call_of(self, stream: int) -> str:
        with self.house.database.reading() as session:
            return session.get_one(SpeechStream, stream).call_id

    def hear(self, stream: int, audio: bytes) -> None:
        at = self._sent.get(stream, 0)
        for frame in frames(audio, stream=stream, position_ms=20 * at, sequence=at):
            self.transcriber.hear(frame)
            at += 1
        self._sent[stream] = at

    def state(self, stream: int) -> str:
        with self.house.database.reading() as session:
            return session.get_one(SpeechStream, stream).state

    async def until(self, stream: int, state: str) -> None:
        await until(lambda: self.state(stream) == state)

    async def tick(self, *, later_seconds: float = 0.0) -> None:
        self.jumps.forward(later_seconds)
        self.transcriber.tick()
        await asyncio.sleep(0)

    async def drained(self) -> None:
        assert await asyncio.to_thread(self.pool.drain, timeout_seconds=LIMIT_SECONDS)


async def until(condition: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LIMIT_SECONDS
    while not condition():
        assert loop.time() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


@pytest.fixture
def reins() -> Iterator[Reins]:
    held = Reins()
    yield held
    held.may_go.set()


@pytest.fixture
def pool(reins: Reins) -> Iterator[Pool]:
    pool = Pool(4, labourers=2)
    yield pool
    reins.may_go.set()
    pool.close(timeout_seconds=LIMIT_SECONDS)


@pytest.mark.parametrize("is_streaming", [True, False], ids=["streaming", "whole"])
async def test_tick__words_come_late_and_then_soon__less_and_then_all_again(
    house: House, pool: Pool, reins: Reins, *, is_streaming: bool
) -> None:
    stage = Stage(house, {"zh": HeldEngine(is_streaming=is_streaming, reins=reins)}, pool)
    served = "live" if is_streaming else "by_utterance"
    stream = stage.open()
    stage.hear(stream, silence(0.5))
    await stage.until(stream, served)

    # Two seconds of audio wait while the engine does not answer.
    stage.hear(stream, speech_like(1) + silence(3))
    await stage.tick()
    await stage.until(stream, "without_partials")

    reins.may_go.set()
    await stage.drained()
    await stage.tick()
    await stage.tick(later_seconds=CALM_SECONDS)
    await stage.until(stream, served)


async def test_tick__one_side_is_cut_off__its_call_is_left_and_comes_back(
    house: House, pool: Pool, reins: Reins
) -> None:
    stage = Stage(house, {"zh": HeldEngine(reins=reins)}, pool)
    stream = stage.open()
    other = stage.open(call_id=stage.call_of(stream), speaker="lawyer")
    for side in (stream, other):
        stage.hear(side, silence(0.5))
        await stage.until(side, "live")

    stage.hear(stream, speech_like(14))
    await stage.tick()
    await stage.until(other, "degraded")
    assert stage.state(stream) == "degraded"

    reins.may_go.set()
    await stage.drained()
    for _ in range(2):
        await stage.tick()
        await stage.tick(later_seconds=CALM_SECONDS)
    await stage.until(other, "live")
    await stage.until(stream, "live")


async def test_tick__first_lost_side_is_left_to_after_the_call__the_next_one_is_asked(
    house: House, pool: Pool, reins: Reins
) -> None:
    away, there = Reins(is_lost=True), Reins(is_lost=True)
    for one in (away, there):
        one.may_go.set()
    engines: dict[str, Engine] = {
        "zh": HeldEngine(reins=away),
        "ko": HeldEngine(reins=there),
        "en": HeldEngine(reins=reins),
    }
    stage = Stage(house, engines, pool)
    first = stage.open()
    behind = stage.open(call_id=stage.call_of(first), language="en", speaker="lawyer")
    second = stage.open(language="ko")
    for side in (first, second):
        stage.hear(side, speech_like(1))
        await stage.until(side, "degraded")
    stage.hear(behind, silence(0.5))
    await stage.until(behind, "live")
    # The first call has not the time to listen.
    stage.hear(behind, speech_like(14))
    there.is_lost = False

    await stage.tick()
    stage.hear(second, silence(0.5))

    await stage.until(second, "live")


async def test_tick__the_first_lost_side_stays_lost__the_others_have_their_turns(
    house: House, pool: Pool
) -> None:
    away, there = Reins(is_lost=True), Reins(is_lost=True)
    for one in (away, there):
        one.may_go.set()
    stage = Stage(house, {"zh": HeldEngine(reins=away), "ko": HeldEngine(reins=there)}, pool)
    first, second = stage.open(), stage.open(language="ko")
    for side in (first, second):
        stage.hear(side, speech_like(1))
        await stage.until(side, "degraded")
    there.is_lost = False

    for _ in range(2):
        await stage.tick(later_seconds=RESUME_SECONDS)
        for side in (first, second):
            stage.hear(side, speech_like(1))
        await stage.drained()

    await stage.until(second, "live")
    assert stage.state(first) == "degraded"


async def test_close__call_is_over__recogniser_closed_and_all_memory_given_back(
    house: House, pool: Pool, reins: Reins
) -> None:
    reins.may_go.set()
    stage = Stage(house, {"zh": HeldEngine(reins=reins)}, pool)
    stream = stage.open()
    stage.hear(stream, speech_like(1))
    await stage.until(stream, "live")
    (recogniser,) = reins.recognisers
    opened = recogniser()
    assert opened is not None

    stage.transcriber.close(stream)
    await stage.tick(later_seconds=1.5)
    await stage.drained()

    assert stage.transcriber.sides == 0
    assert opened.is_closed
    del opened
    await asyncio.to_thread(stage.desk.close, timeout_seconds=LIMIT_SECONDS)
    gc.collect()
    assert recogniser() is None
