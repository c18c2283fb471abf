"""Sums of money and dates among digits: what may be read where long numbers are masked. Pure.

A sum has a unit behind it, but a unit alone makes no sum: "13800138000万一断了" and "…元旦那天" are
telephone numbers, and of "13800138000，3500元没给" only the end is one. Digits that may be of a
number are taken for one.
"""

import re

SPOKEN = "零〇一二三四五六七八九幺洞拐"
DIGIT = rf"[0-9０-９{SPOKEN}]"

# Nobody who calls disputes a billion; identity, card and mobile numbers are longer.
_MOST_DIGITS = 9
# 3500万 is said, 13800138万 is not.
_MOST_DIGITS_BEFORE_MULTIPLIER = 6
# A local number may be read in two breaths; a longer beginning is masked whatever follows.
_LEAST_DIGITS_OF_NUMBER = 7

# 元 begins other words, too: 元旦, 元宵, 元月. A unit in the next line is another segment's.
_UNIT = re.compile(
    r"[ \u3000]?(?:块|美元|欧元|人民币|平方|公里|元(?![旦宵月老件素气首凶年帅配代朝]))"
)
_MULTIPLIER = re.compile(r"[ \u3000]?[万千百亿]")
_AMOUNT = re.compile(rf"(?<!{DIGIT})(?:\d{{1,3}}(?:[,，]\d{{3}})+|\d+)(?:\.\d{{1,2}})?$")
_GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_GROUP = re.compile(rf"[0-9０-９]+|[{SPOKEN}]+")
_IS_NEW_ITEM = re.compile(r"[,，、。.！!？?；;…\n]")
# What is called a number is no sum and no date, however it is written.
_NAMED = re.compile(
    r"(?:电话|手机|座机|传真|微信|联系方式|号码|[账帐卡]号|身份证|QQ|qq|拨打)"
    r"(?:号码?|就?是|为|呢|[：:，,\s])*$"
)
_LOOK_BACK = 12

_YEAR, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMBER = re.compile(
    # Mobile, landline with its area, 400 and 800, identity cards (GB 11643) of 18 and 15 digits.
    rf"(?:86)?1[3-9]\d{{9}}|0\d{{2,3}}[2-8]\d{{6,7}}|[48]00\d{{7}}|"
    rf"[1-9]\d{{5}}{_YEAR}{_DAY}\d{{3,4}}|[1-9]\d{{5}}\d\d{_DAY}\d{{3}}"
)
_CARD_DIGITS = range(16, 20)
_VALUES = str.maketrans(SPOKEN + "０１２３４５６７８９", "00123456789" + "107" + "0123456789")


def sum_from(text: str, start: int, end: int) -> int:
    """Where in a run of digits a sum of money begins that ends the run; `end` when none does."""
    run = text[start:end]
    found = _AMOUNT.search(run)
    if found is None or not _is_sum(found.group(), text, end):
        return end
    head, is_named = run[: found.start()], _is_named(text, start)
    if not head:
        return end if is_named else start
    groups = _groups(head)
    if _ends_in_number(groups, "".join(_groups(found.group()))):
        return end
    is_masked = sum(map(len, groups)) >= _LEAST_DIGITS_OF_NUMBER
    # "8654 3210" is one number read in two groups, "3500，4500元" are two sums; 万 may be 万一.
    is_apart = _IS_NEW_ITEM.search(_between(head)) is not None
    is_certain = not is_named and _UNIT.match(text, end) is not None
    is_cut = _ends_in_number(groups) or (is_apart and (is_masked or is_certain))
    return start + found.start() if is_cut else end


def is_readable(text: str, start: int, end: int) -> bool:
    """Whether digits without a unit name nobody: a date, or a sum in groups of three."""
    run = text[start:end]
    is_sum = _GROUPED.fullmatch(run) is not None and _whole_digits(run) <= _MOST_DIGITS
    return (is_sum or _DATE.fullmatch(run) is not None) and not _is_named(text, start)


def _is_sum(amount: str, text: str, end: int) -> bool:
    if amount[0] in "0０" and amount[1:2].isdigit():
        return False
    if _UNIT.match(text, end):
        return _whole_digits(amount) <= _MOST_DIGITS
    is_multiplied = _MULTIPLIER.match(text, end) is not None
    return is_multiplied and _whole_digits(amount) <= _MOST_DIGITS_BEFORE_MULTIPLIER


def _whole_digits(amount: str) -> int:
    return sum(char.isdigit() for char in amount.partition(".")[0])


def _is_named(text: str, start: int) -> bool:
    return _NAMED.search(text[max(0, start - _LOOK_BACK) : start]) is not None


def _between(head: str) -> str:
    """What stands between the digits before a sum and the sum."""
    return head[list(_GROUP.finditer(head))[-1].end() :]


def _groups(run: str) -> list[str]:
    """The digits that are written together, as plain digits."""
    return [group.translate(_VALUES) for group in _GROUP.findall(run)]


def _ends_in_number(groups: list[str], ending: str = "") -> bool:
    """Whether the last groups, one or several, make up a number with the ending.

    A group that is a number of its own goes with nothing that follows it.
    """
    tail = ending
    for group in reversed(groups):
        if tail and _is_number(group):
            return False
        tail = group + tail
        if _is_number(tail):
            return True
    return False


def _is_number(digits: str) -> bool:
    is_card = len(digits) in _CARD_DIGITS and _has_check_digit(digits)
    return is_card or _NUMBER.fullmatch(digits) is not None


def _has_check_digit(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
