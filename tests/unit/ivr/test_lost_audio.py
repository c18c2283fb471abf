"""Calls whose audio is gone: the wire fell silent, or the engine died; they end with a reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Callback
from ivr.media.telling import EngineDied, LegHeard, LegSilent
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    return add_people(house)


@pytest.fixture
async def exchange(house: House, ids: dict[str, str]) -> AsyncIterator[Exchange]:
    exchange = Exchange(house)
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)


def callbacks(exchange: Exchange) -> list[str]:
    """Where the call-backs come from."""
    with exchange.house.database.reading() as session:
        return [callback.source for callback in session.exec(select(Callback))]


async def assert_goes_on(exchange: Exchange, lawyer: str) -> None:
    """A lawyer can still take the caller."""
    leg = await exchange.lawyer_accepts(lawyer)
    await until(lambda: leg in exchange.engine.legs, "the lawyer's leg")
    assert not exchange.caller.is_hung_up


async def test_hear__a_caller_who_falls_silent_on_the_wire_is_lost(exchange: Exchange) -> None:
    await exchange.caller_waits()
    exchange.board.hear(LegHeard(exchange.caller_leg))

    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))
    await exchange.state("ended")

    assert exchange.call.end_reason == "caller_lost"
    assert exchange.caller.is_hung_up


async def test_hear__a_caller_who_was_never_heard_may_keep_silent(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    """Phones without a voice to send (music on hold, silence suppressed) are callers too."""
    await exchange.caller_waits()

    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))

    await assert_goes_on(exchange, ids["li"])


async def test_hear__the_death_of_the_calls_engine_ends_it_as_a_call_back(
    exchange: Exchange,
) -> None:
    await exchange.caller_waits()

    exchange.board.hear(EngineDied(exchange.engine.process_id, exit_code=-9))
    await exchange.state("ended")

    assert exchange.call.end_reason == "engine_failed"
    assert callbacks(exchange) == ["lost"]


async def test_hear__the_death_of_another_engine_is_none_of_its_business(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    await exchange.caller_waits()

    exchange.board.hear(EngineDied(exchange.engine.process_id + 1, exit_code=-9))

    await assert_goes_on(exchange, ids["li"])
    assert callbacks(exchange) == []
