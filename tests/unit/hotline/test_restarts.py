"""When a process that died is started again."""

import pytest
from hypothesis import given, strategies as st

from hotline import restarts


@pytest.mark.parametrize(
    ("deaths", "delay"), [(0, 0.0), (1, 0.2), (2, 0.4), (3, 0.8), (5, 3.2), (6, 5.0), (900, 5.0)]
)
def test_delay_seconds__doubles_up_to_five(deaths: int, delay: float) -> None:
    assert restarts.delay_seconds([100.0] * deaths, now=100.0) == pytest.approx(delay)


def test_delay_seconds__old_deaths_are_forgiven() -> None:
    assert restarts.delay_seconds([1.0, 2.0, 39.0], now=100.0) == 0.0


def test_is_hopeless__ten_deaths_within_a_minute() -> None:
    assert not restarts.is_hopeless([99.0] * 9, now=100.0)
    assert restarts.is_hopeless([99.0] * 10, now=100.0)


@given(st.lists(st.floats(min_value=0, max_value=1000)))
def test_delay_seconds__stays_between_nothing_and_five(deaths: list[float]) -> None:
    assert 0 <= restarts.delay_seconds(deaths, now=1000) <= 5


def test_ten_quick_deaths__fit_into_the_minute_that_counts_them() -> None:
    now = 0.0
    deaths: list[float] = []
    while not restarts.is_hopeless(deaths, now):
        deaths.append(now)
        now += restarts.delay_seconds(deaths, now)
    assert now < 60
