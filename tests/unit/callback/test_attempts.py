"""Attempts to reach somebody, on a real database."""

from datetime import timedelta

import pytest

from callback import attempts, rules, service
from callback.rules import MAXIMUM_UNREACHED, RETRY_DELAYS
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState, Reason
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.tables import Call, Callback, Lawyer
from tests.unit.callback.calling_back import (
    NUMBER,
    ask,
    begin,
    dial,
    entry_of,
    fail,
    stored,
    take,
)
from tests.unit.hotline.factories import create_call


def wait_until_due(house: House, clock: FakeClock, callback: Callback) -> None:
    clock.advance(seconds=(stored(house, callback).next_attempt_at - clock.now()).total_seconds())


def refuse(house: House, call: Call) -> None:
    with house.database.session() as session:
        attempts.refuse(session, house, session.get_one(Call, call.id))


def call_now(house: House, call: Call) -> Call:
    with house.database.reading() as session:
        return session.get_one(Call, call.id)


def lawyer_now(house: House, call: Call) -> Lawyer:
    with house.database.reading() as session:
        return session.get_one(Lawyer, call.lawyer_id)


class TestBeginAttempt:
    def test_begin_attempt__only_once(self, house: House) -> None:
        callback = ask(house)
        call = take(house, callback)
        assert begin(house, call)
        assert not begin(house, call)
        assert stored(house, callback).state == "dialling"

    def test_begin_attempt__not_outside_the_hours(self, house: House, clock: FakeClock) -> None:
        call = take(house, ask(house))
        clock.advance(seconds=12 * 3600)
        assert not begin(house, call)

    def test_begin_attempt__not_of_a_wish_that_has_ended(self, house: House) -> None:
        callback = ask(house)
        call = take(house, callback)
        with house.database.session() as session:
            service.cancel(session, house, session.get_one(Callback, callback.id))
        assert not begin(house, call)

    def test_begin_attempt__not_while_the_citizen_is_calling(self, house: House) -> None:
        callback = ask(house)
        call = take(house, callback)
        with house.database.session() as session:
            create_call(session, house, number=NUMBER)
        assert not begin(house, call)

    def test_begin_attempt__not_for_a_lawyer_who_has_hung_up(self, house: House) -> None:
        call = take(house, ask(house))
        with house.database.session() as session:
            row = session.get_one(Call, call.id)
            calls.request_hang_up(session, house, row, by=str(row.lawyer_id))
        assert not begin(house, call)


class TestRefuse:
    def test_refuse__everything_is_as_before_the_offer(self, house: House) -> None:
        callback = ask(house)
        before = entry_of(house, callback)
        call = take(house, callback)
        refuse(house, call)
        entry, lawyer = entry_of(house, callback), lawyer_now(house, call)
        assert (entry.state, entry.placed_at) == ("waiting", before.placed_at)
        assert (lawyer.state, lawyer.state_reason) == (LawyerState.AVAILABLE, Reason.NOT_DIALLED)
        assert lawyer.call_id is None
        assert (call_now(house, call).state, stored(house, callback).state) == ("ended", "waiting")
        assert call_now(house, call).end_reason == "not_dialled"

    def test_refuse__twice_is_once(self, house: House) -> None:
        callback = ask(house)
        call = take(house, callback)
        refuse(house, call)
        again = take(house, callback)
        refuse(house, call)
        assert entry_of(house, callback).state == "accepted"
        assert begin(house, again)

    def test_refuse__cancelled_wish_comes_back_no_more(self, house: House) -> None:
        callback = ask(house)
        call = take(house, callback)
        with house.database.session() as session:
            service.cancel(session, house, session.get_one(Callback, callback.id))
        refuse(house, call)
        assert (entry_of(house, callback).state, call_now(house, call).state) == ("left", "ended")
        assert lawyer_now(house, call).state == LawyerState.AVAILABLE

    def test_refuse__lawyer_gets_the_state_that_was_asked_for(self, house: House) -> None:
        call = take(house, ask(house))
        lawyer_id = str(call.lawyer_id)
        with house.database.session() as session:
            agents.set_state(session, house, lawyer_id, LawyerState.BUSY, by=lawyer_id)
        refuse(house, call)
        assert lawyer_now(house, call).state == LawyerState.BUSY


