"""Callers who do not want to be recorded, at the switchboard."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.calls import control
from hotline.calls.rules import Control, Purpose
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Recording, SpeechStream, User
from ivr.media.telling import Digit, RecordingStopped
from recordings import refusal, storage
from tests.unit.ivr.exchange import Exchange, ask, reach, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
async def exchange(exchange: Exchange) -> Exchange:
    exchange.board.flow = replace(exchange.board.flow, refusal_key="7")
    return exchange


async def tell_lawyer(exchange: Exchange, lawyer_id: str) -> None:
    """What the API does when the lawyer presses the button."""
    with exchange.house.database.session() as session:
        call = session.exec(select(Call)).one()
        user = session.get_one(User, lawyer_id)
        refusal.refuse(session, exchange.house, call.id, by=user)
        control.tell_refusal(session, exchange.house, call, by=user)
    await exchange.tell_events()


def recordings(house: House) -> list[Recording]:
    with house.database.reading() as session:
        return list(session.exec(select(Recording)))


async def test_key__no_recording_and_no_fork_is_ever_begun(
    exchange: Exchange, ids: dict[str, str], house: House
) -> None:
    await exchange.caller_waits()
    exchange.board.hear(Digit(exchange.caller_leg, "7"))
    await until(lambda: exchange.call.recording_refused_at, "the refusal")
    leg = await exchange.lawyer_accepts(ids["li"])
    await exchange.lawyer_is_heard(leg)
    await exchange.hear_each_other(exchange.caller_leg, leg)
    assert exchange.engine.recordings == {}
    assert recordings(house) == []
    with house.database.reading() as session:
        assert session.exec(select(SpeechStream)).all() == []
    assert exchange.call.recording_refused_by == "caller"


async def test_lawyer__a_recording_that_runs_ends_and_its_file_goes(
    exchange: Exchange, ids: dict[str, str], house: House
) -> None:
    leg = await exchange.talk(ids["li"])
    await until(lambda: exchange.engine.recordings, "the recording")
    row = recordings(house)[0]
    path = storage.absolute_path(house, row)
    path.write_bytes(b"voices")
    await tell_lawyer(exchange, ids["li"])
    await until(lambda: not exchange.engine.recordings, "the end of the recording")
    assert not path.exists()
    path.write_bytes(b"what the engine still had")
    exchange.board.hear(RecordingStopped(row.id, 1.0, None))
    await until(lambda: not path.exists(), "the second deletion")
    await exchange.hear_each_other(exchange.caller_leg, leg)
    assert exchange.call.state == "talking"


async def test_lawyer__neither_hold_nor_a_third_party_begins_another(
    exchange: Exchange, ids: dict[str, str], house: House
) -> None:
    leg = await exchange.talk(ids["li"])
    await tell_lawyer(exchange, ids["li"])
    await until(lambda: not exchange.engine.recordings, "the end of the recording")
    party = await reach(exchange, ids["li"], Purpose.CONSULT)
    (await exchange.dialled()).pick_up()
    await exchange.hear_each_other(leg, party)
    await ask(exchange, ids["li"], Control.JOIN)
    await exchange.hear_each_other(exchange.caller_leg, leg, party)
    assert exchange.engine.recordings == {}
    assert [row.state for row in recordings(house)] == ["erased"]


async def test_lawyer__a_call_that_has_ended_is_refused_all_the_same(
    exchange: Exchange, ids: dict[str, str], house: House
) -> None:
    await exchange.talk(ids["li"])
    exchange.caller.end()
    await exchange.state("ended")
    await tell_lawyer(exchange, ids["li"])
    assert [row.state for row in recordings(house)] == ["erased"]
