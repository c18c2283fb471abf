"""Reliable provisional responses by RFC 3262."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.reliable import (
    Acknowledgement,
    ReliableReceipts,
    read_acknowledgement,
    read_number,
    repeat_seconds,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("776656 1 INVITE", Acknowledgement(776656, 1, "INVITE")),
        ("  1   2  INVITE ", Acknowledgement(1, 2, "INVITE")),
        ("1 INVITE", None),
        ("-1 2 INVITE", None),
        ("1 2", None),
        ("", None),
    ],
)
def test_read_acknowledgement__three_parts(value: str, expected: Acknowledgement | None) -> None:
    assert read_acknowledgement(value) == expected


@given(st.text(max_size=60))
def test_read_acknowledgement__any_text_is_one_or_none(text: str) -> None:
    read = read_acknowledgement(text)

    assert read is None or read_acknowledgement(str(read)) == read


@pytest.mark.parametrize(("value", "expected"), [("7", 7), (" 8 ", 8), ("x", None), ("", None)])
def test_read_number__is_a_number_or_none(value: str, expected: int | None) -> None:
    assert read_number(value) == expected


def test_repeat_seconds__doubles_within_32_seconds() -> None:
    assert repeat_seconds() == [0.5, 1, 2, 4, 8, 16]


class TestReceipts:
    def test_take__first_may_be_any_and_each_comes_once(self) -> None:
        receipts = ReliableReceipts()

        assert [receipts.take("a", number) for number in (40, 40, 42, 41, 41, 42)] == [
            *(True, False, False, True, False, True)
        ]

    def test_take__early_dialogs_count_apart(self) -> None:
        receipts = ReliableReceipts()

        assert receipts.take("a", 40)
        assert receipts.take("b", 7)
        assert receipts.take("a", 41)

    def test_take__endless_branches_are_ignored(self) -> None:
        receipts = ReliableReceipts()

        assert [receipts.take(str(number), 1) for number in range(100)].count(True) == 16
