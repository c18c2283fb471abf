"""Finding the session description in the body of a SIP message, without I/O."""

import re

_SDP_TYPE = "application/sdp"
_BOUNDARY = re.compile(r"\bboundary\s*=\s*\"?([^\";]{1,70})", re.IGNORECASE)
_PART_IS_SDP = re.compile(rf"^(?:content-type|c)\s*:\s*{_SDP_TYPE}\b", re.IGNORECASE | re.MULTILINE)
_MAX_PARTS = 16


def find_description(content_type: str, body: str) -> str | None:
    """The session description in the body of a SIP message.

    Args:
        content_type: Value of Content-Type; networks with SIP-I send ``multipart/mixed``, an
            ISUP message beside the session (RFC 3204).
        body: The whole body.

    Returns:
        None if there is none.
    """
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() == _SDP_TYPE:
        return body
    boundary = _BOUNDARY.search(parameters)
    if not kind.strip().lower().startswith("multipart/") or boundary is None:
        return None
    for part in body.split(f"--{boundary[1]}")[1:_MAX_PARTS]:
        header, _, content = part.replace("\r\n", "\n").partition("\n\n")
        if _PART_IS_SDP.search(header):
            return content
    return None
