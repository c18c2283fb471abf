"""Telephone numbers that a caller types, and how numbers are read out."""

import re

DIGITS = "0123456789"

END_KEY = "#"
"""Ends a number that is being typed."""

LONGEST_NUMBER = 12
"""Area code and subscriber, the longest number of the mainland's numbering plan."""

TAIL = 4
"""So many of the last digits are read out of a number that the caller knows anyway."""

# A mobile number, or an area code (010, 02x, 0xxx) with seven or eight digits.
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")

_PROMPTS = {digit: f"number_{digit}" for digit in DIGITS}
_TELEPHONE_PROMPTS = _PROMPTS | {"1": "number_yao"}

NUMBER_PROMPTS = (*_PROMPTS.values(), "number_yao")
"""Every prompt that a number may be read out with."""


def may_be_dialled(number: str) -> bool:
    """Whether the digits are a whole mainland number that may be called back."""
    return bool(_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))


def tail_of(number: str | None) -> str:
    """The last digits of the caller's number; empty where it is unknown or not made of digits."""
    digits = (number or "").removeprefix("+")
    is_plain = digits.isdecimal() and digits.isascii()
    return digits[-TAIL:] if is_plain and len(digits) > TAIL else ""


def read_telephone(digits: str) -> tuple[str, ...]:
    """The prompts that read a telephone number out; its 1 is yao in Mandarin."""
    return tuple(_TELEPHONE_PROMPTS[digit] for digit in digits)
