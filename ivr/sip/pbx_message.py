"""SIP messages as the PBX line reads and writes them, without I/O.

pyVoIP reads only headers in the order and spelling that it writes itself; folded, compact and
lower-case ones (RFC 3261 sections 7.3.1 and 7.3.3) end in an exception, and so does every method
beyond INVITE, ACK, BYE and CANCEL. What is read here is handed to pyVoIP in its own shape
(`ivr.sip.pbx_phone`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ivr.sip.line import LineError

PHRASES = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    415: "Unsupported Media Type",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    469: "Bad Info Package",
    480: "Temporarily Unavailable",
    481: "Call Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}

# RFC 3261 section 7.3.3, RFC 4028, RFC 3515: those that anything here asks for.
_COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "c": "content-type",
    "e": "content-encoding",
    "l": "content-length",
    "k": "supported",
    "s": "subject",
    "x": "session-expires",
}
_START = re.compile(r"SIP/2\.0 ([1-6]\d\d) |([A-Z]{1,32}) (\S{1,1024}) SIP/2\.0$", re.ASCII)
_FOLD = re.compile(r"\r\n[ \t]+")
_CSEQ = re.compile(r"(\d{1,10})\s+([A-Za-z]{1,32})", re.ASCII)
_TAG = re.compile(r";\s*tag\s*=\s*([^\s;,>]{1,256})", re.IGNORECASE)
_BRANCH = re.compile(r";\s*branch\s*=\s*([^\s;,]{1,256})", re.IGNORECASE)
_RPORT = re.compile(r";\s*rport(?=\s*(?:;|,|$))", re.IGNORECASE)
_NAMED_URI = re.compile(r"<([^<>]{1,1024})>")
_CLOSING = {'"': '"', "<": ">"}
_LISTS = frozenset({"via", "contact", "route", "record-route", "require", "supported"})
# RFC 3261 section 18.1.1 lets UDP carry 65 kB; PBXs stay below 8, and so do we.
_MAX_BYTES = 16_384
_MAX_HEADERS = 128


class UnreadableMessage(LineError):
    """A datagram that is no SIP message; the text quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response.

    Attributes:
        method: The request's method, None of a response.
        uri: The request URI, empty of a response.
        status: The response's status, None of a request.
        headers: Names in lower case with their values, one entry each, in order.
        body: Whatever follows the headers.
    """

    method: str | None
    uri: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    def first(self, name: str) -> str:
        """The first value of a header, empty if there is none."""
        return next((value for each, value in self.headers if each == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a header."""
        return tuple(value for each, value in self.headers if each == name)

    def having(self, name: str, value: str) -> "Message":
        """The same message with this header, in place of any of that name."""
        kept = tuple(header for header in self.headers if header[0] != name)
        return replace(self, headers=(*kept, (name, value)))

    def carrying(self, body: str, content_type: str = "application/sdp") -> "Message":
        """The same message with this body."""
        return replace(self.having("content-type", content_type), body=body)

    @property
    def call_id(self) -> str:
        """The value of Call-ID."""
        return self.first("call-id")

    @property
    def number(self) -> int:
        """The number in CSeq."""
        return int(_CSEQ.match(self.first("cseq"))[1])  # type: ignore[index]  # checked on reading

    @property
    def cseq_method(self) -> str:
        """The method in CSeq: what a response answers."""
        return _CSEQ.match(self.first("cseq"))[2]  # type: ignore[index]  # checked on reading

    @property
    def branch(self) -> str:
        """The name of its transaction, as the topmost Via gives it."""
        found = _BRANCH.search(self.first("via"))
        return found[1] if found else ""

    @property
    def from_tag(self) -> str:
        """The tag in From."""
        return tag_of(self.first("from"))

    @property
    def to_tag(self) -> str:
        """The tag in To, empty outside of a call."""
        return tag_of(self.first("to"))

    def encode(self) -> bytes:
        """What goes on the wire."""
        if self.method is not None:
            start = f"{self.method} {self.uri} SIP/2.0"
        else:
            start = f"SIP/2.0 {self.status} {PHRASES.get(self.status or 0, 'Rejected')}"
        body = self.body.encode()
        lines = [start]
        for name, value in self.headers:
            if name != "content-length":
                lines.append(f"{name.title() if name not in _SPELT else _SPELT[name]}: {value}")
        lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


# Old gateways compare these letter by letter.
_SPELT = {
    "min-se": "Min-SE",
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "www-authenticate": "WWW-Authenticate",
}


