"""How often one address may ask, where nobody signs in."""

import threading
from dataclasses import dataclass
from datetime import datetime

from hotline.errors import TooMany

# More addresses than this at once are an attack; the oldest are forgotten first.
_MOST_ADDRESSES = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


class AddressLimit:
    """A bucket of tokens for each address, in this process's memory.

    It only has to keep one machine from filling the queue: the rule of one open wish per number
    and the limit per number hold in the database.
    """

    def __init__(
        self, *, burst: int, seconds_per_token: float, most_addresses: int = _MOST_ADDRESSES
    ) -> None:
        """Args:
        burst: How many requests may come at once.
        seconds_per_token: After how long one more may come.
        most_addresses: How many addresses are remembered.
        """
        self._most_addresses = most_addresses
        self._burst = burst
        self._seconds_per_token = seconds_per_token
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, address: str, *, now: datetime) -> None:
        """Counts a request.

        Raises:
            TooMany: The address has used up its bucket.
        """
        with self._lock:
            bucket = self._bucket(address, now)
            if bucket.tokens < 1:
                wait = (1 - bucket.tokens) * self._seconds_per_token
                raise TooMany(
                    "Too many requests came from this address; try again later.",
                    retry_after_seconds=max(1, round(wait)),
                )
            bucket.tokens -= 1

    def _bucket(self, address: str, now: datetime) -> _Bucket:
        """The address's bucket, filled up to now, and moved to the end as the newest."""
        bucket = self._buckets.pop(address, None) or _Bucket(self._burst, now)
        gained = (now - bucket.filled_at).total_seconds() / self._seconds_per_token
        bucket.tokens = min(self._burst, bucket.tokens + max(0.0, gained))
        bucket.filled_at = now
        while len(self._buckets) >= self._most_addresses:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[address] = bucket
        return bucket
