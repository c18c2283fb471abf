"""A caller says what it is about: from the telephone's audio to the queue of that topic.

Media engine, bus, speech recognition and the call's flow are the real ones; the engine that
recognises follows a script, and the telephone's signalling is played.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from sqlmodel import select

from asr.__main__ import serve
from asr.engine import Engine
from asr.engines import Engines
from asr.fake_engine import FakeEngine
from asr.inventory import choices
from hotline import valkey
from hotline.bus import Boxes, Bus
from hotline.clock import SystemClock
from hotline.database import Database
from hotline.g711 import A_LAW
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Call, QueueEntry, Segment, SpeechStream
from ivr.catalogue import PromptCatalogue
from ivr.flow.spoken import SpokenTopic
from ivr.media.client import MediaEngine
from ivr.media.control import Codec
from ivr.media.pool import MediaPool
from ivr.sip.line import Direction, Line, LineCall, RemoteMedia
from ivr.switchboard import Switchboard
from tests.integration.media_phone import Phone, free_ports, tone, until, write_prompt
from tests.sound import be_patient, silence, speech_like
from tests.unit.ivr.fakes import FakeCall, FakeLine
from tests.unit.ivr.flow.definitions import make_flow

DEADLINE_SECONDS = 90.0

# Nothing here ends by the clock: whoever is slow is waited for.
FLOW = make_flow()
FLOW = replace(
    FLOW.with_languages(["zh"]),
    waits=replace(FLOW.waits, words=60.0, prompt_limit=120.0),
    spoken_topic=SpokenTopic(),
)


class Script(Engines):
    """Recognises one sentence, whatever is said."""

    def of(self, language: str) -> Engine:
        return FakeEngine(script=("老板拖欠我工资",))


class OneEngine:
    """Chooses the only engine there is."""

    def __init__(self, engine: MediaEngine) -> None:
        self._engine = engine

    def choose(self) -> MediaEngine:
        return self._engine


class OnePrompt:
    """A breath for every prompt."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def path(self, *_: object, **__: object) -> Path:
        return self._path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", asr_port=0, asr_engines="zh=fake")


@pytest.fixture
def connected(house: House) -> Iterator[House]:
    """The house with a bus, and a clock that goes."""
    with valkey.running(house.settings) as url:
        bus = Bus(url)
        database = Database(house.settings.database_url_used)
        be_patient(house)
        yield replace(house, bus=bus, clock=SystemClock(), database=database)
        database.close()
        bus.close()


@asynccontextmanager
async def recogniser(house: House) -> AsyncIterator[int]:
    stopping = asyncio.Event()
    ports: asyncio.Queue[int] = asyncio.Queue()
    engines = Script(choices(house.settings))
    task = asyncio.create_task(serve(house, engines, stopping, listening=ports.put_nowait))
    try:
        yield await asyncio.wait_for(ports.get(), DEADLINE_SECONDS)
    finally:
        stopping.set()
        await asyncio.wait_for(task, DEADLINE_SECONDS)


@asynccontextmanager
async def switchboard(house: House, asr_port: int, tmp_path: Path) -> AsyncIterator[Switchboard]:
    board: list[Switchboard] = []
    engine = await MediaEngine.start(
        host="127.0.0.1",
        ports=free_ports(40),
        on_event=lambda event: board[0].hear(event),
        asr_address=("127.0.0.1", asr_port),
        rtp_timeout_seconds=DEADLINE_SECONDS,
    )
    words = Boxes(house.settings.redis_url_used)
    prompt = write_prompt(tmp_path / "breath.wav", tone(0, 5))
    board.append(
        Switchboard(
            house=house,
            line=cast("Line", FakeLine()),
            engines=cast("MediaPool", OneEngine(engine)),
            flow=FLOW,
            catalogue=cast("PromptCatalogue", OnePrompt(prompt)),
            node="test",
            media_host="127.0.0.1",
            words=words,
        )
    )
    try:
        yield board[0]
    finally:
        await board[0].end_all(timeout_seconds=60)
        await engine.stop()
        await words.close()


def encoded(pcm: bytes) -> list[bytes]:
    """20 ms frames of A-law."""
    payload = A_LAW.encode(np.frombuffer(pcm, dtype=np.int16))
    return [payload[at : at + 160] for at in range(0, len(payload) // 160 * 160, 160)]


class Citizen(FakeCall):
    """A telephone whose audio is real."""

    def answer(self, **how: object) -> None:
        assert self.listener is not None
        assert self.media is not None
        self.port = cast("int", how["port"])
        self.listener.call_answered(self.media)


async def test_call__words_of_the_caller_lead_to_the_queue_of_their_topic(
    connected: House, tmp_path: Path
) -> None:
    phone = await Phone.open()
    media = RemoteMedia(*phone.address, Codec.PCMA, 101, Direction.SENDRECV)
    citizen = Citizen("12348", media=media)
    async with (
        recogniser(connected) as asr_port,
        switchboard(connected, asr_port, tmp_path) as board,
    ):
        await until(lambda: connected.bus.is_alive("asr"), "the recogniser's first beat")
        board.welcome(cast("LineCall", citizen))
        await until(lambda: opened(connected), "the question")
        phone.target = ("127.0.0.1", citizen.port)
        await phone.say(encoded(silence(0.2) + speech_like(1) + silence(1)))
        await until(lambda: places(connected), "the place in the queue")

        assert [(each.language, each.topic) for each in places(connected)] == [("zh", "labour")]
        await until(lambda: closed(connected), "the end of listening")
        with connected.database.reading() as session:
            assert session.exec(select(Call)).one().topic == "labour"
            assert session.exec(select(Segment)).all() == []
    await phone.close()


def opened(house: House) -> list[SpeechStream]:
    with house.database.reading() as session:
        return list(session.exec(select(SpeechStream)))


def closed(house: House) -> bool:
    return all(each.closed_at is not None for each in opened(house))


def places(house: House) -> list[QueueEntry]:
    with house.database.reading() as session:
        return list(session.exec(select(QueueEntry)))
