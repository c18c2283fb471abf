"""What the line wants to know of a request that begins a call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ivr.sip.line import RemoteMedia
from ivr.sip.number import caller_number
from ivr.sip.sdp import Offer, read_offer
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.session_timer import IntervalTooSmall, SessionPolicy, answer_timer
from ivr.sip.sippy_message import (
    ALLOWED_METHODS,
    header_text,
    read_description,
    timer_words,
    unsupported_extensions,
)

if TYPE_CHECKING:
    from ivr.sip.sippy_leg import InboundLeg


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbound call, and who tells it what to do.

    Attributes:
        caller: The caller's number, None when withheld. Personal data.
        called: What was dialled.
        media: The caller's offer, None if there was none.
        leg: The call in sippy's thread.
    """

    caller: str | None
    called: str
    media: RemoteMedia | None
    leg: "InboundLeg"


Refusal = tuple[int, str, dict[str, str]]

_BODY_TYPES = ("application/sdp", "multipart/mixed", "multipart/alternative")


def offer_of(req: Any) -> Offer | None:
    """The session that an INVITE offers, None if it has no body.

    Raises:
        UnacceptableOffer: The body holds nothing that we can take part in.
    """
    if req.getBody() is None:
        return None
    description = read_description(req)
    if description is None:
        raise UnacceptableOffer("The body holds no session description.")
    return read_offer(description)


def refusal_of(req: Any, *, policy: SessionPolicy) -> Refusal | None:
    """The status, phrase and headers that a request outside of calls is refused with.

    Returns:
        None if nothing in it keeps it from being answered (RFC 3261 section 8.2, in its order).
    """
    method = req.getMethod()
    if method not in ("INVITE", "OPTIONS"):
        return 405, "Method Not Allowed", {"allow": ALLOWED_METHODS}
    unsupported = unsupported_extensions(req)
    if unsupported:
        return 420, "Bad Extension", {"unsupported": unsupported}
    return _refusal_of_invite(req, policy) if method == "INVITE" else None


def _refusal_of_invite(req: Any, policy: SessionPolicy) -> Refusal | None:
    # RFC 3261 section 8.1.1.8: without a Contact nobody knows where the call's requests go.
    if not req.countHFs("contact") or req.getHFBody("contact").asterisk:
        return 400, "No Usable Contact", {}
    if not _accepts_sessions(header_text(req, "accept")):
        return 406, "Not Acceptable", {}
    if req.getBody() is not None and req.getBody().mtype.name.lower() not in _BODY_TYPES:
        return 415, "Unsupported Media Type", {"accept": _BODY_TYPES[0]}
    try:
        answer_timer(timer_words(req).wish, minimum_seconds=policy.minimum_seconds)
    except IntervalTooSmall as error:
        headers = {"min-se": str(error.minimum_seconds)}
        return 422, "Session Interval Too Small", headers
    return None


def _accepts_sessions(accept: str | None) -> bool:
    """Whether an answer of ours can be read (RFC 3261 section 20.1: without Accept it can)."""
    if accept is None:
        return True
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    return bool(kinds & {"application/sdp", "application/*", "*/*"})


def caller_of(req: Any, *, trusts_identity: bool) -> str | None:
    """The caller's number, None when withheld.

    Args:
        req: The INVITE.
        trusts_identity: Whether P-Asserted-Identity is believed of who sent it.
    """

    def raw(name: str) -> list[str]:
        # Not through sippy's parser, which knows nothing of several identities in one header.
        return [str(header.body) for header in req.headers if header.name == name]

    return caller_number(
        identities=raw("p-asserted-identity") if trusts_identity else [],
        sender=" ".join(raw("from")),
        privacy=";".join(raw("privacy")),
    )
