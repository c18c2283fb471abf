"""Callers who are heard saying what it is about."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

import pytest

from hotline.house import House
from hotline.tables import SpeechStream
from hotline.transcripts.rules import Purpose
from ivr.audio import CallAudio
from ivr.flow.inputs import Input, WordsHeard, WordsMissing
from ivr.listening import Listening
from ivr.media.client import MediaEngine
from ivr.speech_desk import SpeechDesk
from tests.conftest import SilentBus
from tests.unit.hotline.factories import create_call
from tests.unit.ivr.exchange import until
from tests.unit.ivr.fakes import FakeEngine


class LivelyBus(SilentBus):
    """Says that speech recognition works."""

    def is_alive(self, name: str) -> bool:
        return name == "asr"


class Mouth:
    """Words that the test puts into its boxes."""

    def __init__(self) -> None:
        self.boxes: dict[str, asyncio.Queue[str | Exception]] = {}

    async def take(self, box: str, *, timeout_seconds: float) -> str | None:
        words = await self.boxes.setdefault(box, asyncio.Queue()).get()
        if isinstance(words, Exception):
            raise words
        return words

    def say(self, stream: int, words: str | Exception) -> None:
        self.boxes.setdefault(f"words:{stream}", asyncio.Queue()).put_nowait(words)


class Call:
    """One call that is listened to."""

    def __init__(self, house: House, mouth: Mouth | None) -> None:
        self.house = house
        self.told: list[Input] = []
        self.engine = FakeEngine()
        with house.database.session() as session:
            call_id = create_call(session, house).id
        self.audio = CallAudio(cast("MediaEngine", self.engine), call_id)
        self.listening = Listening(
            desk=SpeechDesk(house, call_id), audio=self.audio, words=mouth, post=self.told.append
        )

    async def open(self) -> "Call":
        await self.audio.open_caller(None)
        return self

    @property
    def stream(self) -> SpeechStream | None:
        with self.house.database.reading() as session:
            return session.get(SpeechStream, 1)


@pytest.fixture
def mouth() -> Mouth:
    return Mouth()


@pytest.fixture
async def call(house: House, mouth: Mouth) -> AsyncIterator[Call]:
    call = await Call(replace(house, bus=LivelyBus()), mouth).open()
    yield call
    await call.listening.end()


async def test_begin__words_reach_the_flow(call: Call, mouth: Mouth) -> None:
    await call.listening.begin("zh")

    assert call.stream is not None
    assert (call.stream.purpose, call.stream.language) == (Purpose.QUESTION, "zh")
    assert call.audio.is_forked(call.audio.caller_leg)
    mouth.say(1, "我想问")
    mouth.say(1, "离婚的事")
    await until(lambda: len(call.told) == 2, "both pieces")
    assert call.told == [WordsHeard("我想问"), WordsHeard("离婚的事")]


async def test_end__closes_the_stream_and_hears_no_more(call: Call, mouth: Mouth) -> None:
    await call.listening.begin("zh")

    await call.listening.end()
    mouth.say(1, "离婚")
    await call.listening.end()

    assert call.stream is not None
    assert call.stream.closed_at is not None
    assert not call.audio.is_forked(call.audio.caller_leg)
    assert call.told == []


async def test_begin__bus_that_goes_away_is_told(call: Call, mouth: Mouth) -> None:
    await call.listening.begin("zh")

    mouth.say(1, ConnectionError())

    await until(lambda: call.told, "the flow's knowing")
    assert call.told == [WordsMissing()]


async def test_stream_failed__only_its_own(call: Call) -> None:
    call.listening.stream_failed(None)
    await call.listening.begin("zh")

    call.listening.stream_failed(2)
    assert call.told == []

    call.listening.stream_failed(1)
    assert call.told == [WordsMissing()]


async def test_begin__no_recogniser_that_works(house: House, mouth: Mouth) -> None:
    call = await Call(house, mouth).open()

    await call.listening.begin("zh")

    assert call.told == [WordsMissing()]
    assert call.stream is None


async def test_begin__nowhere_to_pick_words_up(house: House) -> None:
    call = await Call(replace(house, bus=LivelyBus()), None).open()

    await call.listening.begin("zh")

    assert call.told == [WordsMissing()]
