"""Masks identity, card and telephone numbers in words, written or spoken. Pure.

The stored text stays whole; this is done at reading, for readers who may not see such numbers. Each
character becomes one character, so that times and places in the text still fit. What follows a
number never makes it readable (hotline.transcripts.sums).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from hotline.transcripts.sums import DIGIT, SPOKEN, is_readable, sum_from

# What people and engines put between the groups of a number; a line end is another segment, and
# engines that punctuate put a full stop before it.
_BETWEEN = r"(?:[\s\-－—,，、.·]{0,2}|[。！!？?；;…]\s?\n)"
# 三千五, 万一: the digit after a multiplier belongs to it.
_END_OF_SUM = rf"(?<=[十百千万亿])[{SPOKEN}](?![{SPOKEN}])"
_RUN = re.compile(
    rf"(?!{_END_OF_SUM}){DIGIT}(?:{_BETWEEN}{DIGIT})*(?:{_BETWEEN}[xX叉](?![a-zA-Z]))?"
)
_DIGITS = re.compile(rf"{DIGIT}|[xX叉]")
_APART = r"[\s\-－—,，、.·。！!？?；;…]*"
_AT_AN_END = re.compile(rf"^{_APART}(?:{DIGIT}|[xX叉])|(?:{DIGIT}|[xX叉]){_APART}$")

# Shorter numbers name nobody: short codes (12348), years, house numbers, amounts.
_LEAST_DIGITS = 7
_MOBILE_DIGITS = 11
_IDENTITY_DIGITS = (15, 18)
# A bank card has 16 to 19 digits; only its end is ever shown.
_MASK = "*"


def redact(text: str) -> str:
    """The text with the digits of long numbers masked; as long as it was."""
    return _replaced(text, _masked)


def masked_numbers(text: str) -> list[tuple[str, str]]:
    """The numbers that `redact` masks, in their order: each as it is shown, and as it is."""
    return [(_masked(number), number) for number in (text[a:b] for a, b in _numbers(text))]


def redact_pieces(texts: Sequence[str]) -> list[str]:
    """Consecutive pieces of one speaker, a number that goes on from one to the next included."""
    return _in_pieces(texts, _masked)


def may_go_on(text: str) -> bool:
    """Whether a number may begin before a piece or go on behind it: digits stand at an end."""
    return _AT_AN_END.search(text) is not None


def without_numbers(texts: Sequence[str]) -> list[str]:
    """The pieces of `redact_pieces`, where nothing at all is left of a masked number."""
    return _in_pieces(texts, lambda number: _DIGITS.sub(_MASK, number))


def _in_pieces(texts: Sequence[str], shown: Callable[[str], str]) -> list[str]:
    whole = _replaced("\n".join(texts), shown)
    ends = accumulate((len(text) + 1 for text in texts), initial=0)
    return [whole[start : end - 1] for start, end in pairwise(ends)]


def _replaced(text: str, shown: Callable[[str], str]) -> str:
    parts, done = [], 0
    for start, end in _numbers(text):
        parts += [text[done:start], shown(text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where long numbers begin and end, in their order."""
    for run in _RUN.finditer(text):
        start, sum_start = run.start(), sum_from(text, *run.span())
        digits = list(_DIGITS.finditer(text, start, sum_start))
        if len(digits) >= _LEAST_DIGITS and not is_readable(text, start, digits[-1].end()):
            yield start, digits[-1].end()


def _masked(number: str) -> str:
    count = len(_DIGITS.findall(number))
    first, last = _shown(number, count)
    place = 0

    def mask(digit: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return digit.group() if place <= first or place > count - last else _MASK

    return _DIGITS.sub(mask, number)


def _shown(number: str, count: int) -> tuple[int, int]:
    """How many digits stay at the beginning and at the end."""
    if count == _MOBILE_DIGITS and number[0] in "1１一幺":
        return 3, 4
    if count in _IDENTITY_DIGITS:
        return 4, 4
    return (0, 4) if count > _MOBILE_DIGITS else (0, 2)
