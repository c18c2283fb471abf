"""How many calls may come in, and how fast."""

from hypothesis import given, strategies as st

from ivr.sip.admission import Admission, TokenBucket


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
