"""What the line wants to know of a request that begins a call."""

from typing import Any

from ivr.sip.number import caller_number
from ivr.sip.sdp import Offer, UnacceptableOffer, read_offer
from ivr.sip.sippy_message import read_description


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


def has_usable_contact(req: Any) -> bool:
    """Whether it says where requests of the call are to go (RFC 3261 section 8.1.1.8)."""
    return bool(req.countHFs("contact")) and not req.getHFBody("contact").asterisk


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
