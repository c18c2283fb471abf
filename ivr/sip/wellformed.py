"""Whether a datagram is the SIP message that it says it is, without I/O.

sippy reads whatever it can and drops the rest in silence; RFC 4475 asks for an answer to much of
that, and for care with what looks right and is not. What is correct but oddly spaced is made plain
here, what is broken is refused here, and sippy sees only the rest.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ivr.sip.quoting import divide_at_quotes, split_at_commas

_LARGEST_SEQUENCE = 2**31 - 1  # RFC 3261 section 8.1.1.5
_MOST_HOPS = 255  # RFC 3261 section 20.22
# The longest of RFC 4475 has 500, a country's list of proxies 2,000; sippy's time for a list grows
# with the square of its length.
_LONGEST_VALUE = 4096
# Devices that count their body wrong by a line's end are common; sippy reads them all the same.
_MISSING_OCTETS = 6

_START = re.compile(r"([!%'*+\-.\w`~]+) (\S+) SIP/(\d+\.\d+)", re.ASCII)
_REQUEST = re.compile(r"([!%'*+\-.\w`~]{1,64})[ \t]+.*SIP/\d", re.ASCII)
_STATUS = re.compile(r"SIP/2\.0 [1-6]\d\d(?: .*)?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SEQUENCE = re.compile(r"(\d{1,20})\s+(\S+)", re.ASCII)
_FOLD = re.compile(r"\r?\n[ \t]+")
# Where there is no tab, one of these is in whatever has space round separators. Looked for one by
# one, they take a tenth of the time that a pattern takes.
_ODD_SPACES = ("\n ", " :", " ;", " =", " ,", " /", "; ", "= ")
_SEPARATOR = re.compile(r"\s*([;=,])\s*")
_SLASH = re.compile(r"\s*/\s*")
_BLANK = re.compile(r"\r\n\r\n|\n\n|\r\r")
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_EMPTY_PART = re.compile(r";\s*[;,]|,\s*(?:,|$)")
_SPACE = re.compile(r"\s")
_NEEDS_BRACKETS = re.compile("[?,]")
# What nearly every address looks like, and nothing in it can be wrong.
_USUAL_ADDRESS = re.compile(r'[^<>",]*<sip:[^<>",\s]+>[^<>",]*')

_COMPACT = {
    **{"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact"},
    **{"l": "content-length", "c": "content-type"},
}
_SINGLE = ("from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type")
_NEEDED = ("via", "from", "to", "call-id", "cseq")
_ADDRESSES = ("from", "to", "contact")
_SPACED = (*_ADDRESSES, "via", "route", "record-route")
_SCHEMES = ("sip", "sips", "tel")
# Whom a response goes to, and which request it answers (RFC 3261 section 8.2.6.2).
_COPIED = _NEEDED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a datagram.

    Attributes:
        data: What sippy is to read, None for nothing.
        reply: What goes back to the sender, None for nothing.
    """

    data: bytes | None
    reply: bytes | None = None


class _Malformed(Exception):
    def __init__(self, status: int, phrase: str) -> None:
        super().__init__(phrase)
        self.status = status
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class _Message:
    start: str
    headers: dict[str, list[str]]
    body_octets: int

    def all(self, name: str) -> list[str]:
        return self.headers.get(name, [])

    @property
    def has_overlong_value(self) -> bool:
        return any(len(value) > _LONGEST_VALUE for some in self.headers.values() for value in some)


def inspect(data: bytes) -> Verdict:
    """Makes a datagram plain, or refuses it.

    Args:
        data: As it came; everything beyond ASCII replaced already.
    """
    text = data.decode("ascii", "replace")
    if text.startswith("SIP/"):
        return Verdict(data) if _is_response(_parse(text)) else Verdict(None)
    if _REQUEST.match(text.partition("\n")[0]) is None:
        return Verdict(None)
    message = _parse(text)
    try:
        _check(message)
    except _Malformed as fault:
        return Verdict(None, _refuse(message, fault, data))
    return Verdict(_plain(text).encode() if _is_odd(message, text) else data)


def _is_odd(message: _Message, text: str) -> bool:
    """Whether sippy would stumble over it: it splits at fixed characters."""
    addresses = [value for name in _ADDRESSES for value in message.all(name)]
    if "\t" in text or any(space in text for space in _ODD_SPACES):
        return True
    return any("<" not in value for value in addresses)


def _parse(text: str) -> _Message:
    blank = _BLANK.search(text)
    head, body = (text, "") if blank is None else (text[: blank.start()], text[blank.end() :])
    start, *lines = _unfold(head).splitlines() or [""]
    headers: dict[str, list[str]] = {}
    for line in lines:
        if line:
            name, value = _split(line)
            headers.setdefault(name, []).append(value)
    return _Message(start=start, headers=headers, body_octets=len(body))


