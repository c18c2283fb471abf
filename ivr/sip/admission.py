"""Whether one more call may come in, decided without I/O."""

from collections import OrderedDict
from collections.abc import Callable


class TokenBucket:
    """Lets through so many per second, and a short burst above.

    Args:
        per_second: How many on average.
        burst: How many at once after a quiet time.
        clock: Seconds that only go forward, such as `time.monotonic`.
    """

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()

    def take(self) -> bool:
        """Takes one if there is one."""
        if not self.has_one():
            return False
        self._tokens -= 1.0
        return True

    def has_one(self) -> bool:
        """Whether there is one to take."""
        now = self._clock()
        elapsed = max(0.0, now - self._filled_at)
        self._tokens = min(self._burst, self._tokens + elapsed * self._per_second)
        self._filled_at = now
        return self._tokens >= 1.0


class SourceLimit:
    """Lets each source send so much per second, and remembers a bounded number of sources.

    Args:
        per_second: Datagrams of one source on average.
        burst: At once after a quiet time.
        most_sources: How many are remembered; the one not heard longest is forgotten first.
        clock: Seconds that only go forward.
    """

    def __init__(
        self, *, per_second: float, burst: int, most_sources: int, clock: Callable[[], float]
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._most_sources = most_sources
        self._clock = clock
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, source: str) -> bool:
        """Whether one more from this source is let through."""
        bucket = self._buckets.get(source)
        if bucket is None:
            if len(self._buckets) >= self._most_sources:
                self._buckets.popitem(last=False)
            bucket = self._buckets[source] = TokenBucket(
                per_second=self._per_second, burst=self._burst, clock=self._clock
            )
        else:
            self._buckets.move_to_end(source)
        return bucket.take()


class Admission:
    """Caps how many calls are up, and how fast new ones come.

    Args:
        max_calls: Calls at the same time, None for any number.
        calls_per_second: New calls per second on average; twice as many may come in one burst.
            None for any number.
        clock: Seconds that only go forward.
    """

    # Long enough for a crowd to thin out, short enough for a caller who waits.
    _RETRY_FULL_SECONDS = 10
    _RETRY_FAST_SECONDS = 2

    def __init__(
        self,
        *,
        max_calls: int | None,
        calls_per_second: float | None,
        clock: Callable[[], float],
    ) -> None:
        self._max_calls = max_calls
        self._bucket: TokenBucket | None = None
        if calls_per_second is not None:
            burst = max(1, round(2 * calls_per_second))
            self._bucket = TokenBucket(per_second=calls_per_second, burst=burst, clock=clock)

    def is_full(self, active: int) -> bool:
        """Whether `active` calls leave no room for another."""
        return self._max_calls is not None and active >= self._max_calls

    def expect(self, active: int) -> int | None:
        """What `refuse` would say, without counting a call."""
        if self.is_full(active):
            return self._RETRY_FULL_SECONDS
        if self._bucket is None or self._bucket.has_one():
            return None
        return self._RETRY_FAST_SECONDS

    def refuse(self, active: int) -> int | None:
        """Whether a new call must be refused.

        Args:
            active: Calls being set up or up.

        Returns:
            Seconds after which it may try again, None if it is welcome.
        """
        if self.is_full(active):
            return self._RETRY_FULL_SECONDS
        if self._bucket is None or self._bucket.take():
            return None
        return self._RETRY_FAST_SECONDS
