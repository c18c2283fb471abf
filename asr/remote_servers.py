"""The vosk-servers of one language: whose turn it is, and which are left alone for a while.

No I/O, no clock of its own. Safe to use from several threads.
"""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hotline.errors import NotConfigured

log = logging.getLogger(__name__)

# A server that failed is not asked for so long; then one recogniser tries it.
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
    """Deals servers out in turn, the ones that failed lately left out."""

    def __init__(self, addresses: Sequence[Address], *, now: Callable[[], float]) -> None:
        """Args:
        addresses: The servers.
        now: Monotonic seconds.
        """
        self._addresses = tuple(addresses)
        self._now = now
        self._failed_at: dict[Address, float] = {}
        self._next = 0
        self._lock = threading.Lock()

    def take(self, *, besides: Collection[Address] = ()) -> Address | None:
        """The next server in turn that is thought to be well; None when none is."""
        with self._lock:
            for _ in self._addresses:
                address = self._addresses[self._next % len(self._addresses)]
                self._next += 1
                if address not in besides and self._is_well(address):
                    return address
        return None

    def failed(self, address: Address, reason: str) -> None:
        """Leaves a server alone for a while; says so once, until it works again."""
        with self._lock:
            is_told = address in self._failed_at
            self._failed_at[address] = self._now()
        if not is_told:
            log.error(
                "speech server failed, others take over",
                extra={"server": urlsplit(address.url).netloc, "reason": reason},
            )

    def works(self, address: Address) -> None:
        """A server has understood something: it is well."""
        with self._lock:
            was_ill = self._failed_at.pop(address, None) is not None
        if was_ill:
            log.info("speech server is well again", extra={"server": urlsplit(address.url).netloc})

    def _is_well(self, address: Address) -> bool:
        failed_at = self._failed_at.get(address)
        return failed_at is None or self._now() - failed_at >= RETRY_SECONDS
