"""SIP messages are cut out of a stream as RFC 3261 section 18.3 says."""

import pytest

from ivr.sip.message_stream import PING, MessageStream, StreamBroken
from ivr.sip.screening import LARGEST_MESSAGE_BYTES


def message(body: bytes = b"", *, length: bytes | None = None, number: int = 1) -> bytes:
    header = b"Content-Length: %d" % len(body) if length is None else length
    return b"OPTIONS sip:a@b SIP/2.0\r\nCSeq: %d OPTIONS\r\n%s\r\n\r\n%s" % (number, header, body)


def cut(*pieces: bytes) -> list[bytes]:
    stream = MessageStream()
    return [whole for piece in pieces for whole in stream.take(piece)]


def test_take__two_messages_in_one_piece() -> None:
    first, second = message(b"v=0\r\n\r\n", number=1), message(number=2)

    assert cut(first + second) == [first, second]


def test_take__one_message_byte_by_byte() -> None:
    whole = message(b"v=0\r\n")

    assert cut(*(bytes([byte]) for byte in whole * 2)) == [whole, whole]


@pytest.mark.parametrize(
    "length",
    [
        b"l: 4",
        b"L:4",
        b"content-length :\t4 ",
        b"Content-Length:\r\n 4",
        b"Content-Length: 04",
        b"Content-Length: 4\r\nl: 4",
    ],
)
def test_take__length_in_every_way_of_writing_it(length: bytes) -> None:
    whole = message(b"v=0\n", length=length)

    assert cut(whole + message()) == [whole, message()]


@pytest.mark.parametrize(
    "length",
    [
        b"Subject: none",
        b"Content-Length:",
        b"Content-Length: -1",
        b"Content-Length: 4 4",
        b"Content-Length: 4, 4",
        b"Content-Length: 0x4",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Content-Length: 99999",
        b"Content-Length: " + b"9" * 5000,
        b"Subject: a\r\n Content-Length: 4",
    ],
)
def test_take__without_one_usable_length_the_stream_is_broken(length: bytes) -> None:
    with pytest.raises(StreamBroken):
        cut(message(b"v=0\n", length=length))


def test_take__messages_before_the_break_are_given() -> None:
    messages = MessageStream().take(message() + message(length=b"X: y"))

    assert next(messages) == message()
    with pytest.raises(StreamBroken):
        next(messages)


@pytest.mark.parametrize("piece", [b"X: y\r\n", b"a"])
def test_take__head_without_end_is_broken_within_bounds(piece: bytes) -> None:
    stream = MessageStream()
    for _ in range(LARGEST_MESSAGE_BYTES // len(piece)):
        assert list(stream.take(piece)) == []

    with pytest.raises(StreamBroken):
        list(stream.take(piece))


@pytest.mark.parametrize("pieces", [[b"\r\n\r\n"], [b"\r\n", b"\r\n"], [b"\r", b"\n\r", b"\n"]])
def test_take__two_empty_lines_are_a_question(pieces: list[bytes]) -> None:
    assert cut(*pieces, message()) == [PING, message()]


def test_take__one_empty_line_before_a_message_is_nothing() -> None:
    assert cut(b"\r\n", message(), b"\r\n" + message()) == [message(), message()]


@pytest.mark.parametrize(
    ("data", "is_unfinished"), [(b"", False), (b"\r\n", False), (b"OPT", True), (message(), False)]
)
def test_is_unfinished__while_a_part_of_a_message_is_held(data: bytes, is_unfinished: bool) -> None:
    stream = MessageStream()

    list(stream.take(data))

    assert stream.is_unfinished is is_unfinished
