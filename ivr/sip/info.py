"""What an INFO request says, read without I/O (RFC 6086, and the two older ways to send a key).

No standard defines keys in INFO; gateways send ``application/dtmf-relay`` with a line
``Signal= 5``, or ``application/dtmf`` with nothing but the key.
"""

import re
from dataclasses import dataclass, field

DIGIT_TYPES = ("application/dtmf-relay", "application/dtmf")

_SIGNAL = re.compile(r"^\s*signal\s*=\s*([0-9A-Da-d*#]{1,2})\s*$", re.IGNORECASE | re.MULTILINE)
_DIGIT = re.compile(r"\s*([0-9A-Da-d*#]{1,2})\s*", re.ASCII)
# Some gateways number the keys as RFC 4733 section 3.2 does, so 10 is the star.
_EVENTS = {str(number): key for number, key in enumerate("*#ABCD", start=10)}
# A key takes 30 bytes, with a duration 50.
_MAX_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class InfoAnswer:
    """What becomes of an INFO request.

    Attributes:
        status: The SIP status it gets: 200, 415 for a body that we do not know, 469 for a package.
        digit: The key that was pressed, None if the request is about something else.
    """

    status: int
    digit: str | None = field(default=None, repr=False)


def read_info(*, content_type: str | None, body: str, package: str | None = None) -> InfoAnswer:
    """Reads one INFO request.

    Args:
        content_type: Value of Content-Type, None if there is no body.
        body: The body.
        package: Value of Info-Package; we take part in none (RFC 6086 section 4.2.2).
    """
    if package is not None:
        return InfoAnswer(469)
    if content_type is None or not body.strip():
        return InfoAnswer(200)
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in DIGIT_TYPES:
        return InfoAnswer(415)
    text = body[:_MAX_CHARACTERS]
    found = _SIGNAL.search(text) or (_DIGIT.fullmatch(text) if kind == "application/dtmf" else None)
    return InfoAnswer(200, _key(found[1]) if found else None)


def _key(name: str) -> str | None:
    if len(name) == 1:
        return name.upper()
    return _EVENTS.get(name)
