"""Whole talks at the switchboard, with an engine and a line that only remember."""

import gc
from pathlib import Path
from weakref import ref

import pytest
from sqlmodel import select

from hotline.calls import control, service as calls
from hotline.calls.legs import voice_source
from hotline.calls.rules import Control, Purpose
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.settings import Settings, load_settings
from hotline.tables import (
    Call,
    Lawyer,
    QueueEntry,
    RecordingPause,
    User,
)
from ivr.media.telling import LegHeard
from ivr.runner import CallRunner
from tests.unit.ivr.exchange import Exchange, ask, reach, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


class TestHold:
    async def test_hold__takes_caller_and_lawyer_apart_and_back(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.hear_each_other(exchange.caller_leg, leg)
        await ask(exchange, ids["li"], Control.HOLD)
        await exchange.state("on_hold")
        await exchange.hear_each_other()
        await until(
            lambda: exchange.engine.playing.get(exchange.caller_leg) == ("hold",), "the music"
        )
        assert list(exchange.engine.recordings.values()) == [False]
        await ask(exchange, ids["li"], Control.RESUME)
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)


class TestMute:
    async def test_mute__nobody_hears_the_lawyer_or_keeps_the_words(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.understands(exchange.caller_leg, leg)
        await ask(exchange, ids["li"], Control.MUTE)
        await until(lambda: exchange.engine.gains == {(exchange.caller_leg, leg)}, "silence")
        await exchange.understands(exchange.caller_leg)
        await exchange.records()
        await until(lambda: self._is_lawyer_muted(house), "the row")
        await ask(exchange, ids["li"], Control.UNMUTE)
        await until(lambda: not self._is_lawyer_muted(house), "the row again")
        await exchange.hear_each_other(exchange.caller_leg, leg)
        await exchange.understands(exchange.caller_leg, leg)
        await exchange.records(leg)

    async def test_mute__caller_comes_to_another_lawyer__who_is_heard_and_shown_so(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.talk(ids["li"])
        await ask(exchange, ids["li"], Control.MUTE)
        await until(lambda: self._is_lawyer_muted(house), "the row")
        await ask(exchange, ids["li"], Control.QUEUE)
        await exchange.state("queued")
        await until(lambda: not self._is_lawyer_muted(house), "the row again")

    @staticmethod
    def _is_lawyer_muted(house: House) -> bool:
        with house.database.reading() as session:
            return session.exec(select(Call.is_lawyer_muted)).one()

    async def test_mute__call_ends__nobody_is_muted_any_more(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.talk(ids["li"])
        await ask(exchange, ids["li"], Control.MUTE)
        await until(lambda: self._is_lawyer_muted(house), "the row")
        exchange.caller.end()
        await exchange.state("ended")
        assert not self._is_lawyer_muted(house)


class TestMemory:
    async def test_call_that_is_over__is_gone_without_a_search_for_cycles(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        """What the collector has to find piles up for hundreds of calls until it looks."""
        leg = await exchange.talk(ids["li"])
        await reach(exchange, ids["li"], Purpose.JOIN)
        telephone = await exchange.dialled()
        telephone.pick_up()
        await until(lambda: len(exchange.engine.gains) == 6, "the talk of three")
        runners = [one for one in gc.get_objects() if isinstance(one, CallRunner)]
        (call,) = (ref(one) for one in runners if one.lawyer == ids["li"])
        runners.clear()
        gc.disable()
        try:
            exchange.caller.end()
            telephone.end()
            await exchange.state("ended")
            exchange.board.hear(LegHeard(leg))
            await until(lambda: call() is None, "the call's end in memory")
        finally:
            gc.enable()


class TestRecording:
    async def test_pause__keeps_why_and_from_when_to_when(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.talk(ids["li"])
        await ask(exchange, ids["li"], Control.PAUSE_RECORDING, reason="identity")
        await until(lambda: list(exchange.engine.recordings.values()) == [True], "the pause")
        await until(lambda: self._pauses(house), "the row")
        await ask(exchange, ids["li"], Control.RESUME_RECORDING)
        await until(lambda: list(exchange.engine.recordings.values()) == [False], "voices")
        await until(lambda: self._pauses(house)[0].resumed_at is not None, "the row's end")
        assert self._pauses(house)[0].reason == "identity"

    async def test_pause__what_is_said_meanwhile_goes_to_no_speech_recognition(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.understands(exchange.caller_leg, leg)
        await ask(exchange, ids["li"], Control.PAUSE_RECORDING, reason="identity")
        await exchange.understands()
        await until(lambda: list(exchange.engine.recordings.values()) == [True], "the pause")
        await ask(exchange, ids["li"], Control.HOLD)
        await exchange.state("on_hold")
        await ask(exchange, ids["li"], Control.RESUME)
        await exchange.state("talking")
        assert exchange.engine.forked == set()
        await ask(exchange, ids["li"], Control.RESUME_RECORDING)
        await exchange.understands(exchange.caller_leg, leg)

    @staticmethod
    def _pauses(house: House) -> list[RecordingPause]:
        with house.database.reading() as session:
            return list(session.exec(select(RecordingPause)))


class TestBrowserAudio:
    async def test_open_leg__hears_the_gateway_alone(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        lawyer = await exchange.talk(ids["li"])
        telephone = await reach(exchange, ids["li"], Purpose.JOIN)
        await exchange.dialled()
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            boss = session.get_one(User, ids["supervisor"])
            ear = control.supervise(session, house, call, boss, purpose=Purpose.LISTEN).party.id
        await exchange.tell_events()
        await until(lambda: ear in exchange.engine.legs, "the supervisor's leg")

        assert exchange.engine.sources == {
            exchange.caller_leg: None,
            lawyer: voice_source(house, lawyer),
            telephone: None,
            ear: voice_source(house, ear),
        }


class TestHangUpTooSoon:
    async def test_hang_up__before_the_call_has_come_gives_the_caller_the_place_back(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.caller_waits()
        with house.database.session() as session:
            entry = session.exec(select(QueueEntry)).one()
            lawyer = session.get_one(Lawyer, ids["li"])
            offer = make_offer(session, house, entry, lawyer, fence=1)
            accept(session, house, offer.id, lawyer.user_id)
            call = session.exec(select(Call)).one()
            calls.request_hang_up(session, house, call, by=ids["li"])
        await exchange.tell_events()
        await exchange.waits()
        assert exchange.call.state != "ended"
