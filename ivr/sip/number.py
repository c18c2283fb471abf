"""Telephone numbers as they stand in SIP headers, read without I/O.

Trunks write one number in many ways: ``<sip:+8613800001234@ims.example;user=phone>``,
``tel:+86-10-1234-5678;phone-context=+86``, ``"138..." <sip:013800001234@10.0.0.1>``.
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote

_URI = re.compile(r"(?:<\s*)?\b(sips?|tel):([^<>\s]{0,256})", re.IGNORECASE)
_VISUAL = str.maketrans("", "", "-.() ")  # RFC 3966 section 5.1.1
_NUMBER = re.compile(r"\+?[0-9]{2,20}", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)86(?=[0-9]{7,})", re.ASCII)
_MOBILE = re.compile(r"0?(1[3-9][0-9]{9})", re.ASCII)
# The hotline's own number, which is shorter than any subscriber's: alone, behind the code of a city
# or a province, behind that of the country, or behind both.
_HOTLINE = re.compile(
    r"(?:(?:\+|00)?86(?:0?([1-9][0-9]{1,2}))?|0([1-9][0-9]{1,2}))?(12348)", re.ASCII
)
# Values of the Privacy header that ask for the identity to be kept back (RFC 3323, RFC 3325).
_WITHHOLDING = frozenset({"id", "user", "full"})


def caller_number(*, identities: Sequence[str], sender: str, privacy: str = "") -> str | None:
    """The caller's number, in national form for numbers of China, else with ``+``.

    Args:
        identities: Values of P-Asserted-Identity, which the network vouches for (RFC 3325).
        sender: Value of From, which the caller's own telephone wrote.
        privacy: Value of Privacy; a caller who withholds the number has none.

    Returns:
        The number, None when it is withheld or is not a telephone number at all.
    """
    if _WITHHOLDING & {part.strip().lower() for part in re.split("[;,]", privacy)}:
        return None
    found = (_number(value) for value in (*identities, sender))
    return next((number for number in found if number is not None), None)


def dialled_number(uri: str) -> str:
    """The number in a request URI, in national form: ``12348`` or, with an area, ``01012348``.

    Returns:
        Whatever stands before the @ where that is no number.
    """
    hotline = _HOTLINE.fullmatch(_user(uri).translate(_VISUAL))
    if hotline:
        area = hotline[1] or hotline[2]
        return f"0{area}{hotline[3]}" if area else hotline[3]
    return _number(uri) or _user(uri)[:64]


def _number(value: str) -> str | None:
    compact = _user(value).translate(_VISUAL)
    if not _NUMBER.fullmatch(compact):
        return None
    national = _COUNTRY.sub("", compact, count=1)
    mobile = _MOBILE.fullmatch(national)
    if mobile:
        return mobile[1]
    if national != compact and not national.startswith("0"):
        # +86 10 1234 5678 is dialled 010 1234 5678 inside China.
        return f"0{national}"
    return national


def _user(value: str) -> str:
    match = _URI.search(value)
    if match is None:
        return ""
    scheme, rest = match[1].lower(), match[2]
    if scheme != "tel":
        rest, separator, _ = rest.partition("@")
        if not separator:
            return ""
    return unquote(rest.partition(";")[0].partition(":")[0]).strip()
