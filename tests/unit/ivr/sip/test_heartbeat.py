"""Whether a trunk is there."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.heartbeat import LOSSES_UNTIL_DOWN, Health, Heartbeat


def make_heartbeat() -> Heartbeat:
    return Heartbeat(interval_seconds=30.0, random=lambda: 0.5)


class TestHealth:
    def test_answered__up(self) -> None:
        heart = make_heartbeat()

        heart.answered(100.0, 200)

        assert (heart.health, heart.due_at) == (Health.UP, 130.0)

    @pytest.mark.parametrize("status", [200, 403, 404, 405, 481, 500])
    def test_answered__refusals_show_life(self, status: int) -> None:
        heart = make_heartbeat()

        heart.answered(0.0, status)

        assert heart.health is Health.UP

    @pytest.mark.parametrize("status", [408, 503, 504])
    def test_answered__gateway_speaks_for_a_dead_one(self, status: int) -> None:
        heart = make_heartbeat()

        heart.answered(0.0, status)

        assert heart.health is Health.DEGRADED

    def test_lost__degraded_and_asked_sooner_then_down(self) -> None:
        heart = make_heartbeat()
        heart.answered(0.0, 200)

        heart.lost(30.0)
        first = (heart.health, heart.due_at)
        for _ in range(LOSSES_UNTIL_DOWN - 1):
            heart.lost(60.0)

        assert first == (Health.DEGRADED, 40.0)
        assert (heart.health, heart.due_at) == (Health.DOWN, 90.0)

    def test_answered__one_reply_brings_it_back(self) -> None:
        heart = make_heartbeat()
        for _ in range(10):
            heart.lost(0.0)

        heart.answered(1.0, 200)
        heart.lost(2.0)

        assert heart.health is Health.DEGRADED

    def test_heard__requests_of_its_own_show_life_too(self) -> None:
        heart = make_heartbeat()
        for _ in range(LOSSES_UNTIL_DOWN):
            heart.lost(0.0)

        heart.heard()
        heart.lost(1.0)

        assert heart.health is Health.DEGRADED


class TestJitter:
    @given(st.floats(0.0, 1.0))
    def test_due__within_a_tenth_of_the_interval(self, number: float) -> None:
        heart = Heartbeat(interval_seconds=30.0, random=lambda: number)

        heart.answered(0.0, 200)

        assert 27.0 <= heart.due_at <= 33.0


class TestOneDay:
    @given(st.lists(st.booleans(), min_size=20, max_size=20))
    def test_day__asked_as_often_as_said_whatever_comes(self, answers: list[bool]) -> None:
        heart = make_heartbeat()
        now = 0.0
        asked = 0

        while now < 86_400.0:
            if answers[asked % len(answers)]:
                heart.answered(now, 200)
            else:
                heart.lost(now)
            asked += 1
            assert heart.due_at >= now + 10.0
            now = heart.due_at

        assert 86_400 / 30 <= asked <= 86_400 / 10 + 1
