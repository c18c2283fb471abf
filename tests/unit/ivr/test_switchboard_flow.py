"""Another flow comes into force while people telephone."""

import wave
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

from hotline.calls import control
from hotline.calls.rules import Control
from hotline.flows import service as flows
from hotline.tables import Call, User
from ivr.catalogue import PromptCatalogue
from ivr.media.telling import Digit
from ivr.sip.line import LineCall
from tests.unit.ivr.exchange import Exchange, until
from tests.unit.ivr.flow.definitions import make_flow


def write_prompts(directory: Path, keys: Iterable[str]) -> None:
    """A hundredth of a second of silence for each prompt."""
    directory.mkdir()
    for key in keys:
        with wave.open(str(directory / f"{key.partition('@')[0]}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8_000)
            file.writeframes(bytes(160))


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


async def test_use_flow__prompts_fall_back_to_the_default_language_of_the_calls_own_flow(
    exchange: Exchange, tmp_path: Path
) -> None:
    flow = replace(make_flow(), default_language="en")
    write_prompts(tmp_path / "en", flow.prompt_keys)
    exchange.board.catalogue = PromptCatalogue([tmp_path])
    exchange.board.use_flow(flow, "2")
    exchange.board.welcome(cast("LineCall", exchange.caller))

    await until(lambda: "language_ko" in exchange.engine.played, "the languages")
    exchange.board.hear(Digit(exchange.caller_leg, "4"))
    await until(lambda: "topic_labour" in exchange.engine.played, "the topics")
    exchange.board.hear(Digit(exchange.caller_leg, "0"))
    await exchange.waits()

    assert exchange.call.language == "ko"
    leg = exchange.caller_leg
    await until(lambda: exchange.engine.playing.get(leg) == ("hold",), "the melody")


async def test_follow__a_changed_flow_is_looked_at(exchange: Exchange, ids: dict[str, str]) -> None:
    looks: list[str] = []
    exchange.board.on_flow_changed = lambda: looks.append("look")
    with exchange.house.database.session() as session:
        by = session.get_one(User, ids["admin"])
        row = flows.draft(session, exchange.house, "", note="", by=by)
        flows.activate(session, exchange.house, row.version, by=by, findings=())

    await exchange.tell_events()

    assert looks == ["look"]
