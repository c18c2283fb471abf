"""Two engines: calls are spread, and the death of one is nobody else's."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.media.client import MediaEngine
from ivr.media.control import Codec
from ivr.media.errors import EngineGone
from ivr.media.pool import MediaPool, PoolConfiguration
from ivr.media.telling import EngineDied, MediaEvent
from tests.integration.media_phone import Phone, free_ports, tone, until


class House:
    """A pool, what it told, and telephones."""

    def __init__(self) -> None:
        self.events: list[MediaEvent] = []
        self.phones: list[Phone] = []
        self.pool: MediaPool

    async def call(self, leg: str) -> tuple[MediaEngine, Phone]:
        """A telephone with a leg on the engine that the pool chooses."""
        engine, phone = self.pool.choose(), await Phone.open()
        self.phones.append(phone)
        port = await engine.open_leg(
            leg, codec=Codec.PCMA, telephone_event=101, remote=phone.address
        )
        phone.target = ("127.0.0.1", port)
        return engine, phone

    @property
    def died(self) -> list[int]:
        """The processes that were told to have died."""
        return [event.process_id for event in self.events if isinstance(event, EngineDied)]


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    opened = House()
    opened.pool = await MediaPool.start(
        count=2,
        configuration=PoolConfiguration(
            host="127.0.0.1", ports=free_ports(40), asr_address=None, rtp_timeout_seconds=30.0
        ),
        on_event=opened.events.append,
    )
    yield opened
    await opened.pool.stop()
    for phone in opened.phones:
        await phone.close()


async def test_choose__spreads_calls(house: House) -> None:
    engines = [(await house.call(f"leg_{number}"))[0] for number in range(4)]

    assert [engine.legs for engine in house.pool.engines] == [2, 2]
    assert len({engine.process_id for engine in engines}) == 2


async def test_kill__ends_one_engine_and_the_other_goes_on(house: House) -> None:
    first, _ = await house.call("leg_a")
    second, phone = await house.call("leg_b")
    await until(lambda: phone.heard)

    os.kill(first.process_id, signal.SIGKILL)
    await until(lambda: house.died, "the death")

    assert house.died == [first.process_id]
    with pytest.raises(EngineGone):
        await first.close_leg("leg_a")
    heard = len(phone.heard)
    await phone.say(tone(4000, 20))
    await until(lambda: len(phone.heard) > heard + 10, "the other call's audio")
    # The last frames may still lie in the socket until the engine's next tick.
    async with asyncio.timeout(10):
        while (await second.quality("leg_b")).received < 20:
            pass


async def test_kill__another_engine_takes_the_place_and_its_ports(house: House) -> None:
    first, _ = await house.call("leg_a")
    await house.call("leg_b")
    os.kill(first.process_id, signal.SIGKILL)
    await until(lambda: len(house.pool.engines) == 1)

    await until(lambda: len(house.pool.engines) == 2, "another engine")
    engine, phone = await house.call("leg_c")

    assert engine.process_id != first.process_id
    await until(lambda: phone.heard)


async def test_start__of_engines_that_cannot_run_leaves_none() -> None:
    with pytest.raises(EngineGone):
        await MediaPool.start(
            count=2,
            configuration=PoolConfiguration(
                host="203.0.113.1",
                ports=free_ports(40),
                asr_address=None,
                rtp_timeout_seconds=30.0,
            ),
            on_event=lambda _: None,
        )
