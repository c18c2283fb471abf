"""The vosk-servers of one language: whose turn it is, and which are left alone for a while.

No I/O, no clock of its own. Safe to use from several threads.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hotline.errors import NotConfigured

log = logging.getLogger(__name__)

# A server that failed is not asked for so long; then one side tries it.
RETRY_SECONDS = 30.0

_RATES_HZ = (8000, 16000)


@dataclass(frozen=True, slots=True)
class Address:
    """One server.

    Attributes:
        url: Where its WebSocket is.
        rate_hz: What it is sent: 8000, or 16000 for a model that does not take the telephone's.
    """

    url: str
    rate_hz: int = 8000

    @property
    def host(self) -> str:
        """Which machine it is, without the names and keys that an address may hold."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def shown(self) -> str:
        """The address as people may see it: without name, password and keys."""
        return urlsplit(self.url)._replace(netloc=self.host, query="").geturl()


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one server.

    Attributes:
        is_well: Whether it has not failed, or has understood something since.
        is_reachable: Whether the last connection to it succeeded; None when there was none.
        sides: How many sides of calls it listens to at this moment.
        failures: How often it failed since the start.
        error: What was wrong the last time; empty when it never failed.
        failed_seconds_ago: When that was; None when it never failed.
    """

    address: Address
    is_well: bool
    is_reachable: bool | None
    sides: int
    failures: int
    error: str
    failed_seconds_ago: float | None


def parse_address(text: str) -> Address:
    """A server from the setting: ``ws://host:2700``, or ``ws://host:2700#16000``.

    Raises:
        NotConfigured: It is no such address.
    """
    url, _, rate = text.partition("#")
    parts = urlsplit(url)
    is_rate = not rate or (rate.isdecimal() and int(rate) in _RATES_HZ)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or not is_rate:
        raise NotConfigured(
            f"HOTLINE_ASR_ENGINES names the speech server {text}: write ws://HOST:2700, with "
            "#16000 after it when its model needs 16 kHz."
        )
    return Address(url, int(rate) if rate else _RATES_HZ[0])


class Servers:
    """Deals servers out by how many sides they listen to, the ones that failed lately left out."""

    def __init__(self, addresses: Sequence[Address], *, now: Callable[[], float]) -> None:
        """Args:
        addresses: The servers.
        now: Monotonic seconds.
        """
        self._addresses = tuple(addresses)
        self._now = now
        self._failed_at: dict[Address, float] = {}
        self._reached: dict[Address, tuple[bool, float]] = {}
        self._sides: Counter[Address] = Counter()
        self._failures: Counter[Address] = Counter()
        self._errors: dict[Address, tuple[str, float]] = {}
        self._without_reset: set[Address] = set()
        self._next = 0
        self._lock = threading.Lock()

    def take(self, *, besides: Collection[Address] = ()) -> Address | None:
        """The server with the fewest sides, in turn, of those thought to be well; None if none is.

        One that failed and was left alone is given to one side, and to the others once it `works`.
        """
        with self._lock:
            count = len(self._addresses)
            in_turn = [self._addresses[(self._next + step) % count] for step in range(count)]
            well = [at for at in in_turn if at not in besides and self._is_well(at)]
            if not well:
                return None
            address = min(well, key=self._sides.__getitem__)
            self._next = self._addresses.index(address) + 1
            if address in self._failed_at:
                self._failed_at[address] = self._now()
            return address

    def may_reset(self, address: Address) -> bool:
        """Whether a server is not known to end utterances with the connection only."""
        return address not in self._without_reset

    def knows_no_reset(self, address: Address) -> None:
        """A server ends utterances with the connection only, until it fails: it may be renewed."""
        with self._lock:
            self._without_reset.add(address)
        log.info("speech server ends with each utterance", extra={"server": address.host})

    def failed(self, address: Address, reason: str) -> None:
        """Leaves a server alone for a while; says so once, until it works again."""
        with self._lock:
            is_told = address in self._failed_at
            self._failed_at[address] = self._now()
            self._failures[address] += 1
            self._without_reset.discard(address)
            self._errors[address] = (reason, self._now())
        if not is_told:
            log.error(
                "speech server failed, others take over",
                extra={"server": address.host, "reason": reason},
            )

    def works(self, address: Address) -> None:
        """A server has understood something: it is well."""
        with self._lock:
            self._reached[address] = (True, self._now())
            was_ill = self._failed_at.pop(address, None) is not None
        if was_ill:
            log.info("speech server is well again", extra={"server": address.host})

    def reached(self, address: Address, *, is_there: bool) -> None:
        """A connection to a server succeeded, or did not."""
        with self._lock:
            self._reached[address] = (is_there, self._now())

    def joined(self, address: Address) -> None:
        """A server listens to one more side."""
        with self._lock:
            self._sides[address] += 1
            self._reached[address] = (True, self._now())

    def left(self, address: Address) -> None:
        """A server listens to one side less."""
        with self._lock:
            self._sides[address] -= 1

    def unheard_of(self, seconds: float) -> list[Address]:
        """The servers of which nothing was heard for so long, neither good nor bad."""
        with self._lock:
            now = self._now()
            return [
                address
                for address in self._addresses
                if address not in self._reached or now - self._reached[address][1] >= seconds
            ]

    def health(self) -> list[Health]:
        """What is known of every server."""
        with self._lock:
            return [self._health(address) for address in self._addresses]

    def _health(self, address: Address) -> Health:
        reached, _ = self._reached.get(address, (None, 0.0))
        error, failed_at = self._errors.get(address, ("", None))
        return Health(
            address,
            is_well=address not in self._failed_at,
            is_reachable=reached,
            sides=self._sides[address],
            failures=self._failures[address],
            error=error,
            failed_seconds_ago=None if failed_at is None else self._now() - failed_at,
        )

    def _is_well(self, address: Address) -> bool:
        failed_at = self._failed_at.get(address)
        return failed_at is None or self._now() - failed_at >= RETRY_SECONDS
