"""Which datagrams are not worth reading, told from their bytes, without I/O.

Scanners try every address for an open gateway. Whoever answers them, even with a refusal, is tried
more; so they get nothing, also where their address is a trunk's (a NAT, a careless network).
"""

import re
from enum import StrEnum

# IMS networks send 8 kB; RFC 4475's largest is 5 kB. UDP could bring 64.
LARGEST_MESSAGE_BYTES = 16_384
# The longest of RFC 4475 has some 40, with every proxy of a country on the way 100.
MOST_HEADER_LINES = 200
# Nothing that is SIP is shorter; keep-alives are (RFC 5626 section 3.5.1).
_SHORTEST_MESSAGE_BYTES = 32

# Names that the tools give themselves; no telephone and no carrier uses them.
_SCANNERS = (
    *("friendly-scanner", "friendly-request", "sipvicious", "sip-scan", "sipsak", "sipcli"),
    *("sundayddr", "iwar", "cseq-scan", "vaxsipuseragent", "vaxasip", "eyebeam-scan", "pplsip"),
    *("sipptk", "smap", "scan-sip", "custom-sip-scanner", "nm@nm"),
)
_SCANNER = re.compile(
    rb"^(?:user-agent|server)[ \t]*:[^\n]{0,80}?(?:%s)"
    % b"|".join(re.escape(name.encode()) for name in _SCANNERS),
    re.IGNORECASE | re.MULTILINE,
)


class Unwelcome(StrEnum):
    """Why a datagram is dropped unread."""

    NOISE = "noise"
    """Too short to be SIP: keep-alives and empty datagrams."""
    OVERSIZED = "oversized"
    """Longer than any real message, or with more header lines."""
    SCANNER = "scanner"


def screen(data: bytes) -> Unwelcome | None:
    """Why a datagram is to be dropped, None if it is worth reading."""
    if len(data) < _SHORTEST_MESSAGE_BYTES:
        return Unwelcome.NOISE
    if len(data) > LARGEST_MESSAGE_BYTES:
        return Unwelcome.OVERSIZED
    end = data.find(b"\r\n\r\n")
    head = data if end < 0 else data[:end]
    if head.count(b"\n") > MOST_HEADER_LINES:
        return Unwelcome.OVERSIZED
    return Unwelcome.SCANNER if _SCANNER.search(head) else None
