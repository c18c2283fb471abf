import pytest
from hypothesis import given, strategies as st

from ivr.media.quality import opinion_score, rating

LOSSES = st.floats(0, 1)
DELAYS = st.floats(0, 2000)


def score(*, loss: float, delay_ms: float) -> float:
    return opinion_score(rating(loss=loss, delay_ms=delay_ms))


def test_opinion_score__of_a_clean_call_is_that_of_g711() -> None:
    """G.107 gives 4.41 for R = 93.2."""
    assert score(loss=0, delay_ms=0) == pytest.approx(4.41, abs=0.01)


@pytest.mark.parametrize(
    ("given_rating", "expected"),
    [(-5, 1.0), (50, 2.58), (60, 3.10), (70, 3.60), (80, 4.03), (90, 4.34)],
)
def test_opinion_score__follows_the_table_of_g107_annex_b(
    given_rating: float, expected: float
) -> None:
    assert opinion_score(given_rating) == pytest.approx(expected, abs=0.01)


def test_rating__one_percent_costs_little_ten_percent_much() -> None:
    assert 4.2 < score(loss=0.01, delay_ms=60) < 4.35
    assert 2.8 < score(loss=0.10, delay_ms=60) < 3.4


def test_rating__half_a_second_of_delay_is_bad() -> None:
    assert score(loss=0, delay_ms=500) < 3.0


@given(LOSSES, LOSSES, DELAYS)
def test_opinion_score__more_loss_is_never_better(one: float, other: float, delay: float) -> None:
    less, more = sorted((one, other))

    assert score(loss=more, delay_ms=delay) <= score(loss=less, delay_ms=delay)


@given(LOSSES, DELAYS, DELAYS)
def test_opinion_score__more_delay_is_never_better(loss: float, one: float, other: float) -> None:
    less, more = sorted((one, other))

    assert score(loss=loss, delay_ms=more) <= score(loss=loss, delay_ms=less)


@given(st.floats(-100, 200))
def test_opinion_score__stays_on_its_scale(any_rating: float) -> None:
    assert 1.0 <= opinion_score(any_rating) <= 4.5
