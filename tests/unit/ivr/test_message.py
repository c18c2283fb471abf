"""A caller who leaves a message instead of waiting, at the switchboard."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlmodel import select

from hotline.configuration import service as configuration
from hotline.house import House
from hotline.tables import Callback, QueueEntry, Recording
from ivr.media.telling import Digit, RecordingStopped
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange, until


@pytest.fixture
async def exchange(house: House) -> AsyncIterator[Exchange]:
    """A switchboard whose callers may leave a message at once."""
    add_people(house)
    with house.database.session() as session:
        steps = {"offer_callback_seconds": 0, "message_seconds": 0} | dict.fromkeys(
            ("widen_topic_seconds", "interpreter_seconds"), 0
        )
        configuration.change(session, house, "queue", steps, expected=0, by=None)
    exchange = Exchange(house)
    exchange.board.flow = replace(exchange.board.flow, message_key="2", refusal_key="7")
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)
    assert exchange.engine.legs == set()


async def speak(exchange: Exchange) -> str:
    """The caller presses the key and speaks; the recording's id."""
    await exchange.caller_waits()
    await until(lambda: "message_hint" in exchange.engine.played, "the offer")
    exchange.board.hear(Digit(exchange.caller_leg, "2"))
    await until(lambda: exchange.engine.recordings, "the recording")
    (recording_id,) = exchange.engine.recordings
    return recording_id


def wish(house: House) -> Callback:
    with house.database.reading() as session:
        return session.exec(select(Callback)).one()


async def test_message__is_recorded_with_the_call_back_in_the_callers_place(
    exchange: Exchange, house: House
) -> None:
    recording_id = await speak(exchange)
    await until(lambda: exchange.engine.forked == {exchange.caller_leg}, "speech recognition")
    exchange.board.hear(Digit(exchange.caller_leg, "#"))
    await until(lambda: exchange.call.state == "ended", "the end")

    assert exchange.call.end_reason == "callback_booked"
    assert (wish(house).source, wish(house).message_id) == ("message", recording_id)
    with house.database.reading() as session:
        place = session.exec(select(QueueEntry)).one()
    assert (place.kind, place.callback_id) == ("callback", wish(house).id)
    exchange.board.hear(RecordingStopped(recording_id, seconds=4.0, error=None))


async def test_message__refused_while_it_is_spoken_is_not_kept(
    exchange: Exchange, house: House
) -> None:
    recording_id = await speak(exchange)
    exchange.board.hear(Digit(exchange.caller_leg, "7"))
    await until(lambda: exchange.call.state == "ended", "the end")

    with house.database.reading() as session:
        assert session.get_one(Recording, recording_id).state == "erased"
    assert exchange.call.recording_refused_by == "caller"
    assert wish(house).state == "waiting"
