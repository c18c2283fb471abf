"""The numbers that a registrar has clients sign, without I/O (RFC 7616 section 3.3).

A nonce carries its own age and a seal of ours, so that asking costs no memory: an attacker may have
as many as he likes. Only those that were used with the right password are remembered, to see a
proof that is sent a second time.
"""

import hashlib
import hmac
import itertools
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto

# A phone that refreshes every hour is asked anew each time; within one REGISTER it takes ms.
_LIFETIME_SECONDS = 300.0
_SEAL_CHARACTERS = 32
_MOST_REMEMBERED = 4096


class NonceState(Enum):
    """What a nonce is worth."""

    FRESH = auto()
    STALE = auto()
    """Ours, but too old, or used before."""
    FOREIGN = auto()
    """Not ours, or given to somebody else."""


class Nonces:
    """Gives nonces and knows them again.

    Args:
        key: Secret of this process.
        clock: Seconds that only go forward.
    """

    def __init__(self, *, key: bytes, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock
        self._numbers = itertools.count()
        self._counts: OrderedDict[str, int] = OrderedDict()

    def make(self, host: str) -> str:
        """A nonce for the client at this address."""
        name = f"{int(self._clock() * 1000):x}-{next(self._numbers):x}"
        return f"{name}.{self._seal(name, host)}"

    def look(self, nonce: str, host: str) -> NonceState:
        """What a nonce that came from this address is worth."""
        name, _, seal = nonce.partition(".")
        expected = self._seal(name, host)
        if not hmac.compare_digest(seal.encode(errors="replace"), expected.encode()):
            return NonceState.FOREIGN
        age = self._clock() - int(name.partition("-")[0], 16) / 1000
        return NonceState.FRESH if age <= _LIFETIME_SECONDS else NonceState.STALE

    def use(self, nonce: str, count: int) -> bool:
        """Notes a proof that was right; False if it, or a later one, was here before.

        Args:
            nonce: A fresh one.
            count: The client's count of its uses; without qop 0, which is good for one.
        """
        if count <= self._counts.get(nonce, -1):
            return False
        self._counts[nonce] = count
        self._counts.move_to_end(nonce)
        if len(self._counts) > _MOST_REMEMBERED:
            self._counts.popitem(last=False)
        return True

    def _seal(self, name: str, host: str) -> str:
        text = f"{name} {host}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:_SEAL_CHARACTERS]
