"""Refusing calls of a flood."""

import pytest

from ivr.sip.turning_away import call_id_of, is_acknowledgement, turn_away

INVITE = """\
INVITE sip:12348@10.0.0.9 SIP/2.0\r
Via: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bK1;rport\r
v: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK0\r
Max-Forwards: 70\r
f: "x" <sip:13800001234@10.0.0.1>;tag=a\r
To: <sip:12348@10.0.0.9>\r
i: 77@10.0.0.1\r
CSeq: 4 INVITE\r
Content-Length: 4\r
\r
body"""
SOURCE = ("10.0.0.1", 5081)


def away(text: str, source: tuple[str, int] = SOURCE) -> str | None:
    answer = turn_away(text.encode(), source, retry_seconds=2, server="test")
    return None if answer is None else answer.decode()


def test_turn_away__repeats_what_an_answer_must() -> None:
    answer = away(INVITE)

    assert answer is not None
    head, tag = answer.split("To: <sip:12348@10.0.0.9>;tag=full")
    assert head.splitlines() == [
        "SIP/2.0 503 Service Unavailable",
        "Via: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bK1;rport=5081;received=10.0.0.1",
        "Via: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK0",
        'From: "x" <sip:13800001234@10.0.0.1>;tag=a',
    ]
    assert tag[12:].splitlines() == [
        "",
        "Call-ID: 77@10.0.0.1",
        "CSeq: 4 INVITE",
        "Retry-After: 2",
        "Server: test",
        "Content-Length: 0",
        "",
    ]


def test_turn_away__same_answer_to_the_same_call() -> None:
    assert away(INVITE) == away(INVITE)
    assert away(INVITE) != away(INVITE.replace("77@", "78@"))


def test_turn_away__without_rport_only_where_the_via_says() -> None:
    plain = INVITE.replace(";rport", "")

    assert away(plain, ("10.0.0.1", 5081)) is None
    assert away(plain, ("10.0.0.1", 5080)) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("INVITE sip", "OPTIONS sip"),
        ("12348@10.0.0.9>\r\ni", "12348@10.0.0.9>;tag=b\r\ni"),
        ("i: 77@10.0.0.1\r\n", ""),
        ("CSeq", "i: 78@10.0.0.1\r\nCSeq"),
        ("z9hG4bK1", "z9hG4bK1\r\n ;x=y"),
        ("z9hG4bK1;rport", "z9hG4bK1;rport, SIP/2.0/UDP 10.0.0.2"),
        ("\r\n\r\n", "\r\n"),
    ],
)
def test_turn_away__what_is_not_plain_is_left_to_the_stack(old: str, new: str) -> None:
    assert away(INVITE.replace(old, new, 1)) is None


def test_is_acknowledgement__of_our_own_answers_only() -> None:
    answer = away(INVITE)
    assert answer is not None
    to = next(line for line in answer.splitlines() if line.startswith("To:"))
    ack = f"ACK sip:12348@10.0.0.9 SIP/2.0\r\n{to}\r\nCSeq: 4 ACK\r\n\r\n"

    assert is_acknowledgement(ack.encode())
    assert not is_acknowledgement(ack.replace("tag=full", "tag=f").encode())
    assert not is_acknowledgement(ack.replace("ACK sip", "BYE sip").encode())


def test_call_id_of__long_and_compact() -> None:
    assert call_id_of(INVITE.encode()) == "77@10.0.0.1"
    assert call_id_of(b"INVITE x\r\nCall-ID : 5@h \r\n\r\n") == "5@h"
    assert call_id_of(b"INVITE x\r\nX: 1\r\n\r\n") is None
