"""Lawyers who are reached on a telephone, at a switchboard without wires."""

from pathlib import Path

import pytest
from sqlmodel import select

from callback import service as callbacks
from hotline.agents import telephones
from hotline.agents.telephones import Medium
from hotline.calls import service as calls
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Callback, QueueEntry, User
from ivr.media.telling import Digit, LegHeard
from tests.unit.ivr.exchange import Exchange, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


class TestTelephone:
    @pytest.fixture(autouse=True)
    def _by_telephone(self, house: House, ids: dict[str, str]) -> None:
        with house.database.session() as session:
            lawyer = session.get_one(User, ids["li"])
            telephones.choose(session, house, lawyer, Medium.NUMBER, number="13900003333")

    async def test_accept__only_the_key_connects(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.caller_waits()
        leg = await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        assert telephone.called == "13900003333"
        telephone.pick_up()
        exchange.board.hear(LegHeard(leg))
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        exchange.board.hear(Digit(leg, "5"))
        assert exchange.call.state == "connecting"
        exchange.board.hear(Digit(leg, "1"))
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)
        telephone.end()
        await exchange.state("rating")
        await until(lambda: leg not in exchange.engine.legs, "the end of the leg")

    async def test_accept__voicemail_sends_the_caller_back_to_the_head(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.caller_waits()
        await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        telephone.pick_up()
        telephone.end()
        await until(lambda: exchange.lawyer(ids["li"]).state == "busy", "the lawyer's state")
        await exchange.state("queued")
        assert exchange.lawyer(ids["li"]).state_reason == "phone_unanswered"
        await until(lambda: self._waits(house) == [exchange.call.id], "the place in the queue")

    @staticmethod
    def _waits(house: House) -> list[str | None]:
        with house.database.reading() as session:
            waiting = select(QueueEntry).where(QueueEntry.state == "waiting")
            return [entry.call_id for entry in session.exec(waiting)]

    async def test_hold__the_telephones_own_key_is_the_consoles(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.caller_waits()
        leg = await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        telephone.pick_up()
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        exchange.board.hear(Digit(leg, "1"))
        await exchange.state("talking")
        telephone.hold()
        await exchange.state("on_hold")
        telephone.resume()
        await exchange.state("talking")


class TestCallbackByTelephone:
    @pytest.fixture(autouse=True)
    def _wish(self, house: House, ids: dict[str, str]) -> None:
        with house.database.session() as session:
            lawyer = session.get_one(User, ids["li"])
            telephones.choose(session, house, lawyer, Medium.NUMBER, number="13900003333")
            callbacks.request(
                session,
                house,
                number="13800005555",
                language="zh",
                topic=None,
                idempotency_key=None,
            )

    async def test_accept__lawyer_is_reached_before_the_citizen(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        assert telephone.called == "13900003333"
        telephone.pick_up()
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        assert exchange.line.dialled == []
        exchange.board.hear(Digit(leg, "1"))
        citizen = await exchange.dialled()
        assert citizen.called == "13800005555"
        citizen.announce()
        await until(
            lambda: exchange.engine.gains == {(exchange.caller_leg, leg)}, "the network's words"
        )
        citizen.pick_up()
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)

    async def test_hang_up__before_the_citizen_answers_ends_the_attempt(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.lawyer_accepts(ids["li"])
        (await exchange.dialled()).pick_up()
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        exchange.board.hear(Digit(leg, "1"))
        await exchange.dialled()
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            calls.request_hang_up(session, house, call, by=ids["li"])
        await exchange.tell_events()
        await exchange.state("ended")
        await until(lambda: self._wish_state(house) == "waiting", "the wish to wait again")

    async def test_accept__citizen_is_not_rung_for_a_voicemail(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        telephone.pick_up()
        telephone.end()
        await exchange.state("ended")
        assert exchange.line.dialled == []
        await until(lambda: self._wish_state(house) == "waiting", "the wish to wait again")
        await until(lambda: exchange.lawyer(ids["li"]).state == "busy", "the lawyer's state")

    @staticmethod
    def _wish_state(house: House) -> str:
        with house.database.reading() as session:
            return session.exec(select(Callback)).one().state
