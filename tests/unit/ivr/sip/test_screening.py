"""Which datagrams are dropped unread."""

import pytest

from ivr.sip.screening import LARGEST_MESSAGE_BYTES, MOST_HEADER_LINES, Unwelcome, screen


def message(*headers: str, body: str = "") -> bytes:
    lines = ["INVITE sip:12348@10.0.0.1 SIP/2.0", "Call-ID: 1@10.0.0.2", *headers, "", body]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "header",
    [
        "User-Agent: friendly-scanner",
        "user-agent :sipcli/v1.8",
        "USER-AGENT: VaxSIPUserAgent/3.1",
        "User-Agent: SIPVicious 0.3",
        "Server: sundayddr",
    ],
)
def test_screen__scanner_is_dropped(header: str) -> None:
    assert screen(message(header)) is Unwelcome.SCANNER


@pytest.mark.parametrize(
    "header",
    [
        "User-Agent: Huawei SoftX3000 V300R603",
        "User-Agent: Asterisk PBX 22.1",
        "Subject: friendly-scanner",
        'From: "sipcli" <sip:1@10.0.0.2>',
    ],
)
def test_screen__telephones_and_carriers_are_read(header: str) -> None:
    assert screen(message(header)) is None


def test_screen__body_may_say_anything() -> None:
    assert screen(message(body="User-Agent: friendly-scanner")) is None


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\0" * 31])
def test_screen__keep_alive_is_noise(data: bytes) -> None:
    assert screen(data) is Unwelcome.NOISE


@pytest.mark.parametrize(
    "data",
    [
        b"a" * (LARGEST_MESSAGE_BYTES + 1),
        message(*["X: y"] * MOST_HEADER_LINES),
        b"INVITE sip:a SIP/2.0\n" + b"x\n" * MOST_HEADER_LINES,
    ],
)
def test_screen__oversized_is_dropped(data: bytes) -> None:
    assert screen(data) is Unwelcome.OVERSIZED


def test_screen__large_real_message_is_read() -> None:
    assert screen(message(*["Record-Route: <sip:10.0.0.1;lr>"] * 100, body="a" * 4000)) is None
