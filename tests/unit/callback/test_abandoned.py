"""Callers who hang up in the queue and are called back by themselves."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from callback import abandoned, service
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import repository, service as queue
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.rules import Priority
from hotline.tables import Call, Callback, QueueEntry
from tests.unit.hotline.factories import create_call, create_waiting


def hang_up(
    session: Session,
    house: House,
    clock: FakeClock,
    *,
    after_seconds: float = 30,
    number: str | None = "13800001111",
    priority: int = Priority.NORMAL,
) -> tuple[QueueEntry, Callback | None]:
    """A caller who waits so long and hangs up."""
    if number is None:
        call = create_call(session, house, number=None)
        entry = queue.enter(session, house, call=call, language="zh", topic=None)
    else:
        entry = create_waiting(session, house, number=number, priority=priority)
        call = session.get_one(Call, entry.call_id)
    clock.advance(seconds=after_seconds)
    queue.leave(session, house, entry, reason="caller_hung_up")
    callback = abandoned.keep(session, house, call, entry)
    calls.end(session, house, call, reason="caller_hung_up")
    return entry, callback


def due(session: Session, house: House) -> list[str | None]:
    """The call-backs that may be offered now."""
    entries = repository.entries_to_offer(session, now=house.clock.now(), with_callbacks=True)
    return [entry.callback_id for entry in entries if entry.callback_id]


def test_keep__takes_the_place_of_the_call_that_was_given_up(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        entry, callback = hang_up(session, house, clock)
        assert callback is not None
        kept = session.exec(
            select(QueueEntry).where(col(QueueEntry.callback_id) == callback.id)
        ).one()
        assert (kept.kind, kept.placed_at) == ("callback", entry.placed_at)
        assert (callback.source, callback.call_id) == ("abandoned", entry.call_id)


def test_keep__nobody_is_dialled_before_they_could_have_called_again(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        hang_up(session, house, clock)
        delay = timedelta(seconds=CallbackRules().abandoned_delay_seconds)
        assert due(session, house) == []
        clock.advance(seconds=delay.total_seconds())
        assert len(due(session, house)) == 1


@pytest.mark.parametrize(("seconds", "is_kept"), [(5, False), (5.5, True)])
def test_keep__only_who_waited_longer_than_the_limit(
    house: House, clock: FakeClock, seconds: float, is_kept: bool
) -> None:
    with house.database.session() as session:
        _, callback = hang_up(session, house, clock, after_seconds=seconds)
    assert (callback is not None) is is_kept


def test_keep__withheld_number_is_not_kept(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        _, callback = hang_up(session, house, clock, number=None)
    assert callback is None


def test_keep__nothing_where_administrators_do_not_want_it(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        values = {"keep_abandoned": False}
        configuration.change(session, house, "callback", values, expected=0, by=None)
        _, callback = hang_up(session, house, clock)
    assert callback is None


def test_keep__one_number_is_kept_once_in_the_earliest_place(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        entry, first = hang_up(session, house, clock)
        _, second = hang_up(session, house, clock)
        assert first is not None
        assert second is not None
        assert first.id == second.id
        kept = session.exec(select(QueueEntry).where(col(QueueEntry.kind) == "callback")).one()
        assert kept.placed_at == entry.placed_at


def test_keep__wish_for_another_day_becomes_one_for_now(house: House, clock: FakeClock) -> None:
    opens_at = clock.now() + timedelta(hours=24)
    with house.database.session() as session:
        wish = service.request(
            session,
            house,
            number="13800001111",
            language="en",
            topic="family",
            window_from=opens_at,
            window_to=opens_at + timedelta(hours=2),
        ).callback
        entry, kept = hang_up(session, house, clock, priority=Priority.EMERGENCY)
        assert kept is not None
        assert kept.id == wish.id
        place = session.exec(select(QueueEntry).where(col(QueueEntry.kind) == "callback")).one()
        assert (place.language, place.topic, place.priority) == ("zh", None, Priority.EMERGENCY)
        assert place.placed_at == entry.placed_at
        clock.advance(seconds=CallbackRules().abandoned_delay_seconds)
        assert due(session, house) == [wish.id]


def test_keep__whoever_calls_again_is_not_dialled_meanwhile(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        hang_up(session, house, clock)
        clock.advance(seconds=600)
        call = create_call(session, house)
        assert due(session, house) == []
        calls.end(session, house, call, reason="caller_hung_up")
        assert len(due(session, house)) == 1


def test_keep__whoever_calls_again_and_is_served_is_not_called_back(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        _, callback = hang_up(session, house, clock)
        assert callback is not None
        service.supersede_of_caller(session, house, callback.caller_id)
        assert (callback.state, callback.closed_reason) == ("superseded", "called_again")
        clock.advance(seconds=600)
        assert due(session, house) == []
