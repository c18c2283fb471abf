"""What the refusal of a call that we made means to people, without I/O."""

from ivr.sip.line import EndReason

# RFC 3261 section 21, and Q.850 by RFC 3398 section 8.
_REASONS = {
    404: EndReason.UNREACHABLE,
    408: EndReason.NO_ANSWER,
    410: EndReason.UNREACHABLE,
    480: EndReason.UNREACHABLE,
    484: EndReason.UNREACHABLE,
    486: EndReason.BUSY,
    502: EndReason.UNREACHABLE,
    503: EndReason.UNREACHABLE,
    504: EndReason.UNREACHABLE,
    600: EndReason.BUSY,
    604: EndReason.UNREACHABLE,
}


def reason_of_refusal(status: int) -> EndReason:
    """What the final status of our INVITE means.

    Args:
        status: SIP status, 300 to 699.
    """
    default = EndReason.FAILED if status // 100 == 5 else EndReason.REJECTED
    return _REASONS.get(status, default)
