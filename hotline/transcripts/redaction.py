"""Masks identity, card and telephone numbers in words, written or spoken. Pure.

The stored text stays whole; this is done at reading, for readers who may not see such numbers. Each
character becomes one character, so that times and places in the text still fit.
"""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

_SPOKEN = "零〇一二三四五六七八九幺洞拐"
_DIGIT = rf"[0-9０-９{_SPOKEN}]"
# What people and engines put between the groups of a number; a line end is another segment.
_BETWEEN = r"[\s\-－—,，、.·]{0,2}"
_RUN = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT})*(?:{_BETWEEN}[xX叉](?![a-zA-Z]))?")
_DIGITS = re.compile(rf"{_DIGIT}|[xX叉]")
_MONEY_AFTER = re.compile(r"\s{0,1}(?:元|块|万|千|百|亿|美元|欧元|人民币|平方|公里)")
_GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

# Shorter numbers name nobody: short codes (12348), years, house numbers, amounts.
_LEAST_DIGITS = 7
_MOBILE_DIGITS = 11
_IDENTITY_DIGITS = (15, 18)
# A bank card has 16 to 19 digits; only its end is ever shown.
_MASK = "*"


def redact(text: str) -> str:
    """The text with the digits of long numbers masked; as long as it was."""
    return _RUN.sub(lambda found: _masked(found, text), text)


def masked_numbers(text: str) -> list[tuple[str, str]]:
    """The numbers that `redact` masks, in their order: each as it is shown, and as it is."""
    found = ((_masked(run, text), run.group()) for run in _RUN.finditer(text))
    return [(masked, number) for masked, number in found if masked != number]


def redact_pieces(texts: Sequence[str]) -> list[str]:
    """Consecutive pieces of one speaker, a number that goes on from one to the next included."""
    whole = redact("\n".join(texts))
    ends = accumulate((len(text) + 1 for text in texts), initial=0)
    return [whole[start : end - 1] for start, end in pairwise(ends)]


def _masked(found: re.Match[str], text: str) -> str:
    run = found.group()
    count = len(_DIGITS.findall(run))
    if count < _LEAST_DIGITS or _is_harmless(found, text):
        return run
    first, last = _shown(run, count)
    place = 0

    def mask(digit: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return digit.group() if place <= first or place > count - last else _MASK

    return _DIGITS.sub(mask, run)


def _is_harmless(found: re.Match[str], text: str) -> bool:
    run = found.group()
    is_amount = _MONEY_AFTER.match(text, found.end()) or _GROUPED.fullmatch(run)
    return bool(is_amount or _DATE.fullmatch(run))


def _shown(run: str, count: int) -> tuple[int, int]:
    """How many digits stay at the beginning and at the end."""
    if count == _MOBILE_DIGITS and run[0] in "1１一幺":
        return 3, 4
    if count in _IDENTITY_DIGITS:
        return 4, 4
    return (0, 4) if count > _MOBILE_DIGITS else (0, 2)