def _split(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        return "", line
    return _long_name(name), value.strip()


@lru_cache(maxsize=256)
def _long_name(name: str) -> str:
    name = name.strip().lower()
    return _COMPACT.get(name, name)


def _unfold(head: str) -> str:
    return _FOLD.sub(" ", head) if "\n " in head or "\n\t" in head else head


def _is_response(message: _Message) -> bool:
    """Whether it is a response that anybody could have asked for."""
    if _STATUS.fullmatch(message.start) is None or message.has_overlong_value:
        return False
    if any(len(message.all(name)) != 1 for name in ("from", "to", "call-id", "cseq")):
        return False
    sequence = _SEQUENCE.fullmatch(message.all("cseq")[0])
    # With a second Via it is the answer to a request of somebody else (RFC 3261 section 8.1.3.3).
    vias = ",".join(message.all("via")).split(",")
    return sequence is not None and int(sequence[1]) <= _LARGEST_SEQUENCE and len(vias) == 1


def _check(message: _Message) -> None:
    _check_presence(message)
    method = _check_start(message.start)
    _check_scalars(message, method)
    _check_length(message)
    for name in _ADDRESSES:
        for value in message.all(name):
            _check_address(value, name)
    for value in message.all("via"):
        if _EMPTY_PART.search(value):
            raise _Malformed(400, "Malformed Via")


def _check_presence(message: _Message) -> None:
    for name in _NEEDED:
        if not message.all(name):
            raise _Malformed(400, f"Missing {name.title()}")
    for name in _SINGLE:
        if len(message.all(name)) > 1:
            raise _Malformed(400, f"More Than One {name.title()}")
    if message.all(""):
        raise _Malformed(400, "Header Without Colon")
    if message.has_overlong_value:
        raise _Malformed(400, "Header Too Long")


def _check_start(start: str) -> str:
    """The method of a request line."""
    match = _START.fullmatch(start)
    if match is None:
        raise _Malformed(400, "Malformed Request Line")
    method, uri, version = match.groups()
    if version != "2.0":
        raise _Malformed(505, "Version Not Supported")
    scheme = _SCHEME.match(uri)
    if scheme is None or "<" in uri or ">" in uri:
        raise _Malformed(400, "Malformed Request URI")
    if scheme[1].lower() not in _SCHEMES:
        raise _Malformed(416, "Unsupported URI Scheme")
    if "?" in uri.rpartition("@")[2]:
        # RFC 3261 section 19.1.1: headers have no place in a request URI.
        raise _Malformed(400, "Headers In Request URI")
    return method


def _check_scalars(message: _Message, method: str) -> None:
    sequence = _SEQUENCE.fullmatch(message.all("cseq")[0])
    if sequence is None or int(sequence[1]) > _LARGEST_SEQUENCE:
        raise _Malformed(400, "Malformed CSeq")
    if sequence[2] != method:
        raise _Malformed(400, "CSeq Names Another Method")
    for hops in message.all("max-forwards"):
        if not _NUMBER.fullmatch(hops) or int(hops) > _MOST_HOPS:
            raise _Malformed(400, "Malformed Max-Forwards")


def _check_length(message: _Message) -> None:
    for length in message.all("content-length"):
        if not _NUMBER.fullmatch(length):
            raise _Malformed(400, "Malformed Content-Length")
        if int(length) > message.body_octets + _MISSING_OCTETS:
            raise _Malformed(400, "Body Shorter Than Content-Length")


def _check_address(value: str, name: str) -> None:
    if _USUAL_ADDRESS.fullmatch(value):
        return
    outside = "".join(divide_at_quotes(value)[::2])
    if '"' in outside or outside.count("<") != outside.count(">"):
        raise _Malformed(400, f"Malformed {name.title()}")
    if value == "*" and name == "contact":
        return
    for part in split_at_commas(outside) if name == "contact" else [outside]:
        _check_one_address(part, name)


def _check_one_address(address: str, name: str) -> None:
    display, bracket, rest = address.partition("<")
    uri = rest.partition(">")[0] if bracket else address.partition(";")[0].strip()
    if bracket and "," in display:
        # A name with a comma needs quotes (RFC 3261 section 25.1, display-name).
        raise _Malformed(400, f"Malformed {name.title()}")
    scheme = _SCHEME.match(uri)
    if scheme is None or _SPACE.search(uri) or (not bracket and _NEEDS_BRACKETS.search(uri)):
        raise _Malformed(400, f"Malformed {name.title()}")
    if scheme[1].lower() not in _SCHEMES:
        raise _Malformed(400, f"Unsupported Scheme In {name.title()}")


def _plain(text: str) -> str:
    """The same message without folded lines and without space round separators."""
    blank = _BLANK.search(text)
    head, rest = (text, "") if blank is None else (text[: blank.start()], text[blank.start() :])
    start, *lines = _unfold(head).splitlines()
    return "\r\n".join((start, *_plain_lines(lines))) + rest


def _plain_lines(lines: list[str]) -> Iterator[str]:
    for line in lines:
        name, value = _split(line)
        if name in _SPACED:
            value = "".join(
                part if place % 2 else _tighten(part, is_via=name == "via")
                for place, part in enumerate(divide_at_quotes(value))
            )
        if name in _ADDRESSES and "<" not in value and value != "*":
            uri, semicolon, parameters = value.partition(";")
            value = f"<{uri}>{semicolon}{parameters}"
        yield f"{name}: {value}"


def _tighten(part: str, *, is_via: bool) -> str:
    part = _SEPARATOR.sub(r"\1", part)
    return _SLASH.sub("/", part) if is_via else part


def _refuse(message: _Message, fault: _Malformed, data: bytes) -> bytes | None:
    """A response made of what the request has; None to an ACK, which is never answered."""
    if message.start.startswith("ACK"):
        return None
    lines = [f"SIP/2.0 {fault.status} {fault.phrase}"]
    for name in _COPIED:
        # One that stands there twice can only be answered by its first.
        for value in message.all(name) if name == "via" else message.all(name)[:1]:
            # The same request gets the same tag, although nothing of it is remembered.
            tag = f";tag={zlib.crc32(data):08x}" if name == "to" and "tag=" not in value else ""
            lines.append(f"{name.title()}: {value}{tag}")
    lines += ["Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode("ascii", "replace")