def read_message(data: bytes) -> Message:
    """Reads one datagram.

    Raises:
        UnreadableMessage: It is no SIP/2.0 message, or lacks what every message must have.
    """
    if len(data) > _MAX_BYTES:
        raise UnreadableMessage("The datagram is too long.")
    head, separator, rest = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise UnreadableMessage("The datagram has no end of headers.")
    start, *lines = _FOLD.sub(" ", head.decode(errors="replace")).split("\r\n")
    heading = _START.match(start)
    if heading is None:
        raise UnreadableMessage("The datagram does not begin like SIP.")
    if len(lines) > _MAX_HEADERS:
        raise UnreadableMessage("The message has far too many headers.")
    message = Message(
        method=heading[2],
        uri=heading[3] or "",
        status=int(heading[1]) if heading[1] else None,
        headers=tuple(_headers(lines)),
    )
    _check(message)
    return replace(message, body=_body(message, rest))


def respond(
    request: Message,
    status: int,
    *,
    tag: str = "",
    headers: Mapping[str, str] | None = None,
    body: str = "",
) -> Message:
    """A response (RFC 3261 section 8.2.6).

    Args:
        request: What it answers.
        status: The SIP status.
        tag: Ours, put into To unless the request has it there; none for 100.
        headers: More headers, names in lower case.
        body: A session description.
    """
    to = request.first("to")
    if tag and not request.to_tag:
        to = f"{to};tag={tag}"
    kept = [("via", via) for via in request.every("via")]
    kept += [("record-route", route) for route in request.every("record-route")]
    kept += [("from", request.first("from")), ("to", to), ("call-id", request.call_id)]
    kept += [("cseq", request.first("cseq")), *(headers or {}).items()]
    response = Message(method=None, uri="", status=status, headers=tuple(kept))
    return response.carrying(body) if body else response


def stamp(request: Message, source: tuple[str, int]) -> Message:
    """Notes in the topmost Via where a request really came from (RFC 3581 section 4)."""
    place = next(index for index, (name, _) in enumerate(request.headers) if name == "via")
    via = _RPORT.sub(f";rport={source[1]}", request.headers[place][1])
    headers = list(request.headers)
    headers[place] = ("via", f"{via};received={source[0]}")
    return replace(request, headers=tuple(headers))


def acknowledgement(invite: Message, response: Message) -> Message:
    """The ACK of a refusal (RFC 3261 section 17.1.1.3)."""
    names = ("from", "call-id", "max-forwards", "route")
    kept = [header for header in invite.headers if header[0] in names]
    headers = [("via", invite.first("via")), *kept, ("to", response.first("to"))]
    headers.append(("cseq", f"{invite.number} ACK"))
    return Message(method="ACK", uri=invite.uri, status=None, headers=tuple(headers))


def cancellation(invite: Message) -> Message:
    """The CANCEL of an INVITE (RFC 3261 section 9.1)."""
    names = ("via", "from", "to", "call-id", "max-forwards", "route")
    kept = tuple(header for header in invite.headers if header[0] in names)
    headers = (*kept, ("cseq", f"{invite.number} CANCEL"))
    return replace(invite, method="CANCEL", headers=headers, body="")


def tag_of(value: str) -> str:
    """The tag in a value of From or To, empty if there is none."""
    found = _TAG.search(_NAMED_URI.sub("", value))
    return found[1] if found else ""


def uri_of(value: str) -> str:
    """The URI in a value of Contact, From, To or Route, empty if there is none."""
    found = _NAMED_URI.search(value)
    if found:
        return found[1]
    bare = value.partition(";")[0].strip()
    return bare if ":" in bare else ""


def list_entries(value: str) -> list[str]:
    """The entries of a list; commas inside of <> or quotation marks belong to one."""
    entries, begin, closing = [], 0, ""
    for place, character in enumerate(value):
        if closing:
            closing = "" if character == closing else closing
        elif character in _CLOSING:
            closing = _CLOSING[character]
        elif character == ",":
            entries.append(value[begin:place])
            begin = place + 1
    return [*entries, value[begin:]]


def _headers(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, separator, value = line.partition(":")
        if not separator:
            raise UnreadableMessage("A header has no colon.")
        name = name.strip().lower()
        name = _COMPACT.get(name, name)
        values = list_entries(value) if name in _LISTS else [value]
        for each in values:
            yield name, each.strip()


def _check(message: Message) -> None:
    if not all(message.first(name) for name in ("via", "from", "to", "call-id")):
        raise UnreadableMessage("The message lacks a header that every message has.")
    cseq = _CSEQ.match(message.first("cseq"))
    if cseq is None or (message.method is not None and cseq[2] != message.method):
        raise UnreadableMessage("The message has no usable CSeq.")


def _body(message: Message, rest: bytes) -> str:
    length = message.first("content-length")
    if length.isdigit() and len(length) < 6:
        # RFC 3261 section 18.3: less than promised is an error, more is somebody else's.
        if len(rest) < int(length):
            raise UnreadableMessage("The body is shorter than it says.")
        rest = rest[: int(length)]
    return rest.decode(errors="replace")
