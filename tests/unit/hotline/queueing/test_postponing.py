"""Wishes whose hours are over: offered to nobody, and the citizen's page says when it will be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from callback import service as callbacks
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import repository
from hotline.queueing.dispatch import run_round
from hotline.settings import Settings, load_settings
from hotline.tables import Callback, Offer, QueueEntry
from tests.unit.hotline.factories import create_lawyer

# In Shanghai it is eight hours later: quiet hours are from 13 to 0 o'clock UTC.
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 13, tzinfo=UTC)
MORNING_AFTER = datetime(2026, 3, 3, tzinfo=UTC)
OFFER = timedelta(seconds=20)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


def ask(session: Session, house: House, *, opens_at: datetime | None = None) -> Callback:
    """A wish from the page, with or without two hours of the person's own."""
    return callbacks.request(
        session,
        house,
        number="13800001111",
        language="zh",
        topic=None,
        window_from=opens_at,
        window_to=opens_at + timedelta(hours=2) if opens_at is not None else None,
    ).callback


def wait_until(clock: FakeClock, moment: datetime) -> None:
    clock.advance(seconds=(moment - clock.now()).total_seconds())


def offers(session: Session, house: House) -> list[Offer]:
    """What rings after a round beside a lawyer who is free."""
    if not session.exec(select(Offer)).all():
        create_lawyer(session, house)
    run_round(session, house, fence=1)
    return list(session.exec(select(Offer).where(col(Offer.state) == "open")))


def due(session: Session, house: House) -> bool:
    entries = repository.entries_to_offer(session, now=house.clock.now(), with_callbacks=True)
    return bool(entries)


@pytest.mark.parametrize("before", [timedelta(0), timedelta(seconds=1), OFFER])
def test_run_round__nobody_is_offered_whose_quiet_hours_come(
    house: House, clock: FakeClock, before: timedelta
) -> None:
    with house.database.session() as session:
        wish = ask(session, house)
        wait_until(clock, EVENING - before)
        assert offers(session, house) == []
        session.refresh(wish)
        assert (wish.state, wish.next_attempt_at) == ("waiting", MORNING_AFTER)
        assert not due(session, house)


def test_run_round__the_last_offer_of_the_day_may_be_accepted_to_its_end(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        wish = ask(session, house)
        wait_until(clock, EVENING - OFFER - timedelta(seconds=6))
        assert len(offers(session, house)) == 1
        clock.advance(seconds=1)
        run_round(session, house, fence=1)
        session.refresh(wish)
        assert wish.next_attempt_at <= clock.now()


def test_run_round__postponed_wish_is_offered_in_the_morning_in_the_old_place(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        ask(session, house)
        placed_at = session.exec(select(QueueEntry)).one().placed_at
        wait_until(clock, EVENING)
        assert offers(session, house) == []
        wait_until(clock, MORNING_AFTER)
        assert len(offers(session, house)) == 1
        assert session.exec(select(QueueEntry)).one().placed_at == placed_at


def test_run_round__hours_of_ones_own_come_again_the_next_day(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        wish = ask(session, house, opens_at=NOON + timedelta(hours=1))
        wait_until(clock, NOON + timedelta(hours=3))
        assert offers(session, house) == []
        session.refresh(wish)
        assert wish.next_attempt_at == NOON + timedelta(days=1, hours=1)


def test_run_round__hours_of_ones_own_are_kept_at_night(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        ask(session, house, opens_at=EVENING)
        wait_until(clock, EVENING + timedelta(hours=1))
        assert len(offers(session, house)) == 1


def test_run_round__quiet_hours_that_are_set_later_hold_too(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        wish = ask(session, house)
        values = {"quiet_from": "12:00", "quiet_until": "14:00"}
        configuration.change(session, house, "callback", values, expected=0, by=None)
        assert offers(session, house) == []
        session.refresh(wish)
        assert wish.next_attempt_at == NOON + timedelta(hours=2)


def test_run_round__what_rings_or_is_taken_is_left_alone(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        wish = ask(session, house)
        (entry,) = session.exec(select(QueueEntry))
        entry.state = "accepted"
        wait_until(clock, EVENING)
        run_round(session, house, fence=1)
        session.refresh(wish)
        assert wish.next_attempt_at == NOON
