"""Small things that everybody does with sippy's messages."""

from typing import Any

from sippy.SipHeader import SipHeader

from ivr.sip.body import find_description
from ivr.sip.session_keeper import TimerWords

ALLOWED_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK"
EXTENSIONS = ("timer", "100rel")
SUPPORTED = ", ".join(EXTENSIONS)
# Compact forms that sippy does not know itself (RFC 3261 section 7.3.3, RFC 4028 section 4).
_COMPACT = {"supported": "k", "session-expires": "x"}


def read_description(message: Any) -> str | None:
    """The session description in a message's body, None if there is none."""
    return describe(message.getBody())


def describe(body: Any) -> str | None:
    """The session description in one of sippy's bodies, None if there is none."""
    return None if body is None else find_description(str(body.mtype), str(body))


def make_headers(values: dict[str, str]) -> list[Any]:
    """Headers in sippy's shape."""
    return [SipHeader(name=name, bodys=value) for name, value in values.items()]


def header_text(message: Any, name: str) -> str | None:
    """All values of a header as they stand there, with commas between; None without one.

    Past sippy's parsers, which know nothing of many headers and several values.
    """
    names = (name, _COMPACT.get(name))
    values = [str(header.body) for header in message.headers if header.name in names]
    return ", ".join(values) if values else None


def timer_words(message: Any) -> TimerWords:
    """What a request or response says of session timers."""
    return TimerWords(
        status=message.getSCode()[0] if hasattr(message, "getSCode") else 0,
        expires=header_text(message, "session-expires"),
        minimum=header_text(message, "min-se"),
        supported=header_text(message, "supported") or "",
        allow=header_text(message, "allow"),
    )


def unsupported_extensions(message: Any) -> str:
    """What a request requires and we do not know, empty if nothing (RFC 3261 section 8.2.2.3)."""
    required = (header_text(message, "require") or "").split(",")
    unknown = [tag.strip() for tag in required if tag.strip().lower() not in (*EXTENSIONS, "")]
    return ", ".join(unknown)
