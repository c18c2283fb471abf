"""Fixtures of the telephone process's tests."""

from collections.abc import AsyncIterator

import pytest

from hotline.house import House
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    """Ids of everybody in the house, by user name."""
    return add_people(house)


@pytest.fixture
async def exchange(house: House, ids: dict[str, str]) -> AsyncIterator[Exchange]:
    """A switchboard where nothing is left when the test is over."""
    exchange = Exchange(house)
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)
    assert exchange.engine.legs == set()
