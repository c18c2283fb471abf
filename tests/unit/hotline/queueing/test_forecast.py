"""How long somebody will wait."""

from dataclasses import astuple, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from hotline.queueing.forecast import (
    ANSWER_SECONDS,
    AVERAGE_TALK_SECONDS,
    CLASSES,
    Forecast,
    Seat,
    Talks,
    Wanted,
    classify,
    estimate,
    estimate_all,
    shrunk,
)

ZH, EN = frozenset({"zh"}), frozenset({"en"})
ALL = frozenset({"*"})

TALKED = st.none() | st.floats(0, 3600)
LANGUAGES = st.sets(st.sampled_from(("zh", "en", "ko")), min_size=1).map(frozenset)
TOPICS = st.sampled_from((ALL, frozenset({"labour"}), frozenset({"family", "labour"})))


def make_seat(number: int, *, talked: float | None = 0.0, languages: frozenset[str] = ZH) -> Seat:
    """A lawyer who has just begun to talk."""
    return Seat(f"lawyer_{number}", languages, ALL, talked_seconds=talked)


def make_queue(count: int, *, language: str = "zh") -> list[Wanted]:
    """So many callers."""
    return [Wanted(f"{language}_{number}", language) for number in range(count)]


@st.composite
def seats(draw: st.DrawFn) -> list[Seat]:
    """Up to six lawyers of all kinds."""
    return [
        Seat(
            f"lawyer_{number}",
            draw(LANGUAGES),
            draw(TOPICS),
            talked_seconds=draw(TALKED),
            topic=draw(st.sampled_from((None, "labour"))),
            free_in_seconds=draw(st.floats(0, 300)),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@st.composite
def queues(draw: st.DrawFn) -> list[Wanted]:
    """Up to eight callers of all kinds."""
    topics = st.sampled_from((None, "labour", "family"))
    return [
        Wanted(f"caller_{number}", draw(st.sampled_from(("zh", "en", "ko"))), draw(topics))
        for number in range(draw(st.integers(0, 8)))
    ]


def waits(forecast: Forecast) -> tuple[float, ...]:
    """The seconds of a forecast."""
    return (forecast.low, forecast.median, forecast.said, forecast.high)


class TestEstimate:
    def test_estimate__nobody_on_duty_is_no_forecast(self) -> None:
        assert estimate(Wanted("me", "ko"), [], [make_seat(1)], Talks()) is None

    def test_estimate__free_lawyer_and_nobody_ahead_is_the_answer_alone(self) -> None:
        found = estimate(Wanted("me", "zh"), [], [make_seat(1, talked=None)], Talks())
        assert found is not None
        assert waits(found) == (ANSWER_SECONDS,) * 4

    def test_estimate__one_fresh_talk_takes_as_long_as_talks_do(self) -> None:
        talks = Talks(average=400, wrap_up=60)
        found = estimate(Wanted("me", "zh"), [], [make_seat(1)], talks)
        assert found is not None
        # The median of a log-normal distribution with this mean and variation is 0.74 of the mean.
        assert found.median == pytest.approx(0.74 * 400 + 60 + ANSWER_SECONDS, rel=0.05)

    def test_estimate__agrees_with_the_mean_rate_of_many_lawyers(self) -> None:
        talks = Talks(average=440, wrap_up=60)
        busy = [make_seat(number, talked=number * 47.0 % 400) for number in range(20)]
        found = estimate(Wanted("me", "zh"), make_queue(40), busy, talks)
        assert found is not None
        # 20 lawyers free themselves every (440 + 60 + 5) s on average: 41 of them in 1035 s.
        assert found.median == pytest.approx(41 * 505 / 20, rel=0.15)

    def test_estimate__those_ahead_of_other_languages_do_not_count(self) -> None:
        busy = [make_seat(1), make_seat(2, languages=EN)]
        alone = estimate(Wanted("me", "zh"), [], busy, Talks())
        assert estimate(Wanted("me", "zh"), make_queue(5, language="en"), busy, Talks()) == alone

    def test_estimate__those_ahead_who_have_other_lawyers_too_count_in_part(self) -> None:
        both = frozenset({"zh", "ko"})
        busy = [make_seat(0, languages=both), *(make_seat(n) for n in range(1, 10))]
        found = estimate(Wanted("me", "ko"), make_queue(20), busy, Talks())
        assert found is not None
        assert found.ahead == 2

    def test_estimate__same_question_has_the_same_answer(self) -> None:
        question = (Wanted("me", "zh"), make_queue(3), [make_seat(1), make_seat(2)], Talks())
        assert estimate(*question) == estimate(*question)

    @settings(max_examples=60, deadline=None)
    @given(queues(), seats(), st.sampled_from(("zh", "en", "ko")))
    def test_estimate__one_more_ahead_is_never_sooner(
        self, ahead: list[Wanted], on_duty: list[Seat], language: str
    ) -> None:
        me = Wanted("me", "zh")
        before = estimate(me, ahead, on_duty, Talks())
        after = estimate(me, [Wanted("more", language), *ahead], on_duty, Talks())
        if before is None:
            assert after is None
            return
        assert after is not None
        assert all(a >= b - 1e-6 for a, b in zip(waits(after), waits(before), strict=True))

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 12), st.lists(TALKED, min_size=1, max_size=6), TALKED)
    def test_estimate__one_more_lawyer_is_never_later(
        self, ahead: int, talked: list[float | None], more: float | None
    ) -> None:
        on_duty = [make_seat(number, talked=each) for number, each in enumerate(talked)]
        me, queue = Wanted("me", "zh"), make_queue(ahead)
        before = estimate(me, queue, on_duty, Talks())
        after = estimate(me, queue, [*on_duty, make_seat(99, talked=more)], Talks())
        assert before is not None
        assert after is not None
        assert all(a <= b + 1e-6 for a, b in zip(waits(after), waits(before), strict=True))

    @settings(max_examples=60, deadline=None)
    @given(queues(), seats())
    def test_estimate_all__is_in_order_and_complete(
        self, queue: list[Wanted], on_duty: list[Seat]
    ) -> None:
        found = estimate_all(queue, on_duty, Talks())
        fits = {one.id for one in queue if any(seat.fits(one) for seat in on_duty)}
        assert set(found) == fits
        for forecast in found.values():
            assert ANSWER_SECONDS <= forecast.low <= forecast.median
            assert forecast.median <= forecast.said <= forecast.high
        same = [
            found[one.id]
            for one in queue
            if (one.language, one.topic) == ("zh", None) and found.get(one.id)
        ]
        assert same == sorted(same, key=lambda one: astuple(one)[2:])


