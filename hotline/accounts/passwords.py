"""Password hashes: Argon2id (RFC 9106)."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# The first option of OWASP's Password Storage Cheat Sheet: 46 MiB, one pass, one lane. RFC 9106's
# 64 MiB on four lanes takes every core of a small machine, and calls are spoken on the same ones.
_hasher = PasswordHasher(memory_cost=47_104, time_cost=1, parallelism=1)


def hash_password(password: str) -> str:
    """The hash to store, with its salt and parameters in it."""
    return _hasher.hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Whether the password fits; takes the same time when there is no such user (`stored` None)."""
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def needs_new_hash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
