"""What every line promises (`ivr.sip.line`), asked of both with SIPp at the other end."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.line_house import LINES, LineHouse, open_line


@pytest.fixture(params=LINES)
def kind(request: pytest.FixtureRequest) -> str:
    """Which line it is."""
    return str(request.param)


@pytest.fixture
async def house(kind: str) -> AsyncIterator[LineHouse]:
    """A line of the kind, and who takes its calls."""
    async with open_line(kind) as house:
        yield house
