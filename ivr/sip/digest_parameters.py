"""The parameters of a digest header: names in lower case, values without quotes. No I/O."""

import re

from hotline.errors import HotlineError

# Real ones have 300 characters; the bound keeps a hostile one cheap.
_MAX_CHARACTERS = 2048
_SCHEME = re.compile(r"\s*Digest\s+", re.IGNORECASE)
_PARAMETER = re.compile(
    r'\s*([A-Za-z0-9_-]{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)'
)
_ESCAPED = re.compile(r"\\(.)")


class DigestError(HotlineError):
    """A digest header that cannot be used; the text names no value of it."""


def read_parameters(header: str) -> dict[str, str]:
    """The parameters by name; of doubles the first counts.

    Raises:
        DigestError: It is no digest, malformed or far too long.
    """
    scheme = _SCHEME.match(header)
    if scheme is None or len(header) > _MAX_CHARACTERS:
        raise DigestError("The header is no digest, or far too long.")
    values: dict[str, str] = {}
    place = scheme.end()
    while place < len(header):
        found = _PARAMETER.match(header, place)
        if found is None:
            raise DigestError("The header is malformed.")
        value = found[3] if found[2] is None else _ESCAPED.sub(r"\1", found[2])
        values.setdefault(found[1].lower(), value)
        place = found.end()
    return values


def needed(values: dict[str, str], name: str) -> str:
    """One that has to be there.

    Raises:
        DigestError: It is not.
    """
    value = values.get(name)
    if value is None:
        raise DigestError(f"The parameter {name} is missing.")
    return value


def quoted(value: str) -> str:
    """A value as it stands in a header."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
