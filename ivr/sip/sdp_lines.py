"""What the lines of a session description mean, one by one and without I/O (RFC 8866)."""

import re

from ivr.sip.line import Direction

Lines = list[tuple[str, str]]
"""Lines of a description: type and value."""

_CONNECTION = re.compile(r"IN IP[46] ([0-9A-Fa-f.:]{2,45})(?:/\d{1,3}){0,2}", re.ASCII)
_CONTROL = re.compile(r"rtcp:(\d{1,5})(?: IN IP[46] ([0-9A-Fa-f.:]{2,45}))?", re.ASCII)
_LONGEST_PACKET = re.compile(r"maxptime:([1-9]\d{0,4})(?:\.\d{1,9})?", re.ASCII)
_RTPMAP = re.compile(r"rtpmap:(\d{1,3}) ([\w.-]{1,64})/(\d{1,6})(?:/(\d{1,2}))?", re.ASCII)

_DIRECTIONS = {direction.value: direction for direction in Direction}


def connection_of(block: Lines) -> str | None:
    """The address of a block's ``c=`` line; empty if that is malformed, None without one."""
    for kind, value in block:
        if kind == "c":
            match = _CONNECTION.fullmatch(value)
            return match[1] if match else ""
    return None


def control_port_of(attributes: list[str], connection: str | None) -> int | None:
    """Where reports go (RFC 3605), if that is the machine that the audio goes to."""
    for match in filter(None, (_CONTROL.fullmatch(value) for value in attributes)):
        is_same = match[2] in (None, connection)
        return int(match[1]) if is_same and 0 < int(match[1]) < 65536 else None
    return None


def longest_packet_of(attributes: list[str]) -> int | None:
    """The longest packet that the peer takes, in whole milliseconds; None if it says nothing."""
    matches = filter(None, (_LONGEST_PACKET.fullmatch(value) for value in attributes))
    return next((int(match[1]) for match in matches), None)


def direction_in(attributes: list[str]) -> Direction | None:
    """What the attributes say of a direction."""
    return next((_DIRECTIONS[value] for value in attributes if value in _DIRECTIONS), None)


def session_direction(session: Lines) -> Direction:
    """The direction of media that say none of their own."""
    attributes = [value for kind, value in session if kind == "a"]
    return direction_in(attributes) or Direction.SENDRECV


def encodings_of(attributes: list[str]) -> dict[str, str]:
    """What each payload type means, such as ``{"8": "PCMA/8000"}``."""
    matches = (_RTPMAP.fullmatch(value) for value in attributes)
    return {
        # More than one channel is another encoding, and none of ours.
        match[1]: f"{match[2].upper()}/{match[3]}"
        + (f"/{match[4]}" if match[4] not in (None, "1") else "")
        for match in matches
        if match is not None and int(match[1]) < 128
    }
