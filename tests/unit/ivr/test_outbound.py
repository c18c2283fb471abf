"""A lawyer has taken a call-back: whom the switchboard dials, and whom it does not any more."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from callback import service as callbacks
from hotline.agents.rules import LawyerState
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Callback, Lawyer, QueueEntry
from ivr.sip.heartbeat import Health
from ivr.sip.line import EndReason, TrunkStatus
from tests.unit.api.factories import add_people
from tests.unit.hotline.factories import create_call
from tests.unit.ivr.exchange import Exchange, until

CITIZEN = "13800005555"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
def lawyer_id(house: House) -> str:
    return add_people(house)["li"]


@pytest.fixture
async def exchange(house: House, lawyer_id: str) -> AsyncIterator[Exchange]:
    exchange = Exchange(house)
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)
    assert exchange.engine.legs == set()


@pytest.fixture
def call_id(house: House, lawyer_id: str) -> str:
    """The call that a lawyer's acceptance has made; the switchboard has not heard of it yet."""
    with house.database.session() as session:
        callbacks.request(session, house, number=CITIZEN, language="zh", topic=None)
        entry = session.exec(select(QueueEntry)).one()
        lawyer = session.get_one(Lawyer, lawyer_id)
        offer = make_offer(session, house, entry, lawyer, fence=1)
        return accept(session, house, offer.id, lawyer_id).call_id


def call_now(house: House, call_id: str) -> Call:
    with house.database.reading() as session:
        return session.get_one(Call, call_id)


def wish(house: House) -> Callback:
    with house.database.reading() as session:
        return session.exec(select(Callback)).one()


def place(house: House) -> str:
    with house.database.reading() as session:
        return session.exec(select(QueueEntry)).one().state


def is_lawyer(exchange: Exchange, lawyer_id: str, state: LawyerState) -> bool:
    return exchange.lawyer(lawyer_id).state == state


async def ended(exchange: Exchange, call_id: str) -> None:
    """Lets the switchboard hear of the acceptance, and waits for the call's end."""
    await exchange.tell_events()
    await until(lambda: call_now(exchange.house, call_id).state == "ended", "the call's end")


async def test_run__wish_that_was_cancelled_meanwhile_frees_the_lawyer(
    exchange: Exchange, house: House, lawyer_id: str, call_id: str
) -> None:
    with house.database.session() as session:
        callbacks.cancel(session, house, session.exec(select(Callback)).one())
    await ended(exchange, call_id)
    assert exchange.line.dialled == []
    assert is_lawyer(exchange, lawyer_id, LawyerState.AVAILABLE)
    assert (wish(house).state, place(house)) == ("cancelled", "left")


async def test_run__time_that_is_over_meanwhile_gives_the_place_back(
    exchange: Exchange, house: House, clock: FakeClock, lawyer_id: str, call_id: str
) -> None:
    clock.advance(seconds=12 * 3600)
    await ended(exchange, call_id)
    assert exchange.line.dialled == []
    assert is_lawyer(exchange, lawyer_id, LawyerState.AVAILABLE)
    assert (wish(house).state, place(house)) == ("waiting", "waiting")
    assert call_now(house, call_id).end_reason == "not_dialled"


async def test_run__citizen_who_is_calling_is_not_dialled(
    exchange: Exchange, house: House, lawyer_id: str, call_id: str
) -> None:
    with house.database.session() as session:
        create_call(session, house, number=CITIZEN)
    await ended(exchange, call_id)
    assert exchange.line.dialled == []
    assert is_lawyer(exchange, lawyer_id, LawyerState.AVAILABLE)
    assert (wish(house).state, place(house)) == ("waiting", "waiting")


async def test_run__lawyer_who_hung_up_at_once_has_nobody_dialled(
    exchange: Exchange, house: House, lawyer_id: str, call_id: str
) -> None:
    with house.database.session() as session:
        calls.request_hang_up(session, house, session.get_one(Call, call_id), by=lawyer_id)
    await ended(exchange, call_id)
    assert exchange.line.dialled == []
    assert (wish(house).state, place(house)) == ("waiting", "waiting")


async def test_run__process_that_is_slower_leaves_the_call_alone(
    exchange: Exchange, house: House, lawyer_id: str, call_id: str
) -> None:
    await exchange.tell_events()
    await exchange.dialled()
    slower = Exchange(house)
    await slower.tell_events()
    await slower.board.end_all(timeout_seconds=60)
    assert slower.line.dialled == []
    assert call_now(house, call_id).state == "dialling"
    assert is_lawyer(exchange, lawyer_id, LawyerState.TALKING)


async def test_run__call_that_cannot_begin_strands_nobody(
    exchange: Exchange, house: House, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no engine")

    monkeypatch.setattr(exchange.engine, "choose", fail)
    await ended(exchange, call_id)
    assert (wish(house).state, place(house)) == ("waiting", "waiting")


@pytest.mark.parametrize(
    ("health", "attempts", "result"),
    [(Health.UP, 1, "unreachable"), (Health.UNKNOWN, 1, "unreachable"), (Health.DOWN, 0, "failed")],
)
async def test_dial__trunk_that_is_down_uses_up_no_try(
    exchange: Exchange, house: House, call_id: str, health: Health, attempts: int, result: str
) -> None:
    exchange.line.trunks = [TrunkStatus("trunk", health.value, None, 0, None)]
    await exchange.tell_events()
    (await exchange.dialled()).end(EndReason.UNREACHABLE)
    await until(lambda: call_now(house, call_id).state == "ended", "the call's end")
    found = wish(house)
    assert (found.state, found.attempts, found.last_result) == ("waiting", attempts, result)


async def test_run__lawyer_who_hangs_up_in_ringing_gives_the_place_back_at_once(
    exchange: Exchange, house: House, clock: FakeClock, lawyer_id: str, call_id: str
) -> None:
    await exchange.tell_events()
    await exchange.dialled()
    with house.database.session() as session:
        calls.request_hang_up(session, house, session.get_one(Call, call_id), by=lawyer_id)
    await exchange.tell_events()
    await until(lambda: wish(house).state == "waiting", "the wish to wait again")
    found = wish(house)
    assert (found.attempts, found.next_attempt_at) == (0, clock.now())
    with house.database.reading() as session:
        waiting = session.exec(select(QueueEntry).where(col(QueueEntry.state) == "waiting"))
        assert len(waiting.all()) == 1


async def test_run__lawyer_who_hangs_up_while_a_leg_is_being_opened_leaves_none_behind(
    exchange: Exchange, house: House, lawyer_id: str, call_id: str
) -> None:
    exchange.engine.may_answer.clear()
    await exchange.tell_events()
    await until(lambda: bool(exchange.engine.legs), "the lawyer's leg to be asked for")
    with house.database.session() as session:
        calls.request_hang_up(session, house, session.get_one(Call, call_id), by=lawyer_id)
    await ended(exchange, call_id)
    exchange.engine.may_answer.set()
    await until(lambda: wish(house).state == "waiting", "the wish to wait again")
    assert exchange.engine.legs == set()
    assert exchange.line.dialled == []
