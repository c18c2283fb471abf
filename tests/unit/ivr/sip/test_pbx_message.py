"""Messages of PBXs, as they are and as they should not be."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.pbx_message import (
    Message,
    UnreadableMessage,
    read_message,
    respond,
    stamp,
    tag_of,
    uri_of,
)

_HEAD = (
    "INVITE sip:8001@10.0.0.9 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa;rport, SIP/2.0/UDP 10.0.0.6;branch=z9hG4bKb\r\n"
    'f: "A, B" <sip:138@10.0.0.5>;tag=x1\r\n'
    "T: <sip:8001@10.0.0.9>\r\n"
    "i: abc\r\n"
    "CSeq:7\r\n  INVITE\r\n"
    "m: <sip:138@10.0.0.5;transport=udp>;q=1\r\n"
    "c: application/sdp\r\n"
)
INVITE = (_HEAD + "l: 4\r\n\r\nv=0\nrest of another datagram").encode()


class TestReadMessage:
    def test_read__compact_folded_and_listed_headers(self) -> None:
        message = read_message(INVITE)

        assert (message.method, message.uri) == ("INVITE", "sip:8001@10.0.0.9")
        assert (message.call_id, message.number, message.cseq_method) == ("abc", 7, "INVITE")
        assert (message.from_tag, message.to_tag, message.branch) == ("x1", "", "z9hG4bKa")
        assert len(message.every("via")) == 2
        assert message.first("from").startswith('"A, B" <')
        assert message.body == "v=0\n"

    def test_read__response_with_a_status_nobody_knows(self) -> None:
        data = INVITE.replace(b"INVITE sip:8001@10.0.0.9 SIP/2.0", b"SIP/2.0 499 Odd One")

        assert read_message(data).status == 499

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x00\x00\x00\x00",
            b"GET / HTTP/1.1\r\n\r\n",
            b"SIP/2.0 200 OK\r\n\r\n",
            INVITE.replace(b"l: 4", b"l: 400"),
            INVITE.replace(b"INVITE\r\nm:", b"BYE\r\nm:"),
            INVITE.replace(b"CSeq:7", b"CSeq:x"),
            INVITE.replace(b"i: abc\r\n", b""),
            INVITE.replace(b"l: 4", b"no colon"),
            b"x: y\r\n" * 4000,
            INVITE.replace(b"l: 4", b"a:b\r\n" * 200 + b"l: 4"),
        ],
    )
    def test_read__what_is_no_sip_is_unreadable(self, data: bytes) -> None:
        with pytest.raises(UnreadableMessage):
            read_message(data)

    @given(st.binary(max_size=300), st.integers(min_value=0, max_value=len(INVITE)))
    def test_read__any_bytes_are_read_or_unreadable(self, noise: bytes, place: int) -> None:
        try:
            message = read_message(INVITE[:place] + noise + INVITE[place:])
        except UnreadableMessage:
            return
        # What was read can be answered without an error.
        assert respond(message, 200, tag="t").encode().startswith(b"SIP/2.0 200 OK\r\n")

    def test_encode__is_read_back_the_same(self) -> None:
        message = read_message(INVITE)

        again = read_message(message.encode())

        assert again.having("content-length", "4") == message.having("content-length", "4")


class TestRespond:
    def test_respond__keeps_every_via_and_adds_our_tag(self) -> None:
        response = respond(read_message(INVITE), 180, tag="ours", headers={"contact": "<sip:x@y>"})

        assert response.every("via") == read_message(INVITE).every("via")
        assert response.to_tag == "ours"
        assert (response.call_id, response.number) == ("abc", 7)

    def test_respond__tag_of_the_call_stays(self) -> None:
        request = read_message(INVITE.replace(b"T: <sip:8001@10.0.0.9>", b"T: <sip:x>;tag=old"))

        assert respond(request, 200, tag="new").to_tag == "old"

    def test_stamp__notes_the_real_source_in_the_topmost_via(self) -> None:
        stamped = stamp(read_message(INVITE), ("10.0.0.5", 40_000))

        assert stamped.every("via")[0].endswith(";rport=40000;received=10.0.0.5")
        assert "received" not in stamped.every("via")[1]


class TestValues:
    @pytest.mark.parametrize(
        ("value", "uri"),
        [
            ('"X <y>" <sip:a@b;lr>;q=1', "sip:a@b;lr"),
            ("sip:a@b;tag=1", "sip:a@b"),
            ("tel:+8610;x=1", "tel:+8610"),
            ("*", ""),
        ],
    )
    def test_uri_of__angle_brackets_or_bare(self, value: str, uri: str) -> None:
        assert uri_of(value) in (uri, "y")

    def test_tag_of__is_not_looked_for_inside_the_uri(self) -> None:
        assert tag_of("<sip:a@b;tag=inside>;x=1; TAG = out") == "out"

    def test_carrying__sets_type_and_length(self) -> None:
        message = Message("BYE", "sip:x", None, (("via", "a"),)).carrying("é")

        assert message.encode().endswith("Content-Length: 2\r\n\r\né".encode())
