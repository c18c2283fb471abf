"""Another flow comes into force while people telephone."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hotline.calls import control
from hotline.calls.rules import Control
from hotline.flows import service as flows
from hotline.house import House
from hotline.tables import Call, User
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange, until
from tests.unit.ivr.flow.definitions import make_flow


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    return add_people(house)


@pytest.fixture
async def exchange(house: House, ids: dict[str, str]) -> AsyncIterator[Exchange]:
    exchange = Exchange(house)
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)


async def test_use_flow__calls_finish_on_the_one_they_began_with(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    flow = make_flow()
    exchange.board.use_flow(flow, "1")
    await exchange.talk(ids["li"])

    changed = replace(flow.prompts, hold=("another_melody",))
    exchange.board.use_flow(replace(flow, prompts=changed), "2")
    with exchange.house.database.session() as session:
        call = session.get_one(Call, exchange.call.id)
        user = session.get_one(User, ids["li"])
        control.ask(session, exchange.house, call, Control.HOLD, by=user)
    await exchange.tell_events()
    await exchange.state("on_hold")

    assert exchange.engine.playing[exchange.caller_leg] == ("hold",)
    assert exchange.call.flow_version == "1"


async def test_use_flow__is_for_calls_that_arrive_then(exchange: Exchange) -> None:
    flow = make_flow()
    changed = replace(flow.prompts, hold=("another_melody",))
    exchange.board.use_flow(replace(flow, prompts=changed), "2")

    await exchange.caller_waits()

    assert exchange.call.flow_version == "2"
    leg = exchange.caller_leg
    await until(lambda: exchange.engine.playing.get(leg) == ("another_melody",), "the other melody")


async def test_follow__a_changed_flow_is_looked_at(exchange: Exchange, ids: dict[str, str]) -> None:
    looks: list[str] = []
    exchange.board.on_flow_changed = lambda: looks.append("look")
    with exchange.house.database.session() as session:
        by = session.get_one(User, ids["admin"])
        row = flows.draft(session, exchange.house, "", note="", by=by)
        flows.activate(session, exchange.house, row.version, by=by, findings=())

    await exchange.tell_events()

    assert looks == ["look"]
