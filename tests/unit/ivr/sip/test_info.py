"""Keys and other things in INFO requests."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.info import InfoAnswer, read_info


class TestDigits:
    @pytest.mark.parametrize(
        ("content_type", "body", "digit"),
        [
            ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
            ("application/dtmf-relay", "Signal= *\nDuration= 250\n", "*"),
            ("Application/DTMF-Relay; charset=utf-8", "signal = #", "#"),
            ("application/dtmf-relay", "Duration=100\r\nSignal=a\r\n", "A"),
            ("application/dtmf-relay", "Signal=10\r\nDuration=160\r\n", "*"),
            ("application/dtmf-relay", "Signal=11", "#"),
            ("application/dtmf-relay", "Signal=15", "D"),
            ("application/dtmf", "7", "7"),
            ("application/dtmf", " 0\r\n", "0"),
            ("application/dtmf", "Signal=3\r\n", "3"),
            ("application/dtmf", "11", "#"),
        ],
    )
    def test_read_info__every_way_of_sending_a_key(
        self, content_type: str, body: str, digit: str
    ) -> None:
        assert read_info(content_type=content_type, body=body) == InfoAnswer(200, digit)

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/dtmf-relay", "Signal=16\r\n"),
            ("application/dtmf-relay", "Signal=\r\n"),
            ("application/dtmf-relay", "5"),
            ("application/dtmf-relay", "Signal=55\r\n"),
            ("application/dtmf", "hook flash"),
            ("application/dtmf", "٣"),
        ],
    )
    def test_read_info__what_is_no_key_is_confirmed_and_ignored(
        self, content_type: str, body: str
    ) -> None:
        assert read_info(content_type=content_type, body=body) == InfoAnswer(200, None)

    def test_read_info__key_is_not_shown_in_logs(self) -> None:
        assert "5" not in repr(read_info(content_type="application/dtmf", body="5"))


class TestOthers:
    def test_read_info__without_a_body_is_a_sign_of_life(self) -> None:
        assert read_info(content_type=None, body="") == InfoAnswer(200)

    def test_read_info__unknown_body_is_refused(self) -> None:
        assert read_info(content_type="application/isup", body="x") == InfoAnswer(415)

    def test_read_info__package_is_refused(self) -> None:
        answer = read_info(content_type="application/dtmf", body="5", package="conference")

        assert answer == InfoAnswer(469)

    @given(st.sampled_from(["application/dtmf", "application/dtmf-relay"]), st.text(max_size=400))
    def test_read_info__any_body_is_a_key_or_nothing(self, content_type: str, body: str) -> None:
        digit = read_info(content_type=content_type, body=body).digit

        assert digit is None or (len(digit) == 1 and digit in "0123456789*#ABCD")
