"""How many calls may come in, and how fast."""

from hypothesis import given, strategies as st

from ivr.sip.admission import Admission, SourceLimit, TokenBucket


class Seconds:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestTokenBucket:
    def test_take__burst_passes_and_then_no_more(self) -> None:
        bucket = TokenBucket(per_second=2, burst=3, clock=Seconds())

        assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]

    def test_take__time_fills_the_bucket_up_to_the_burst(self) -> None:
        clock = Seconds()
        bucket = TokenBucket(per_second=2, burst=3, clock=clock)
        for _ in range(3):
            bucket.take()

        clock.now += 0.5
        one_more = [bucket.take(), bucket.take()]
        clock.now += 3600
        after_an_hour = sum(bucket.take() for _ in range(10))

        assert one_more == [True, False]
        assert after_an_hour == 3

    @given(st.lists(st.floats(min_value=-5, max_value=5), max_size=50))
    def test_take__never_more_than_burst_and_rate_allow(self, steps: list[float]) -> None:
        clock = Seconds()
        bucket = TokenBucket(per_second=2, burst=3, clock=clock)
        taken = 0
        forward = 0.0
        for step in steps:
            clock.now += step
            forward += max(0.0, step)
            taken += bucket.take()

        assert taken <= 3 + 2 * forward + 1e-6


class TestAdmission:
    def make(self, **changes: float) -> tuple[Admission, Seconds]:
        clock = Seconds()
        rate = changes.get("calls_per_second", 2)
        limit = int(changes.get("max_calls", 10))
        return Admission(max_calls=limit, calls_per_second=rate, clock=clock), clock

    def test_refuse__welcome_below_both_limits(self) -> None:
        admission, _ = self.make()

        assert admission.refuse(active=9) is None

    def test_refuse__full_line_names_a_time(self) -> None:
        admission, _ = self.make()

        assert admission.refuse(active=10) == 10

    def test_refuse__full_line_takes_nothing_from_the_rate(self) -> None:
        admission, _ = self.make(calls_per_second=1)
        for _ in range(50):
            admission.refuse(active=10)

        assert admission.refuse(active=0) is None

    def test_refuse__too_fast_names_a_shorter_time(self) -> None:
        admission, clock = self.make(calls_per_second=2)
        burst = [admission.refuse(active=0) for _ in range(5)]

        clock.now += 0.5

        assert burst == [None, None, None, None, 2]
        assert admission.refuse(active=0) is None

    def test_refuse__no_limits_of_its_own_lets_everything_in(self) -> None:
        admission = Admission(max_calls=None, calls_per_second=None, clock=Seconds())

        assert [admission.refuse(active=10**6) for _ in range(100)] == [None] * 100


class TestSourceLimit:
    def make(self, *, most_sources: int = 10) -> tuple[SourceLimit, Seconds]:
        clock = Seconds()
        return SourceLimit(per_second=5, burst=3, most_sources=most_sources, clock=clock), clock

    def test_take__one_source_does_not_use_up_anothers_share(self) -> None:
        limit, _ = self.make()

        flood = [limit.take("10.0.0.1") for _ in range(5)]

        assert flood == [True, True, True, False, False]
        assert limit.take("10.0.0.2")

    def test_take__again_after_a_while(self) -> None:
        limit, clock = self.make()
        for _ in range(5):
            limit.take("10.0.0.1")

        clock.now += 0.2

        assert [limit.take("10.0.0.1"), limit.take("10.0.0.1")] == [True, False]

    def test_take__remembers_no_more_than_it_may_and_forgets_the_quiet(self) -> None:
        limit, _ = self.make(most_sources=2)
        for _ in range(4):
            limit.take("10.0.0.1")
        limit.take("10.0.0.2")
        limit.take("10.0.0.1")

        limit.take("10.0.0.3")

        # The second was not heard longest, so the first is still refused.
        assert not limit.take("10.0.0.1")
