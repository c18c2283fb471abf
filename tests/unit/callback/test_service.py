"""Wishes to be called back, on a real database."""

from datetime import time, timedelta

import pytest
from sqlmodel import col, select

from callback import attempts, jobs, repository, rules, service
from callback.service import Requested
from hotline.callers import service as callers
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotFound, TooMany
from hotline.house import House
from hotline.queueing import service as queue
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.dispatch import run_round
from hotline.queueing.offers import accept
from hotline.tables import Call, Callback, Caller, Offer, QueueEntry
from tests.unit.hotline.factories import create_call, create_lawyer, create_waiting

NUMBER = "13800001111"


def request(house: House, *, number: str = NUMBER, key: str | None = None) -> Requested:
    with house.database.session() as session:
        return service.request(
            session, house, number=number, language="zh", topic="labour", idempotency_key=key
        )


def stored(house: House, callback: Callback) -> Callback:
    with house.database.reading() as session:
        return session.get_one(Callback, callback.id)


def entry_of(house: House, callback: Callback) -> QueueEntry:
    with house.database.reading() as session:
        query = select(QueueEntry).where(col(QueueEntry.callback_id) == callback.id)
        return session.exec(query).one()


def begin(house: House, callback: Callback) -> int | None:
    with house.database.session() as session:
        return attempts.begin_attempt(session, house, callback.id)


def fail(house: House, callback: Callback, result: str = "no_answer") -> None:
    with house.database.session() as session:
        attempt = session.get_one(Callback, callback.id).attempts
        attempts.attempt_failed(session, house, callback.id, attempt=attempt, result=result)


def test_request__takes_a_place_in_the_queue(house: House) -> None:
    callback = request(house).callback
    assert entry_of(house, callback).kind == "callback"


def test_request__same_key_gives_the_same_wish_and_token(house: House) -> None:
    first, second = request(house, key="k"), request(house, key="k")
    assert (first.callback.id, first.token) == (second.callback.id, second.token)
    assert (first.is_new, second.is_new) == (True, False)


def test_request__same_key_for_another_number_is_refused(house: House) -> None:
    request(house, key="k")
    with pytest.raises(InvalidInput):
        request(house, number="13900002222", key="k")


def test_request__second_wish_of_a_number_is_a_conflict(house: House) -> None:
    request(house)
    with pytest.raises(Conflict):
        request(house)


def test_request__number_that_cannot_be_dialled_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput):
        request(house, number="123")


def test_find_by_token__wrong_token_is_not_found(house: House) -> None:
    wish = request(house)
    with house.database.reading() as session:
        assert service.find_by_token(session, wish.callback.id, wish.token).id == wish.callback.id
        with pytest.raises(NotFound):
            service.find_by_token(session, wish.callback.id, "wrong")


