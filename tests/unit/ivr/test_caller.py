"""What `hotline call` understands."""

import pytest

from ivr.caller import parse_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [("1,2", "12"), ("12#", "12#"), (" 1 , * ", "1*"), ("", ""), ("a", "A")],
)
def test_parse_digits__keys_with_or_without_commas(text: str, digits: str) -> None:
    assert parse_digits(text) == digits


@pytest.mark.parametrize("text", ["1,x", "一", "1;2"])
def test_parse_digits__anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="keys are"):
        parse_digits(text)
