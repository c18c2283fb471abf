import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from agent_console import protocol
from agent_console.protocol import (
    LONGEST_MESSAGE,
    AcceptOffer,
    AcknowledgeOffer,
    DeclineOffer,
    Kind,
    Ping,
    ProtocolError,
)

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"type":"ping"}', Ping()),
            ('{"type":"offer.acknowledge","offer_id":"o"}', AcknowledgeOffer("o")),
            ('{"type":"offer.accept","offer_id":"o","request":3}', AcceptOffer("o", 3)),
            ('{"type":"offer.decline","offer_id":"o","request":0}', DeclineOffer("o", 0, "")),
            (
                '{"type":"offer.decline","offer_id":"o","request":1,"reason":"r"}',
                DeclineOffer("o", 1, "r"),
            ),
        ],
    )
    def test_parse__knows_every_message(self, text: str, message: object) -> None:
        assert protocol.parse(text) == message

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "JSON"),
            ("[]", "object"),
            ("{}", "known type"),
            ('{"type":["ping"]}', "known type"),
            ('{"type":"offer.acknowledge"}', "offer_id"),
            ('{"type":"offer.acknowledge","offer_id":""}', "offer_id"),
            ('{"type":"offer.accept","offer_id":"o"}', "request"),
            ('{"type":"offer.accept","offer_id":"o","request":true}', "request"),
            ('{"type":"offer.decline","offer_id":"o","request":1,"reason":5}', "reason"),
            ("[" * 3000, "JSON"),
            (" " * (LONGEST_MESSAGE + 1), "characters"),
        ],
    )
    def test_parse__says_what_was_expected(self, text: str, complaint: str) -> None:
        with pytest.raises(ProtocolError, match=complaint):
            protocol.parse(text)

    @given(st.text())
    def test_parse__raises_nothing_else(self, text: str) -> None:
        with suppress(ProtocolError):
            protocol.parse(text)


class TestMessages:
    def decoded(self, text: str) -> Any:
        return json.loads(text)

    def test_hello__carries_seq_and_moment(self) -> None:
        assert self.decoded(protocol.hello(7, at=NOW, data={"a": 1})) == {
            "type": "hello",
            "seq": 7,
            "at": "2026-03-02T02:00:00.000+00:00",
            "data": {"a": 1},
        }

    def test_event__keeps_chinese_as_it_is(self) -> None:
        text = protocol.event(8, Kind.TRANSCRIPT_SEGMENT, at=NOW, data={"text": "工资"})

        assert "工资" in text
        assert self.decoded(text)["type"] == "transcript.segment"

    def test_pong__tells_the_last_seq(self) -> None:
        assert self.decoded(protocol.pong(9, at=NOW))["seq"] == 9

    def test_reply__is_good(self) -> None:
        assert self.decoded(protocol.reply(1, {"x": None})) == {
            "type": "reply",
            "request": 1,
            "ok": True,
            "data": {"x": None},
        }

    def test_refusal__says_why(self) -> None:
        message = self.decoded(protocol.refusal(2, status=409, title="conflict", detail="Over."))

        assert message["ok"] is False
        assert message["error"] == {"status": 409, "title": "conflict", "detail": "Over."}

    def test_complaint__is_an_error(self) -> None:
        assert self.decoded(protocol.complaint("?")) == {"type": "error", "detail": "?"}
