"""Chinese numerals as people say them: 三万五, 一百二十万, 两千多, 3.5万. Pure."""

import re
from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "幺": 1,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}

CHARACTERS = "".join([*_DIGITS, *_SMALL, *_LARGE])
DIGITS = "".join(_DIGITS)

_ARABIC = re.compile(r"(\d[\d,]*(?:\.\d+)?)([万亿千百]*)")


def parse(text: str) -> Decimal | None:
    """The number that a numeral stands for; None when it is not one.

    A digit at the end counts in the unit below the last one, as in speech: 三万五 is 35000.
    """
    arabic = _ARABIC.fullmatch(text)
    if arabic:
        factor = 1
        for unit in arabic[2]:
            factor *= _SMALL.get(unit, 0) or _LARGE[unit]
        return Decimal(arabic[1].replace(",", "")) * factor
    if not text or any(char not in CHARACTERS for char in text):
        return None
    if all(char in _DIGITS for char in text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    return Decimal(_sum(text))


def _sum(text: str) -> int:
    total, section, digit, last_unit = 0, 0, 0, 1
    has_zero = False
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            has_zero = has_zero or digit == 0
        elif char in _SMALL:
            last_unit = _SMALL[char]
            section += (digit or 1) * last_unit
            digit, has_zero = 0, False
        else:
            last_unit = _LARGE[char]
            total = (total + section + digit) * last_unit if total + section + digit else last_unit
            section, digit, has_zero = 0, 0, False
    # 三万五, 两千五: the last digit is of the unit below; 三万零五 is not, nor is 十五.
    factor = last_unit // 10 if digit and last_unit > 10 and not has_zero else 1
    return total + section + digit * factor
