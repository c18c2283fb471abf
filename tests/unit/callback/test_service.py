"""Wishes to be called back, on a real database."""

from datetime import time, timedelta

import pytest
from sqlmodel import select

from callback import attempts, repository, rules, service
from callback.service import Requested
from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotFound, TooMany
from hotline.house import House
from hotline.queueing import service as queue
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.dispatch import run_round
from hotline.queueing.offers import accept, make_offer
from hotline.queueing.rules import Priority
from hotline.tables import Call, Callback, Caller, Offer, QueueEntry
from tests.unit.callback.calling_back import NUMBER, dial, entry_of, fail, stored
from tests.unit.hotline.factories import create_call, create_lawyer, create_waiting


def request(house: House, *, number: str = NUMBER, key: str | None = None) -> Requested:
    with house.database.session() as session:
        return service.request(
            session, house, number=number, language="zh", topic="labour", idempotency_key=key
        )


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


class TestAskingAgain:
    def ask_in_a_call(
        self, house: House, *, language: str = "en", priority: int = Priority.NORMAL
    ) -> Callback:
        """The person of the wish waits on the line and presses the key."""
        with house.database.session() as session:
            entry = create_waiting(session, house, language=language, priority=priority)
            call = session.get_one(Call, entry.call_id)
            callback = service.request_from_call(
                session, house, call, language=language, topic=None, source="key"
            )
            calls.end(session, house, call, reason="callback_booked")
            return callback

    def test_request_from_call__retry_that_is_hours_away_comes_at_once(
        self, house: House, clock: FakeClock
    ) -> None:
        callback = request(house).callback
        fail(house, dial(house, callback))
        clock.advance(seconds=60)
        assert self.ask_in_a_call(house).id == callback.id
        renewed = stored(house, callback)
        assert renewed.next_attempt_at == clock.now() + rules.GOODBYE
        assert (renewed.source, renewed.attempts) == ("key", 0)
        clock.advance(seconds=rules.GOODBYE.total_seconds())
        dial(house, callback)
        assert stored(house, callback).state == "dialling"

    def test_request_from_call__hours_chosen_before_give_way(
        self, house: House, clock: FakeClock
    ) -> None:
        opens_at = clock.now() + timedelta(hours=5)
        with house.database.session() as session:
            callback = service.request(
                session,
                house,
                number=NUMBER,
                language="zh",
                topic="labour",
                window_from=opens_at,
                window_to=opens_at + timedelta(hours=1),
            ).callback
        self.ask_in_a_call(house)
        renewed = stored(house, callback)
        assert renewed.next_attempt_at == clock.now() + rules.GOODBYE
        assert renewed.window_from is None

    def test_request_from_call__lawyer_is_the_one_needed_now(self, house: House) -> None:
        callback = request(house).callback
        self.ask_in_a_call(house)
        entry, renewed = entry_of(house, callback), stored(house, callback)
        assert (entry.language, entry.topic) == ("en", None)
        assert (renewed.language, renewed.topic) == ("en", None)

    @pytest.mark.parametrize(
        ("first", "second"),
        [(Priority.NORMAL, Priority.EMERGENCY), (Priority.EMERGENCY, Priority.NORMAL)],
    )
    def test_request_from_call__the_more_urgent_class_is_kept(
        self, house: House, first: Priority, second: Priority
    ) -> None:
        callback = self.ask_in_a_call(house, priority=first)
        self.ask_in_a_call(house, priority=second)
        assert entry_of(house, callback).priority == Priority.EMERGENCY

    def test_request_from_call__what_rings_for_a_typed_number_is_offered_anew(
        self, house: House
    ) -> None:
        callback = request(house, number="13900002222").callback
        with house.database.session() as session:
            entry = session.get_one(QueueEntry, entry_of(house, callback).id)
            offer = make_offer(session, house, entry, create_lawyer(session, house), fence=1)
            call = create_call(session, house)
            service.request_from_call(
                session, house, call, language="en", topic=None, source="key", number="13900002222"
            )
            assert (offer.state, entry.state) == ("closed", "waiting")


def test_request_from_call__cut_off_in_the_talk_keeps_the_class(
    house: House, clock: FakeClock
) -> None:
    with house.database.session() as session:
        entry = create_waiting(session, house, priority=Priority.EMERGENCY)
        offer = make_offer(session, house, entry, create_lawyer(session, house), fence=1)
        accept(session, house, offer.id, offer.lawyer_id)
        clock.advance(seconds=600)
        call = session.get_one(Call, entry.call_id)
        callback = service.request_from_call(
            session, house, call, language="zh", topic=None, source="lost"
        )
    kept = entry_of(house, callback)
    assert (kept.priority, kept.placed_at) == (Priority.EMERGENCY, call.started_at)


def test_request_from_call__call_back_that_breaks_keeps_the_class(house: House) -> None:
    with house.database.session() as session:
        entry = create_waiting(session, house, priority=Priority.MINOR)
        call = session.get_one(Call, entry.call_id)
        first = service.request_from_call(
            session, house, call, language="zh", topic=None, source="lost"
        )
        calls.end(session, house, call, reason="engine_failed")
    outbound = dial(house, first)
    with house.database.session() as session:
        call = session.get_one(Call, outbound.id)
        attempts.connected(session, house, call)
        second = service.request_from_call(
            session, house, call, language="zh", topic=None, source="lost"
        )
    assert entry_of(house, second).priority == Priority.MINOR


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


def test_quiet_hours__are_those_of_the_rules(house: House) -> None:
    with house.database.session() as session:
        values = {"quiet_from": "12:00", "quiet_until": "14:00"}
        configuration.change(session, house, "callback", values, expected=0, by=None)
        quiet = repository.quiet_hours(session, house)
    assert (quiet.begins, quiet.ends) == (time(12), time(14))


def test_supersede_of_caller__one_that_is_being_dialled_is_not_tried_again(house: House) -> None:
    callback = request(house).callback
    call = dial(house, callback)
    with house.database.session() as session:
        service.supersede_of_caller(session, house, callback.caller_id)
    fail(house, call, "busy")
    assert stored(house, callback).state == "superseded"
    assert entry_of(house, callback).state == "left"


def test_cancel__twice_is_once(house: House) -> None:
    callback = request(house).callback
    for _ in range(2):
        with house.database.session() as session:
            service.cancel(session, house, session.get_one(Callback, callback.id))
    assert stored(house, callback).state == "cancelled"


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