class TestClassify:
    @pytest.mark.parametrize(
        ("seconds", "name"),
        [
            (0, "under_1"),
            (59.9, "under_1"),
            (60, "1_3"),
            (180, "3_5"),
            (299, "3_5"),
            (300, "5_10"),
            (600, "10_20"),
            (1200, "over_20"),
            (1800, "over_30"),
            (90_000, "over_30"),
        ],
    )
    def test_classify__boundaries(self, seconds: float, name: str) -> None:
        assert classify(seconds).name == name

    def test_classify__class_stays_until_the_wait_is_clearly_out_of_it(self) -> None:
        said = CLASSES[2]
        assert classify(320, before=said) is said
        assert classify(340, before=said).name == "5_10"
        assert classify(165, before=said) is said
        assert classify(150, before=said).name == "1_3"

    @given(st.floats(0, 1e6), st.floats(0, 1e6))
    def test_classify__longer_is_never_a_shorter_class(self, one: float, other: float) -> None:
        shorter, longer = sorted((one, other))
        assert CLASSES.index(classify(shorter)) <= CLASSES.index(classify(longer))


def test_classes__are_without_gaps() -> None:
    assert all(one.high_seconds == other.low_seconds for one, other in pairwise(CLASSES))
    assert (CLASSES[0].low_seconds, CLASSES[-1].high_seconds) == (0, None)


class TestShrunk:
    def test_shrunk__without_talks_is_what_was_known_before(self) -> None:
        assert shrunk([], prior=AVERAGE_TALK_SECONDS) == AVERAGE_TALK_SECONDS

    def test_shrunk__many_talks_outweigh_it(self) -> None:
        assert shrunk([200.0] * 2000, prior=400) == pytest.approx(202, abs=0.1)

    def test_shrunk__forgotten_talk_counts_little(self) -> None:
        assert shrunk([90_000.0], prior=400) < 600


def test_seat__topic_not_known_does_not_fit() -> None:
    seat = replace(make_seat(1), topics=frozenset({"family"}))
    assert not seat.fits(Wanted("me", "zh", "labour"))
    assert seat.fits(Wanted("me", "zh", "family"))
    assert seat.fits(Wanted("me", "zh"))