class TestAttemptFailed:
    def test_attempt_failed__waits_longer_each_time_and_ends(
        self, house: House, clock: FakeClock
    ) -> None:
        callback = ask(house)
        for number, delay in enumerate(RETRY_DELAYS, 1):
            fail(house, dial(house, callback))
            now = stored(house, callback)
            assert (now.next_attempt_at >= clock.now() + delay, now.attempts) == (True, number)
            assert entry_of(house, callback).state == "waiting"
            wait_until_due(house, clock, callback)
        fail(house, dial(house, callback))
        ended = stored(house, callback)
        assert (ended.state, ended.closed_reason) == ("exhausted", "exhausted")
        assert entry_of(house, callback).state == "left"

    def test_attempt_failed__is_tried_as_often_and_by_day_as_administrators_say(
        self, house: House, clock: FakeClock
    ) -> None:
        values = {"retry_minutes": [5], "quiet_from": "10:02", "quiet_until": "10:30"}
        with house.database.session() as session:
            configuration.change(session, house, "callback", values, expected=0, by=None)
        callback = ask(house)
        clock.advance(seconds=3 * 3600)
        fail(house, dial(house, callback))
        assert stored(house, callback).next_attempt_at == clock.now() + timedelta(minutes=5)
        clock.advance(seconds=300)
        fail(house, dial(house, callback))
        assert stored(house, callback).state == "exhausted"

    @pytest.mark.parametrize("result", ["lawyer_unreached", "cancelled"])
    def test_attempt_failed__what_the_lawyer_ended_goes_back_to_its_place_at_once(
        self, house: House, clock: FakeClock, result: str
    ) -> None:
        callback = ask(house)
        fail(house, dial(house, callback), result)
        now = stored(house, callback)
        assert (now.state, now.attempts, now.next_attempt_at) == ("waiting", 0, clock.now())
        assert entry_of(house, callback).state == "waiting"

    @pytest.mark.parametrize("result", ["failed", "ivr_restarted", "lost"])
    def test_attempt_failed__on_our_side_uses_up_no_try_and_is_not_repeated_at_once(
        self, house: House, clock: FakeClock, result: str
    ) -> None:
        callback = ask(house)
        for minutes in (1, 2, 4, 8):
            fail(house, dial(house, callback), result)
            now = stored(house, callback)
            assert (now.state, now.attempts) == ("waiting", 0)
            assert now.next_attempt_at == clock.now() + timedelta(minutes=minutes)
            wait_until_due(house, clock, callback)
        fail(house, dial(house, callback))
        now = stored(house, callback)
        assert (now.attempts, now.next_attempt_at) == (1, clock.now() + RETRY_DELAYS[0])

    def test_attempt_failed__trunk_that_stays_dead_ends_the_wish_and_says_why(
        self, house: House, clock: FakeClock
    ) -> None:
        callback = ask(house)
        begun_at = clock.now()
        for _ in range(MAXIMUM_UNREACHED):
            wait_until_due(house, clock, callback)
            fail(house, dial(house, callback), "failed")
        ended = stored(house, callback)
        assert (ended.state, ended.closed_reason) == ("exhausted", "line_failed")
        assert entry_of(house, callback).state == "left"
        assert clock.now() - begun_at > timedelta(hours=12)

    def test_attempt_failed__late_result_of_an_earlier_call_is_ignored(self, house: House) -> None:
        callback = ask(house)
        first = dial(house, callback)
        fail(house, first, "lawyer_unreached")
        taken = take(house, callback)
        fail(house, first, "cancelled")
        assert begin(house, taken)
        fail(house, first, "cancelled")
        assert stored(house, callback).state == "dialling"
        assert entry_of(house, callback).state == "accepted"


def test_connected__ends_the_wish(house: House) -> None:
    callback = ask(house)
    call = dial(house, callback)
    with house.database.session() as session:
        attempts.connected(session, house, session.get_one(Call, call.id))
    now = stored(house, callback)
    assert (now.state, now.closed_reason, now.attempts) == ("connected", "connected", 1)
    assert entry_of(house, callback).state == "left"


def test_connected__after_cancelling_changes_nothing(house: House) -> None:
    callback = ask(house)
    call = dial(house, callback)
    with house.database.session() as session:
        service.cancel(session, house, session.get_one(Callback, callback.id))
        attempts.connected(session, house, session.get_one(Call, call.id))
    assert stored(house, callback).state == rules.CallbackState.CANCELLED
