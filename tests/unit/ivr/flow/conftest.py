"""Fixtures of the flow's tests."""

import pytest

from ivr.flow.definition import FlowDefinition
from tests.unit.ivr.flow.definitions import make_flow


@pytest.fixture
def flow() -> FlowDefinition:
    """See `make_flow`."""
    return make_flow()
