"""Opaque ids that sort by the time they were made.

An id is a prefix that says what it names and 26 characters of Crockford's base 32: 48 bits of
milliseconds since 1970 and 80 random bits, so that ids made by several processes never meet and a
database index on them stays append-only (the ULID layout). Within one millisecond a process counts
on from its last random part, so that its own ids keep their order.
"""

import secrets
import threading

from hotline.clock import Clock, SystemClock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_RANDOM_BITS = 80
# Left free at the top of the random part, so that counting on cannot overflow into the time.
_HEADROOM_BITS = 1


class _Source:
    """The last id's parts; ids are made by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = -1
        self._random = 0

    def next(self, milliseconds: int) -> int:
        with self._lock:
            if milliseconds == self._milliseconds:
                self._random += 1
            else:
                self._milliseconds = milliseconds
                self._random = secrets.randbits(_RANDOM_BITS - _HEADROOM_BITS)
            return (milliseconds << _RANDOM_BITS) | self._random


_source = _Source()


def new_id(prefix: str, clock: Clock | None = None) -> str:
    """A fresh id such as ``call_01jx3v...``.

    Args:
        prefix: What the id names: user, call, leg, qe, offer, ticket, intake, rec, seg, cb, sess.
        clock: Where the time comes from; the machine's clock if not given.
    """
    value = _source.next(int((clock or SystemClock()).now().timestamp() * 1000))
    characters = [_ALPHABET[(value >> (5 * place)) & 31] for place in range(_LENGTH)]
    return f"{prefix}_{''.join(reversed(characters))}"
