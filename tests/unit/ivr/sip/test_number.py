"""Telephone numbers as trunks write them."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.number import caller_number, dialled_number


class TestCallerNumber:
    @pytest.mark.parametrize(
        ("sender", "expected"),
        [
            ("<sip:13800001234@10.0.0.9>;tag=1", "13800001234"),
            ('"Wang" <sip:+8613800001234@ims.example;user=phone>;tag=1', "13800001234"),
            ("<sip:008613800001234@10.0.0.9>", "13800001234"),
            ("<sip:013800001234@10.0.0.9>", "13800001234"),
            ("<tel:+86-138-0000-1234>", "13800001234"),
            ("tel:01012345678;phone-context=+86", "01012345678"),
            ("<sip:+861012345678@10.0.0.9>", "01012345678"),
            ("<sip:+8675512345678@10.0.0.9>", "075512345678"),
            ("<sip:+85223456789@10.0.0.9>", "+85223456789"),
            ("<sip:%2B8613800001234@10.0.0.9>", "13800001234"),
            ("<sip:13800001234:secret@10.0.0.9>", "13800001234"),
            ("<sip:13800001234;cpc=ordinary@10.0.0.9>", "13800001234"),
            ('"13900009999" <sip:8001@10.0.0.9>', "8001"),
            ("<sips:8001@pbx.example>", "8001"),
        ],
    )
    def test_caller_number__every_way_of_writing_is_read(self, sender: str, expected: str) -> None:
        assert caller_number(identities=[], sender=sender) == expected

    @pytest.mark.parametrize(
        "sender",
        [
            "<sip:anonymous@anonymous.invalid>;tag=1",
            "<sip:Anonymous@10.0.0.9;user=phone>",
            "<sip:unavailable@unknown.invalid>",
            '"Anonymous" <sip:10.0.0.9>',
            "<sip:alice@example.com>",
            "<sip:restricted@10.0.0.9>",
            "",
            "<mailto:13800001234@example.com>",
            "<sip:1@10.0.0.9>",
        ],
    )
    def test_caller_number__what_is_no_number_is_none(self, sender: str) -> None:
        assert caller_number(identities=[], sender=sender) is None

    def test_caller_number__identity_vouched_for_by_the_network_wins(self) -> None:
        number = caller_number(
            identities=["<sip:operator@x>", "<tel:+8613800001234>"],
            sender="<sip:13999999999@10.0.0.9>",
        )

        assert number == "13800001234"

    @pytest.mark.parametrize("privacy", ["id", "user;critical", "header;id", " Full "])
    def test_caller_number__withheld_number_stays_withheld(self, privacy: str) -> None:
        number = caller_number(
            identities=["<tel:+8613800001234>"], sender="<sip:a@b>", privacy=privacy
        )

        assert number is None

    def test_caller_number__privacy_none_withholds_nothing(self) -> None:
        assert caller_number(identities=[], sender="<sip:8001@x>", privacy="none") == "8001"

    @given(st.text(max_size=80))
    def test_caller_number__any_text_is_a_number_or_none(self, text: str) -> None:
        number = caller_number(identities=[f"<sip:{text}@x>", text], sender=text)

        assert number is None or number.lstrip("+").isdecimal()


class TestDialledNumber:
    @pytest.mark.parametrize(
        ("uri", "expected"),
        [
            ("sip:12348@10.0.0.5:5060", "12348"),
            ("sip:+861012348@10.0.0.5;user=phone", "01012348"),
            ("tel:12348;phone-context=+86", "12348"),
            ("sip:01012348@10.0.0.5", "01012348"),
            ("sip:075512348@10.0.0.5", "075512348"),
            ("sip:+8675512348@10.0.0.5", "075512348"),
            ("sip:+86075512348@10.0.0.5", "075512348"),
            ("sip:861012348@10.0.0.5", "01012348"),
            ("sip:008612348@10.0.0.5", "12348"),
            ("tel:+86-12348", "12348"),
            ("tel:+86-10-12348", "01012348"),
            ("sip:87512348@10.0.0.5", "87512348"),
            ("sip:hotline@10.0.0.5", "hotline"),
            ("sip:10.0.0.5", ""),
            ("", ""),
        ],
    )
    def test_dialled_number__is_what_stands_before_the_host(self, uri: str, expected: str) -> None:
        assert dialled_number(uri) == expected

    @given(st.text(max_size=80))
    def test_dialled_number__any_text_is_bounded(self, text: str) -> None:
        assert len(dialled_number(text)) <= 64
        assert len(dialled_number(f"sip:{text}@10.0.0.5")) <= 64
