"""Showing the extension's password to the PBX, without I/O (RFC 3261 section 22)."""

import secrets

from ivr.sip.digest import Credentials, authorize, strongest, write_authorization
from ivr.sip.pbx_message import Message

_CHALLENGES = {
    401: ("www-authenticate", "authorization"),
    407: ("proxy-authenticate", "proxy-authorization"),
}


def prove(
    request: Message, response: Message, credentials: Credentials, *, via: str
) -> Message | None:
    """The request again, with the password shown.

    Args:
        request: What was asked.
        response: What came back.
        credentials: Who we are.
        via: For the new request.

    Returns:
        None if nothing was asked for that could be shown, or it was shown in vain.
    """
    if response.status not in _CHALLENGES:
        return None
    asked, shown = _CHALLENGES[response.status]
    challenge = strongest(response.every(asked))
    if challenge is None or (request.first(shown) and not challenge.is_stale):
        return None
    proof = authorize(
        challenge,
        credentials,
        method=request.method or "",
        uri=request.uri,
        nonce_count=1,
        cnonce=secrets.token_hex(8),
    )
    again = request.having("via", via).having("cseq", f"{request.number + 1} {request.method}")
    return again.having(shown, write_authorization(proof))
