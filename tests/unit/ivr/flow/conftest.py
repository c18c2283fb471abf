"""Fixtures of the flow's tests."""

import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.states import incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import PlayTable, play_scenario


@pytest.fixture
def flow() -> FlowDefinition:
    """See `make_flow`."""
    return make_flow()


@pytest.fixture
def play(flow: FlowDefinition) -> PlayTable:
    """Drives a call that has come in through a table; see `play_scenario`."""
    return lambda table: play_scenario(flow, incoming_call(), table)
