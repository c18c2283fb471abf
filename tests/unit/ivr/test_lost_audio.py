"""Calls whose audio is gone: the wire fell silent, or the engine died; they end with a reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from callback import service as callback_service
from hotline.calls import control
from hotline.calls.rules import Purpose
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Callback, User
from ivr.media.telling import EngineDied, LegHeard, LegSilent
from ivr.sip.line import Direction
from tests.unit.ivr.exchange import Exchange, reach, until
from tests.unit.ivr.fakes import FakeCall


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


def callbacks(exchange: Exchange) -> list[str]:
    """Where the call-backs come from."""
    with exchange.house.database.reading() as session:
        return [callback.source for callback in session.exec(select(Callback))]


async def reach_telephone(exchange: Exchange, by: str, purpose: Purpose) -> tuple[str, FakeCall]:
    """The lawyer asks for a third party, whose telephone rings: its leg and the telephone."""
    return await reach(exchange, by, purpose), await exchange.dialled()


async def moved(exchange: Exchange, leg: str, move: Callable[[], None]) -> None:
    """A telephone answers, holds or comes back, and the engine knows."""
    before = exchange.engine.updated.count(leg)
    move()
    await until(lambda: exchange.engine.updated.count(leg) > before, "the engine's update")


async def assert_goes_on(exchange: Exchange, lawyer: str) -> None:
    """A lawyer can still take the caller."""
    leg = await exchange.lawyer_accepts(lawyer)
    await until(lambda: leg in exchange.engine.legs, "the lawyer's leg")
    assert not exchange.caller.is_hung_up


async def test_hear__a_caller_who_falls_silent_on_the_wire_is_lost(exchange: Exchange) -> None:
    await exchange.caller_waits()
    exchange.board.hear(LegHeard(exchange.caller_leg))

    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))
    await exchange.state("ended")

    assert exchange.call.end_reason == "caller_lost"
    assert exchange.caller.is_hung_up


async def test_hear__a_caller_who_was_never_heard_may_keep_silent(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    """Phones without a voice to send (music on hold, silence suppressed) are callers too."""
    await exchange.caller_waits()

    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))

    await assert_goes_on(exchange, ids["li"])
    # Nobody may be there any more, which their network knows.
    assert exchange.caller.is_watched


async def test_hear__the_death_of_the_calls_engine_ends_it_as_a_call_back(
    exchange: Exchange,
) -> None:
    await exchange.caller_waits()

    exchange.board.hear(EngineDied(exchange.engine.process_id, exit_code=-9))
    await exchange.state("ended")

    assert exchange.call.end_reason == "engine_failed"
    assert callbacks(exchange) == ["lost"]


async def test_hear__the_death_of_another_engine_is_none_of_its_business(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    await exchange.caller_waits()

    exchange.board.hear(EngineDied(exchange.engine.process_id + 1, exit_code=-9))

    await assert_goes_on(exchange, ids["li"])
    assert callbacks(exchange) == []


async def test_hear__a_caller_who_holds_us_may_keep_silent_and_no_longer(
    exchange: Exchange, ids: dict[str, str]
) -> None:
    leg = await exchange.talk(ids["li"])
    exchange.board.hear(LegHeard(exchange.caller_leg))
    await moved(exchange, exchange.caller_leg, exchange.caller.hold)
    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))

    await moved(exchange, exchange.caller_leg, exchange.caller.resume)
    await exchange.hear_each_other(exchange.caller_leg, leg)
    assert exchange.call.state == "talking"
    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))

    await until(lambda: exchange.call.end_reason == "caller_lost", "the end")


@pytest.mark.parametrize("direction", [Direction.INACTIVE, Direction.SENDONLY])
async def test_hear__whoever_holds_may_send_nothing_whatever_was_announced(
    exchange: Exchange, ids: dict[str, str], direction: Direction
) -> None:
    await exchange.caller_waits()
    exchange.board.hear(LegHeard(exchange.caller_leg))
    await moved(exchange, exchange.caller_leg, lambda: exchange.caller.move(direction))

    exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))

    await assert_goes_on(exchange, ids["li"])


class TestParty:
    @pytest.mark.parametrize("purpose", [Purpose.TRANSFER, Purpose.CONSULT, Purpose.JOIN])
    async def test_hear__a_telephone_that_rings_for_long_is_silent_and_not_lost(
        self, exchange: Exchange, ids: dict[str, str], purpose: Purpose
    ) -> None:
        await exchange.talk(ids["li"])
        leg, telephone = await reach_telephone(exchange, ids["li"], purpose)
        await until(lambda: leg in exchange.engine.legs, "the leg")

        exchange.board.hear(LegSilent(leg, 30.0))
        telephone.pick_up()

        await until(lambda: exchange.parties()[0].state == "talking", "the answer")
        assert not telephone.is_hung_up

    async def test_hear__words_of_the_network_before_the_answer_are_no_promise(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        lawyer = await exchange.talk(ids["li"])
        leg, telephone = await reach_telephone(exchange, ids["li"], Purpose.CONSULT)
        await until(lambda: leg in exchange.engine.legs, "the leg")
        await moved(exchange, leg, telephone.announce)
        exchange.board.hear(LegHeard(leg))

        exchange.board.hear(LegSilent(leg, 30.0))
        telephone.pick_up()

        await exchange.hear_each_other(lawyer, leg)

    async def test_hear__the_time_limit_begins_at_the_answer(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        lawyer = await exchange.talk(ids["li"])
        leg, telephone = await reach_telephone(exchange, ids["li"], Purpose.JOIN)
        await until(lambda: leg in exchange.engine.legs, "the leg")
        telephone.pick_up()
        # The engine has not heard of the answer yet: this is the silence of the ringing.
        exchange.board.hear(LegSilent(leg, 30.0))
        await exchange.hear_each_other(exchange.caller_leg, lawyer, leg)

        exchange.board.hear(LegSilent(leg, 30.0))

        await until(lambda: exchange.parties()[0].end_reason == "lost", "the end")
        assert telephone.is_hung_up
        await exchange.hear_each_other(exchange.caller_leg, lawyer)

    async def test_hear__a_telephone_that_holds_may_keep_silent_and_no_longer(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        lawyer = await exchange.talk(ids["li"])
        leg, telephone = await reach_telephone(exchange, ids["li"], Purpose.JOIN)
        telephone.pick_up()
        await exchange.hear_each_other(exchange.caller_leg, lawyer, leg)
        await moved(exchange, leg, telephone.hold)

        exchange.board.hear(LegSilent(leg, 30.0))
        await moved(exchange, leg, telephone.resume)
        assert exchange.parties()[0].state == "talking"
        exchange.board.hear(LegSilent(leg, 30.0))

        await until(lambda: exchange.parties()[0].end_reason == "lost", "the end")

    async def test_hear__a_browser_whose_audio_is_gone_is_lost(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.talk(ids["li"])
        with exchange.house.database.session() as session:
            call = session.exec(select(Call)).one()
            boss = session.get_one(User, ids["supervisor"])
            seat = control.supervise(session, exchange.house, call, boss, purpose=Purpose.LISTEN)
            ear = seat.party.id
        await exchange.tell_events()
        await until(lambda: ear in exchange.engine.legs, "the supervisor's leg")

        exchange.board.hear(LegSilent(ear, 30.0))

        await until(lambda: exchange.parties()[0].end_reason == "lost", "the end")


class TestCallback:
    async def test_hear__a_citizen_whose_network_falls_silent_while_it_rings_is_not_lost(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        with exchange.house.database.session() as session:
            callback_service.request(
                session,
                exchange.house,
                number="13800005555",
                language="zh",
                topic=None,
                idempotency_key=None,
            )
        lawyer = await exchange.lawyer_accepts(ids["li"])
        citizen = await exchange.dialled()
        exchange.board.hear(LegHeard(lawyer))
        await moved(exchange, exchange.caller_leg, citizen.announce)
        exchange.board.hear(LegHeard(exchange.caller_leg))

        exchange.board.hear(LegSilent(exchange.caller_leg, 30.0))
        citizen.pick_up()

        await exchange.state("talking")
