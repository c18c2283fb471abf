"""SIP messages cut out of a stream of bytes, without I/O (RFC 3261 sections 7.5 and 18.3)."""

import re
from collections.abc import Iterator

from ivr.sip.screening import LARGEST_MESSAGE_BYTES

PING = b"\r\n\r\n"
"""Asks whether we are there (RFC 5626 section 4.4.1)."""
PONG = b"\r\n"
"""The answer to it."""

_END_OF_HEAD = b"\r\n\r\n"
_FOLD = re.compile(rb"\r\n[ \t]+")
_LENGTH = re.compile(rb"(?im)^(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$")
# Larger numbers than this are no lengths of messages, and costly to read.
_NUMBER = re.compile(rb"[0-9]{1,10}")
_VIA = re.compile(
    rb"(?im)^(?:via|v)[ \t]*:[ \t]*SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*TCP[ \t]+"
    rb"(?:\[[0-9a-f:.]{2,45}\]|[^\s;,:\[]{1,255})[ \t]*(?::[ \t]*([0-9]{1,5}))?[ \t]*(?:[;,]|\r?$)"
)
DEFAULT_PORT = 5060
_LARGEST_PORT = 65_535


class StreamBroken(Exception):
    """Where the next message begins can no longer be told, or it is too long."""


class MessageStream:
    """The messages of one connection; what is held is never longer than one message and a read."""

    def __init__(self) -> None:
        self._held = bytearray()
        # Up to here there is no end of a head, so pieces of one byte cost no second look.
        self._searched = 0
        self._wanted = 0

    @property
    def is_unfinished(self) -> bool:
        """Whether a part of a message has come and the rest has not."""
        return bool(self._held.strip(b"\r\n"))

    def take(self, data: bytes) -> Iterator[bytes]:
        """Takes what was read, and gives the messages that are complete with it.

        Args:
            data: The next bytes of the stream.

        Yields:
            Whole messages in their order, and `PING` for each of those.

        Raises:
            StreamBroken: A message has no Content-Length, several, or is too long; nothing more
                can be taken.
        """
        self._held += data
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> bytes | None:
        if not self._wanted:
            if self._is_ping():
                return PING
            self._wanted = self._measure()
        if not self._wanted or len(self._held) < self._wanted:
            return None
        message = bytes(self._held[: self._wanted])
        del self._held[: self._wanted]
        self._searched = self._wanted = 0
        return message

    def _is_ping(self) -> bool:
        """Drops empty lines before a message; whether two of them came together."""
        while self._held.startswith(b"\r\n"):
            if self._held.startswith(PING):
                del self._held[: len(PING)]
                return True
            if bytes(self._held) in (b"\r\n", b"\r\n\r"):
                # May become a question yet.
                return False
            del self._held[:2]
        return False

    def _measure(self) -> int:
        """How long the message in front is; 0 while its head is not complete."""
        end = self._held.find(_END_OF_HEAD, self._searched)
        if end < 0:
            if len(self._held) > LARGEST_MESSAGE_BYTES:
                raise StreamBroken("A head without end.")
            self._searched = max(0, len(self._held) - len(_END_OF_HEAD) + 1)
            return 0
        length = end + len(_END_OF_HEAD) + _content_length(bytes(self._held[: end + 2]))
        if length > LARGEST_MESSAGE_BYTES:
            raise StreamBroken("A message that is too long.")
        return length


def _content_length(head: bytes) -> int:
    values = set(_LENGTH.findall(_FOLD.sub(b" ", head)))
    if len(values) != 1:
        # Two that differ are a way to smuggle a message past whoever reads the other one.
        raise StreamBroken("A message without one length.")
    value = values.pop()
    if _NUMBER.fullmatch(value) is None:
        raise StreamBroken("A length that is no number.")
    return int(value)


def sent_by_port(message: bytes) -> int | None:
    """The port in the topmost Via, 5060 if it names none; None without a Via that is plain.

    That is where answers go whose connection is gone (RFC 3261 section 18.2.2), and where requests
    go that are not to come back by the same connection.
    """
    match = _VIA.search(message)
    port = int(match[1] or DEFAULT_PORT) if match else None
    return port if port is not None and 0 < port <= _LARGEST_PORT else None
