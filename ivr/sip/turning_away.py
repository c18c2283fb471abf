"""Refusing a call without reading it whole, so that a flood of calls costs little. No I/O.

A full line answers every further INVITE with 503, and reading one with the SIP stack costs some
milliseconds. Here the answer is made of the lines that it has to repeat (RFC 3261 sections 8.2.6
and 8.2.7); whatever is not perfectly plain is left to the stack.
"""

import hashlib
import re

# Marks our answers' To, so that the acknowledgements of them can be dropped unread.
_TAG = "full"
_TAG_CHARACTERS = 12

_END = re.compile(rb"\r\n\r\n")
_LINE = re.compile(rb"(?i)(v|via|f|from|t|to|i|call-id|cseq)[ \t]*:[ \t]*([^\r\n]+)")
_LONG = {b"v": b"via", b"f": b"from", b"t": b"to", b"i": b"call-id"}
_NAMES = {
    b"via": b"Via",
    b"from": b"From",
    b"to": b"To",
    b"call-id": b"Call-ID",
    b"cseq": b"CSeq",
}
_HAS_TAG = re.compile(rb"(?i);\s*tag\s*=")
_PORT = re.compile(rb"(?i)SIP/2\.0/UDP [^;,:\s]+(?::(\d{1,5}))?(?:;|$)")
_RPORT = re.compile(rb"(?i);rport(?=;|$)")
_OUR_TAG = re.compile(
    rb"(?im)^(?:t|to)[ \t]*:[^\r\n]*;tag=%s[0-9a-f]{%d}" % (_TAG.encode(), _TAG_CHARACTERS)
)


def call_id_of(data: bytes) -> str | None:
    """The Call-ID of a message, None if there is none that is plain."""
    match = re.search(rb"(?im)^(?:i|call-id)[ \t]*:[ \t]*(\S+)[ \t]*\r?$", data)
    return match[1].decode("ascii", "replace") if match else None


def is_acknowledgement(data: bytes) -> bool:
    """Whether this is the ACK of a call that was turned away here."""
    return data.startswith(b"ACK ") and _OUR_TAG.search(data) is not None


def turn_away(
    data: bytes, source: tuple[str, int], *, retry_seconds: int, server: str
) -> bytes | None:
    """The 503 that an INVITE gets.

    Args:
        data: The INVITE.
        source: Where it came from.
        retry_seconds: After how long the caller's network may try again.
        server: Name shown to it.

    Returns:
        None if it is not plain, belongs to a call, or wants its answer elsewhere.
    """
    end = _END.search(data)
    if end is None or not data.startswith(b"INVITE ") or b"\r\n " in data or b"\r\n\t" in data:
        return None
    found: list[tuple[bytes, bytes]] = []
    for line in data[: end.start()].split(b"\r\n")[1:]:
        match = _LINE.fullmatch(line)
        if match is not None:
            name = match[1].lower()
            found.append((_LONG.get(name, name), match[2]))
    names = [name for name, _ in found]
    if any(names.count(name) != 1 for name in (b"from", b"to", b"call-id", b"cseq")):
        return None
    values = dict(reversed(found))
    via = _answered_via(values.get(b"via", b""), source)
    if via is None or _HAS_TAG.search(values[b"to"]):
        return None
    tag = _TAG + hashlib.sha256(values[b"call-id"]).hexdigest()[:_TAG_CHARACTERS]
    lines = [b"SIP/2.0 503 Service Unavailable", b"Via: " + via]
    lines += [b"Via: " + value for name, value in found if name == b"via"][1:]
    for name in (b"from", b"to", b"call-id", b"cseq"):
        end_of_line = f";tag={tag}".encode() if name == b"to" else b""
        lines.append(_NAMES[name] + b": " + values[name] + end_of_line)
    lines += [
        f"Retry-After: {retry_seconds}".encode(),
        f"Server: {server}".encode(),
        b"Content-Length: 0",
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _answered_via(via: bytes, source: tuple[str, int]) -> bytes | None:
    """The topmost Via with where it came from; None if the answer has to go elsewhere."""
    if b"," in via:
        return None
    host, port = source
    received = f";received={host.strip('[]')}".encode()
    if _RPORT.search(via):
        # RFC 3581 section 4.
        return _RPORT.sub(f";rport={port}".encode() + received, via, count=1)
    match = _PORT.match(via)
    if match is None or int(match[1] or 5060) != port:
        return None
    return via + received
