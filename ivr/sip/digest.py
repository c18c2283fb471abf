"""Digest authentication, both sides of it, without I/O.

RFC 2617 and RFC 7616 are the scheme, RFC 8760 brings SHA-256 to SIP. We speak ``qop=auth`` and,
with old MD5 peers, the form without qop (RFC 2069). Passwords go in, hashes come out; neither may
be logged.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ivr.sip.digest_parameters import DigestError, needed, quoted, read_parameters

_NONCE_COUNT = re.compile(r"[0-9A-Fa-f]{8}")


class Algorithm(StrEnum):
    """Hashes that we know, as they stand in headers; later ones are stronger."""

    MD5 = "MD5"
    SHA256 = "SHA-256"


_HASHES = {Algorithm.MD5: "md5", Algorithm.SHA256: "sha256"}
_STRENGTH = {algorithm: strength for strength, algorithm in enumerate(Algorithm)}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a server."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server wants to be shown.

    Attributes:
        realm: Whose passwords.
        nonce: The server's number, opaque.
        algorithm: The hash.
        has_qop: Whether ``qop=auth`` is offered; without it the form of RFC 2069 is used.
        is_stale: The password was right, only the nonce too old (RFC 7616 section 3.3).
        opaque: To be sent back as it came.
    """

    realm: str
    nonce: str
    algorithm: Algorithm = Algorithm.MD5
    has_qop: bool = True
    is_stale: bool = False
    opaque: str | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a client shows.

    Attributes:
        username: Who it says it is.
        realm: For whose passwords.
        nonce: The server's number.
        uri: The request URI that it signed.
        response: The proof, in hexadecimal.
        algorithm: The hash.
        nonce_count: How often the nonce was used, counted from 1; 0 without qop.
        cnonce: The client's number; empty without qop.
        opaque: What the server wanted back.
    """

    username: str
    realm: str
    nonce: str
    uri: str
    response: str = field(repr=False)
    algorithm: Algorithm = Algorithm.MD5
    nonce_count: int = 0
    cnonce: str = ""
    opaque: str | None = None


def strongest(headers: Iterable[str]) -> Challenge | None:
    """The challenge to answer, of several (RFC 8760 section 2.4).

    Args:
        headers: Values of WWW-Authenticate or Proxy-Authenticate; unusable ones are passed over.

    Returns:
        The strongest that we can answer, the server's first of equals; None if there is none.
    """
    usable = []
    for header in headers:
        try:
            usable.append(read_challenge(header))
        except DigestError:
            continue
    return max(usable, key=lambda challenge: _STRENGTH[challenge.algorithm], default=None)


def read_challenge(header: str) -> Challenge:
    """Reads one WWW-Authenticate or Proxy-Authenticate.

    Raises:
        DigestError: It is malformed, or wants what we do not speak (auth-int, session keys).
    """
    values = read_parameters(header)
    offers = [offer.strip().lower() for offer in values.get("qop", "").split(",") if offer.strip()]
    if offers and "auth" not in offers:
        raise DigestError("The challenge offers no qop that is known.")
    algorithm = _algorithm(values)
    if not offers and algorithm is not Algorithm.MD5:
        raise DigestError("Only MD5 may come without qop.")
    return Challenge(
        realm=needed(values, "realm"),
        nonce=needed(values, "nonce"),
        algorithm=algorithm,
        has_qop=bool(offers),
        is_stale=values.get("stale", "").lower() == "true",
        opaque=values.get("opaque"),
    )


def write_challenge(challenge: Challenge) -> str:
    """The value of WWW-Authenticate or Proxy-Authenticate."""
    parts = [
        f"realm={quoted(challenge.realm)}",
        f"nonce={quoted(challenge.nonce)}",
        f"algorithm={challenge.algorithm.value}",
    ]
    if challenge.has_qop:
        parts.append('qop="auth"')
    if challenge.opaque is not None:
        parts.append(f"opaque={quoted(challenge.opaque)}")
    if challenge.is_stale:
        parts.append("stale=true")
    return "Digest " + ", ".join(parts)


def authorize(
    challenge: Challenge,
    credentials: Credentials,
    *,
    method: str,
    uri: str,
    nonce_count: int,
    cnonce: str,
) -> Authorization:
    """Answers a challenge.

    Args:
        challenge: What the server wants.
        credentials: Who we are.
        method: Of the request, such as ``INVITE``.
        uri: The request URI, as it stands in the request.
        nonce_count: How often the nonce was used with this one, from 1.
        cnonce: A fresh random text.
    """
    secret = hash_password(
        challenge.algorithm,
        username=credentials.username,
        realm=challenge.realm,
        password=credentials.password,
    )
    unsigned = Authorization(
        username=credentials.username,
        realm=challenge.realm,
        nonce=challenge.nonce,
        uri=uri,
        response="",
        algorithm=challenge.algorithm,
        nonce_count=nonce_count if challenge.has_qop else 0,
        cnonce=cnonce if challenge.has_qop else "",
        opaque=challenge.opaque,
    )
    return replace(unsigned, response=_response(unsigned, secret=secret, method=method))


def write_authorization(authorization: Authorization) -> str:
    """The value of Authorization or Proxy-Authorization."""
    parts = [
        f"username={quoted(authorization.username)}",
        f"realm={quoted(authorization.realm)}",
        f"nonce={quoted(authorization.nonce)}",
        f"uri={quoted(authorization.uri)}",
        f"response={quoted(authorization.response)}",
        f"algorithm={authorization.algorithm.value}",
    ]
    if authorization.nonce_count:
        # RFC 7616 section 3.4: qop and nc stand without quotes.
        parts.append(f"qop=auth, nc={authorization.nonce_count:08x}")
        parts.append(f"cnonce={quoted(authorization.cnonce)}")
    if authorization.opaque is not None:
        parts.append(f"opaque={quoted(authorization.opaque)}")
    return "Digest " + ", ".join(parts)


def read_authorization(header: str) -> Authorization:
    """Reads one Authorization or Proxy-Authorization.

    Raises:
        DigestError: It is malformed, or of a kind that `write_challenge` does not ask for.
    """
    values = read_parameters(header)
    qop = values.get("qop")
    count = values.get("nc", "")
    if qop is not None and (qop.lower() != "auth" or not _NONCE_COUNT.fullmatch(count)):
        raise DigestError("The qop or the nonce count is not usable.")
    return Authorization(
        username=needed(values, "username"),
        realm=needed(values, "realm"),
        nonce=needed(values, "nonce"),
        uri=needed(values, "uri"),
        response=needed(values, "response"),
        algorithm=_algorithm(values),
        nonce_count=int(count, 16) if qop is not None else 0,
        cnonce=needed(values, "cnonce") if qop is not None else "",
        opaque=values.get("opaque"),
    )


def is_proof(authorization: Authorization, *, secret: str, method: str) -> bool:
    """Whether a client knows the password; whether the nonce is ours is not asked here.

    Args:
        authorization: What it showed.
        secret: What `hash_password` makes of the right password, for its algorithm.
        method: Of the request.
    """
    expected = _response(authorization, secret=secret, method=method)
    shown = authorization.response.lower()
    return hmac.compare_digest(expected.encode(), shown.encode(errors="replace"))


def hash_password(algorithm: Algorithm, *, username: str, realm: str, password: str) -> str:
    """What a server may keep in place of a password (the "A1" of RFC 7616 section 3.4.2)."""
    return _hash(algorithm, f"{username}:{realm}:{password}")


def _response(authorization: Authorization, *, secret: str, method: str) -> str:
    request = _hash(authorization.algorithm, f"{method}:{authorization.uri}")
    middle = authorization.nonce
    if authorization.nonce_count:
        middle += f":{authorization.nonce_count:08x}:{authorization.cnonce}:auth"
    return _hash(authorization.algorithm, f"{secret}:{middle}:{request}")


def _hash(algorithm: Algorithm, text: str) -> str:
    # MD5 is what most registrars still ask for; it protects nothing but this exchange.
    digest = hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False)
    return digest.hexdigest()


def _algorithm(values: dict[str, str]) -> Algorithm:
    name = values.get("algorithm", Algorithm.MD5.value).upper()
    try:
        return Algorithm(name)
    except ValueError:
        raise DigestError("The algorithm is not known.") from None
