"""Opaque ids that sort by the time they were made.

An id is a prefix that says what it names and 26 characters of Crockford's base 32: 48 bits of
milliseconds since 1970 and 80 random bits, so that ids made by several processes never meet and a
database index on them stays append-only (the ULID layout).
"""

import secrets

from hotline.clock import Clock, SystemClock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_RANDOM_BITS = 80


def new_id(prefix: str, clock: Clock | None = None) -> str:
    """A fresh id such as ``call_01jx3v...``.

    Args:
        prefix: What the id names: user, call, leg, qe, offer, ticket, intake, rec, seg, cb, sess.
        clock: Where the time comes from; the machine's clock if not given.
    """
    milliseconds = int((clock or SystemClock()).now().timestamp() * 1000)
    value = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    characters = [_ALPHABET[(value >> (5 * place)) & 31] for place in range(_LENGTH)]
    return f"{prefix}_{''.join(reversed(characters))}"