def test_request_from_call__keeps_the_place(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        entry = create_waiting(session, house)
        clock.advance(seconds=60)
        create_waiting(session, house, number="13900002222")
        call = session.get_one(Call, entry.call_id)
        callback = service.request_from_call(
            session, house, call, language="zh", topic=None, source="key"
        )
        first = queue.waiting(session, house)[0].entry
    assert (first.callback_id, first.call_id) == (callback.id, None)
    assert first.placed_at == entry.placed_at


def test_request_from_call__withheld_number_is_refused(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house, number=None)
    with pytest.raises(InvalidInput), house.database.session() as session:
        service.request_from_call(session, house, call, language="zh", topic=None, source="key")


def test_request_from_call__typed_number_is_dialled_in_the_place_of_the_call(house: House) -> None:
    with house.database.session() as session:
        entry = create_waiting(session, house)
        call = session.get_one(Call, entry.call_id)
        callback = service.request_from_call(
            session, house, call, language="zh", topic=None, source="key", number="13900002222"
        )
        caller = session.get_one(Caller, callback.caller_id)
        assert callers.number_of(house, caller) == "13900002222"
        assert (callback.placed_at, callback.call_id) == (entry.placed_at, call.id)
        assert callback.caller_id != call.caller_id


def test_request_from_call__typed_number_that_is_asked_for_too_often_is_refused(
    house: House,
) -> None:
    allowed = CallbackRules().requests_per_number_a_day
    for _ in range(allowed):
        callback = request(house, number="13900002222").callback
        with house.database.session() as session:
            service.cancel(session, house, session.get_one(Callback, callback.id))
    with house.database.session() as session:
        call = create_call(session, house)
    with pytest.raises(TooMany), house.database.session() as session:
        service.request_from_call(
            session, house, call, language="zh", topic=None, source="key", number="13900002222"
        )


def test_supersede_of_caller__ends_a_wish_for_another_number_too(house: House) -> None:
    with house.database.session() as session:
        call = create_call(session, house)
        callback = service.request_from_call(
            session, house, call, language="zh", topic=None, source="key", number="13900002222"
        )
        assert call.caller_id is not None
        service.supersede_of_caller(session, house, call.caller_id)
    ended = stored(house, callback)
    assert (ended.state, ended.closed_reason) == ("superseded", "called_again")
    assert entry_of(house, callback).state == "left"


def test_begin_attempt__only_once(house: House) -> None:
    callback = request(house).callback
    assert begin(house, callback)
    assert not begin(house, callback)


def test_attempt_failed__waits_longer_each_time_and_ends(house: House, clock: FakeClock) -> None:
    callback = request(house).callback
    for delay in rules.RETRY_DELAYS:
        assert begin(house, callback)
        fail(house, callback)
        assert stored(house, callback).next_attempt_at >= clock.now() + delay
        assert not begin(house, callback)
        clock.advance(
            seconds=(stored(house, callback).next_attempt_at - clock.now()).total_seconds()
        )
    assert begin(house, callback)
    fail(house, callback)
    assert stored(house, callback).state == "exhausted"
    assert entry_of(house, callback).state == "left"


def test_attempt_failed__is_tried_as_often_and_by_day_as_administrators_say(
    house: House, clock: FakeClock
) -> None:
    values = {"retry_minutes": [5], "quiet_from": "10:02", "quiet_until": "10:30"}
    with house.database.session() as session:
        configuration.change(session, house, "callback", values, expected=0, by=None)
    callback = request(house).callback
    clock.advance(seconds=3 * 3600)
    assert begin(house, callback)
    fail(house, callback)
    assert stored(house, callback).next_attempt_at == clock.now() + timedelta(minutes=5)
    clock.advance(seconds=300)
    assert begin(house, callback)
    fail(house, callback)
    assert stored(house, callback).state == "exhausted"


def test_quiet_hours__are_those_of_the_rules(house: House) -> None:
    with house.database.session() as session:
        values = {"quiet_from": "12:00", "quiet_until": "14:00"}
        configuration.change(session, house, "callback", values, expected=0, by=None)
        quiet = repository.quiet_hours(session, house)
    assert (quiet.begins, quiet.ends) == (time(12), time(14))


def test_connected__ends_the_wish(house: House) -> None:
    callback = request(house).callback
    begin(house, callback)
    with house.database.session() as session:
        attempts.connected(session, house, callback.id, attempt=1)
    assert stored(house, callback).state == "connected"
    assert entry_of(house, callback).state == "left"


def test_cancel__twice_is_once(house: House) -> None:
    callback = request(house).callback
    for _ in range(2):
        with house.database.session() as session:
            service.cancel(session, house, session.get_one(Callback, callback.id))
    assert stored(house, callback).state == "cancelled"


def test_sweep__gives_back_the_attempt_of_a_dead_process(house: House, clock: FakeClock) -> None:
    callback = request(house).callback
    begin(house, callback)
    jobs.sweep(house)
    assert stored(house, callback).state == "dialling"
    clock.advance(seconds=rules.ATTEMPT_LIMIT / timedelta(seconds=1))
    jobs.sweep(house)
    assert stored(house, callback).state == "waiting"


@pytest.mark.parametrize(("trunk", "offers"), [("", 0), ("127.0.0.1:5070", 1)])
def test_run_round__offers_a_due_call_back_when_a_trunk_takes_it(
    house: House, trunk: str, offers: int
) -> None:
    request(house)
    with_trunk = house.settings.model_copy(update={"trunk_outbound": trunk})
    office = House(with_trunk, house.database, house.vault, house.bus, house.clock)
    with office.database.session() as session:
        lawyer = create_lawyer(session, office)
    with office.database.session() as session:
        run_round(session, office, fence=1)
        made = session.exec(select(Offer)).all()
        assert len(made) == offers
        for offer in made:
            won = accept(session, office, offer.id, lawyer.user_id)
            assert session.get_one(Call, won.call_id).direction == "out"


def test_attempt_failed__late_result_of_an_earlier_attempt_is_ignored(
    house: House, clock: FakeClock
) -> None:
    callback = request(house).callback
    begin(house, callback)
    fail(house, callback)
    clock.advance(seconds=(stored(house, callback).next_attempt_at - clock.now()).total_seconds())
    assert begin(house, callback) == 2
    with house.database.session() as session:
        attempts.attempt_failed(session, house, callback.id, attempt=1, result="busy")
    assert stored(house, callback).state == "dialling"
