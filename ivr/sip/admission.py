"""Whether one more call may come in, decided without I/O."""

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
        now = self._clock()
        elapsed = max(0.0, now - self._filled_at)
        self._tokens = min(self._burst, self._tokens + elapsed * self._per_second)
        self._filled_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Admission:
    """Caps how many calls are up, and how fast new ones come.

    Args:
        max_calls: Calls at the same time.
        calls_per_second: New calls per second on average; twice as many may come in one burst.
        clock: Seconds that only go forward.
    """

    # Long enough for a crowd to thin out, short enough for a caller who waits.
    _RETRY_FULL_SECONDS = 10
    _RETRY_FAST_SECONDS = 2

    def __init__(
        self, *, max_calls: int, calls_per_second: float, clock: Callable[[], float]
    ) -> None:
        self._max_calls = max_calls
        burst = max(1, round(2 * calls_per_second))
        self._bucket = TokenBucket(per_second=calls_per_second, burst=burst, clock=clock)

    def is_full(self, active: int) -> bool:
        """Whether `active` calls leave no room for another."""
        return active >= self._max_calls

    def refuse(self, active: int) -> int | None:
        """Whether a new call must be refused.

        Args:
            active: Calls being set up or up.

        Returns:
            Seconds after which it may try again, None if it is welcome.
        """
        if self.is_full(active):
            return self._RETRY_FULL_SECONDS
        return None if self._bucket.take() else self._RETRY_FAST_SECONDS
