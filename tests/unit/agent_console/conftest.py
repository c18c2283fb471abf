"""People for the console's tests."""

import pytest

from hotline.house import House
from tests.unit.api.factories import add_people


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    """The people's ids by user name."""
    return add_people(house)
