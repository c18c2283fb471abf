"""What callers are told of their wait, on a real database."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from callback import service as callbacks
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.queueing import forecasts, service as queue
from hotline.queueing.dispatch import run_round
from hotline.queueing.forecast import AVERAGE_TALK_SECONDS
from hotline.queueing.offers import accept
from hotline.tables import Call, Forecast, Lawyer, Offer, QueueEntry
from tests.unit.hotline.factories import create_call, create_lawyer, create_waiting

DAY = timedelta(days=1)


def make_busy(session: Session, house: House, lawyer: Lawyer) -> None:
    """A lawyer whose talk has just begun."""
    agents.change(session, house, lawyer, LawyerState.TALKING, by="system")


def told(session: Session) -> list[Forecast]:
    """What was told, in order."""
    return list(session.exec(select(Forecast).order_by(col(Forecast.id))).all())


def tell(session: Session, house: House) -> None:
    """Everybody is told what is news."""
    forecasts.keep(session, house, forecasts.look(session, house).values())
    session.flush()


def serve(session: Session, house: House, entry: QueueEntry, lawyer: Lawyer) -> None:
    """The lawyer becomes free and takes the caller."""
    agents.change(session, house, lawyer, LawyerState.AVAILABLE, by="system")
    run_round(session, house, fence=1)
    offer = session.exec(select(Offer).where(col(Offer.entry_id) == entry.id)).one()
    accept(session, house, offer.id, lawyer.user_id)


class TestLook:
    def test_look__nobody_on_duty_is_a_place_without_forecast(self, house: House) -> None:
        with house.database.session() as session:
            entry = create_waiting(session, house)
            standing = forecasts.look(session, house)[entry.id]
        assert (standing.position, standing.forecast, standing.is_news) == (1, None, False)

    def test_look__the_later_place_waits_longer(self, house: House, clock: FakeClock) -> None:
        with house.database.session() as session:
            make_busy(session, house, create_lawyer(session, house))
            first = create_waiting(session, house)
            clock.advance(seconds=1)
            second = create_waiting(session, house, number="13900002222")
            found = forecasts.look(session, house)
        assert [found[first.id].position, found[second.id].position] == [1, 2]
        one, two = found[first.id].forecast, found[second.id].forecast
        assert one is not None
        assert two is not None
        assert two.median > one.median + AVERAGE_TALK_SECONDS / 2

    def test_look__long_is_what_administrators_call_so(self, house: House) -> None:
        with house.database.session() as session:
            make_busy(session, house, create_lawyer(session, house))
            entry = create_waiting(session, house)
            assert not forecasts.look(session, house)[entry.id].is_long
            configuration.change(
                session, house, "callback", {"long_wait_minutes": 2}, expected=0, by=None
            )
            assert forecasts.look(session, house)[entry.id].is_long

    def test_look__offers_come_with_the_second_of_their_step(
        self, house: House, clock: FakeClock
    ) -> None:
        steps = {"widen_topic_seconds": 100, "interpreter_seconds": None} | {
            "offer_callback_seconds": 100,
            "message_seconds": 200,
        }
        with house.database.session() as session:
            configuration.change(session, house, "queue", steps, expected=0, by=None)
            entry = create_waiting(session, house)
            offers = []
            for _ in range(3):
                standing = forecasts.look(session, house)[entry.id]
                offers.append((standing.is_long, standing.may_leave_message))
                clock.advance(seconds=100)

        assert offers == [(False, False), (True, False), (True, True)]

    def test_look__a_message_without_the_step_before_does_not_make_the_wait_long(
        self, house: House
    ) -> None:
        before = ("widen_topic_seconds", "interpreter_seconds", "offer_callback_seconds")
        steps = dict.fromkeys(before) | {"message_seconds": 0}
        with house.database.session() as session:
            configuration.change(session, house, "queue", steps, expected=0, by=None)
            entry = create_waiting(session, house)
            standing = forecasts.look(session, house)[entry.id]

        assert (standing.is_long, standing.may_leave_message) == (False, True)

    def test_look__call_back_that_nothing_can_dial_is_ahead_of_nobody(
        self, house: House, clock: FakeClock
    ) -> None:
        assert not house.settings.can_dial
        with house.database.session() as session:
            call = create_call(session, house, number="13900002222")
            callbacks.request_from_call(
                session, house, call, language="zh", topic=None, source="key"
            )
            calls.end(session, house, call, reason="callback_booked")
            clock.advance(seconds=60)
            entry = create_waiting(session, house)
            found = forecasts.look(session, house)
        assert set(found) == {entry.id}
        assert found[entry.id].position == 1


class TestKeep:
    def test_keep__same_range_is_told_once(self, house: House) -> None:
        with house.database.session() as session:
            make_busy(session, house, create_lawyer(session, house))
            create_waiting(session, house)
            tell(session, house)
            tell(session, house)
            rows = told(session)
        assert [row.wait_class for row in rows] == ["5_10"]
        assert (rows[0].ahead, rows[0].staff) == (0, 1)

    def test_keep__another_range_is_told_again(self, house: House, clock: FakeClock) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            make_busy(session, house, lawyer)
            create_waiting(session, house)
            tell(session, house)
            agents.change(session, house, lawyer, LawyerState.WRAP_UP, by="system")
            lawyer.state_until = clock.now() + timedelta(seconds=60)
            tell(session, house)
            assert [row.wait_class for row in told(session)] == ["5_10", "1_3"]


class TestSettle:
    def test_settle__served_caller_makes_the_forecast_true_or_not(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            lawyer = create_lawyer(session, house)
            make_busy(session, house, lawyer)
            entry = create_waiting(session, house)
            tell(session, house)
            clock.advance(seconds=400)
            serve(session, house, entry, lawyer)
            assert forecasts.settle(session, house) == 1
            assert forecasts.settle(session, house) == 0
            row = told(session)[0]
            assert (row.outcome, row.waited_seconds) == ("served", 400)
            found = forecasts.accuracy(session, since=clock.now() - DAY)
        assert (found.count, found.in_range, found.not_later) == (1, 1.0, 1.0)
        assert found.median_error_seconds == pytest.approx(abs(400 - row.median_seconds), abs=0.1)

    def test_settle__who_hung_up_is_not_counted_as_served(
        self, house: House, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            make_busy(session, house, create_lawyer(session, house))
            entry = create_waiting(session, house)
            tell(session, house)
            clock.advance(seconds=30)
            queue.leave(session, house, entry, reason="caller_hung_up")
            forecasts.settle(session, house)
            assert (told(session)[0].outcome, told(session)[0].waited_seconds) == ("abandoned", 30)
            assert forecasts.accuracy(session, since=clock.now() - DAY).count == 0

    def test_settle__change_to_a_call_back_is_neither(self, house: House) -> None:
        with house.database.session() as session:
            make_busy(session, house, create_lawyer(session, house))
            entry = create_waiting(session, house)
            tell(session, house)
            call = session.get_one(Call, entry.call_id)
            callbacks.request_from_call(
                session, house, call, language="zh", topic=None, source="key"
            )
            forecasts.settle(session, house)
            assert (told(session)[0].outcome, told(session)[0].waited_seconds) == ("callback", None)


def test_talks__are_learnt_by_topic(house: House, clock: FakeClock) -> None:
    with house.database.session() as session:
        for _ in range(40):
            call = create_call(session, house)
            call.topic, call.bridged_at = "family", clock.now()
            clock.advance(seconds=900)
            calls.end(session, house, call, reason="lawyer_hung_up")
        found = forecasts.talks(session, house)
    assert found.mean("family") > found.mean("labour") > AVERAGE_TALK_SECONDS
    assert found.mean("family") == pytest.approx(900, rel=0.1)
