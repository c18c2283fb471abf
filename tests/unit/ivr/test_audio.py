"""One call's legs at the engine, whatever ends the call meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from ivr.audio import CallAudio, CallOverError
from ivr.media.client import MediaEngine
from ivr.media.errors import NoPortFree
from tests.unit.ivr.exchange import until
from tests.unit.ivr.fakes import FakeEngine

OPENINGS: list[Callable[[CallAudio], Awaitable[int]]] = [
    lambda audio: audio.open_caller(None),
    lambda audio: audio.open_lawyer("leg_1"),
    lambda audio: audio.open_party("leg_1"),
]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def audio(engine: FakeEngine) -> CallAudio:
    return CallAudio(cast(MediaEngine, engine), "call_1")


@pytest.mark.parametrize("begin", OPENINGS)
async def test_close__closes_what_is_still_being_opened(
    engine: FakeEngine, audio: CallAudio, begin: Callable[[CallAudio], Awaitable[int]]
) -> None:
    engine.may_answer.clear()
    opening = asyncio.ensure_future(begin(audio))
    await until(lambda: bool(engine.legs), "the leg to be asked for")
    await audio.close()
    assert engine.legs == set()
    engine.may_answer.set()
    await opening
    assert engine.legs == set()


@pytest.mark.parametrize("begin", OPENINGS)
async def test_open__after_the_end_of_the_call_opens_nothing(
    engine: FakeEngine, audio: CallAudio, begin: Callable[[CallAudio], Awaitable[int]]
) -> None:
    await audio.close()
    with pytest.raises(CallOverError):
        await begin(audio)
    assert engine.legs == set()


@pytest.mark.parametrize("begin", OPENINGS)
async def test_open__refused_is_not_closed(
    engine: FakeEngine,
    audio: CallAudio,
    begin: Callable[[CallAudio], Awaitable[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(leg: str, **_: object) -> int:
        raise NoPortFree("Every RTP port of the range is in use.")

    monkeypatch.setattr(engine, "open_leg", refuse)
    with pytest.raises(NoPortFree):
        await begin(audio)
    # The engine says that a leg is not open: nothing is asked of it.
    await audio.close()
