"""What the refusal of a call that we made means to people, without I/O."""

import re

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


# ITU-T Q.850: what the telephone network itself says; gateways make very different statuses of it.
_CAUSES = {
    1: EndReason.UNREACHABLE,  # unallocated number
    2: EndReason.UNREACHABLE,  # no route to the transit network
    3: EndReason.UNREACHABLE,  # no route to the destination
    17: EndReason.BUSY,
    18: EndReason.NO_ANSWER,  # no user responding
    19: EndReason.NO_ANSWER,  # user alerted, no answer
    20: EndReason.UNREACHABLE,  # subscriber absent: the phone is off
    21: EndReason.REJECTED,
    22: EndReason.UNREACHABLE,  # number changed
    27: EndReason.UNREACHABLE,  # destination out of order
    28: EndReason.UNREACHABLE,  # number incomplete
}
_CAUSE = re.compile(r"\bQ\.850\s*;[^,]{0,80}?\bcause\s*=\s*(\d{1,3})\b", re.IGNORECASE)


def reason_of_refusal(status: int, *, reason: str | None = None) -> EndReason:
    """What the final status of our INVITE means.

    Args:
        status: SIP status, 300 to 699.
        reason: Value of Reason (RFC 3326), which knows better where it names a cause of Q.850.
    """
    cause = _CAUSE.search(reason) if reason is not None else None
    if cause is not None and int(cause[1]) in _CAUSES:
        return _CAUSES[int(cause[1])]
    default = EndReason.FAILED if status // 100 == 5 else EndReason.REJECTED
    return _REASONS.get(status, default)
