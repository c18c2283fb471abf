"""Broken datagrams made of good ones, for tests that only ask whether the line survives."""

from collections.abc import Callable
from random import Random

from tests.torture.messages import MESSAGES

_NASTY = (
    *(
        b"\r\n",
        b"\r\n\r\n",
        b":",
        b";",
        b",",
        b'"',
        b"<",
        b">",
        b"=",
        b"@",
        b"\x00",
        b"%00",
        b"\xff",
    ),
    *(b"99999999999999999999", b"-1", b"z9hG4bK", b"tag=", b"SIP/2.0", b"sip:", b"tel:+86", b" "),
    *(b"Content-Length: 5\r\n", b"Require: 100rel\r\n", b"Session-Expires: 1;refresher=x\r\n"),
    *(
        b"RAck: 1 1 INVITE\r\n",
        b"m=audio 1 RTP/AVP 8\r\n",
        b"c=IN IP4 0.0.0.0\r\n",
        b"a=sendonly\r\n",
    ),
)
_METHODS = (
    b"INVITE",
    b"ACK",
    b"BYE",
    b"CANCEL",
    b"OPTIONS",
    b"UPDATE",
    b"INFO",
    b"PRACK",
    b"REFER",
)


def damaged(random: Random, port: int) -> bytes:
    """A datagram that was SIP once.

    Args:
        random: Decides what is broken.
        port: Where its sender would get an answer.
    """
    return damage(random, random.choice(MESSAGES).encode(port))


def damage(random: Random, data: bytes) -> bytes:
    """The same datagram with one to four things broken."""
    for _ in range(random.randint(1, 4)):
        data = random.choice(_DAMAGES)(random, data)
    return data


def _cut(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + data[place + random.randint(1, 60) :]


def _truncate(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _insert(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice(_NASTY) * random.choice((1, 1, 2, 200)) + data[place:]


def _repeat_line(random: Random, data: bytes) -> bytes:
    lines = data.split(b"\r\n")
    place = random.randrange(len(lines))
    return b"\r\n".join(lines[: place + 1] + lines[place:])


def _swap_lines(random: Random, data: bytes) -> bytes:
    lines = data.split(b"\r\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\r\n".join(lines)


def _another_method(random: Random, data: bytes) -> bytes:
    old = data.partition(b" ")[0]
    return data.replace(old, random.choice(_METHODS)) if old else data


_DAMAGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_cut, _truncate, _insert, _repeat_line, _swap_lines, _another_method),
)
