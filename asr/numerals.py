"""Spoken Mandarin numbers: what they are worth, and how figures are written. Pure.

A run of numerals is either digits one by one (telephone numbers, years, the number of a case) or a
number with units (ten, hundred, ten thousand). What could be either, or is only about a number
("three or four"), has no value here.
"""

import re

DIGITS = "零〇一二三四五六七八九幺"
_COUNTING = "一二两三四五六七八九"
NUMERALS = f"{DIGITS}两十百千万亿"

_VALUE = {character: index for index, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "幺": 1,
    "两": 2,
}

_ZEROS = ("零", "〇")

_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

# Below ten thousand: each unit at most once, in falling order, zero for what is left out.
_SECTION = re.compile(
    f"(?:(?P<thousands>[{_COUNTING}])千)?"
    f"(?:零?(?P<hundreds>[{_COUNTING}])百)?"
    f"(?:零?(?P<tens>[{_COUNTING}]?)(?P<ten>十))?"
    f"(?P<zero>[零〇])?(?P<ones>[{_COUNTING}])?"
)


def digits(run: str) -> str:
    """Digits that were said one by one, as figures."""
    return "".join(str(_VALUE[character]) for character in run)


def number(run: str) -> int | None:
    """What a run is worth; None when it is no well-formed number.

    The last unit may be left out as people do: three thousand five is 3500 in Mandarin.
    """
    for unit, is_greatest in (("亿", True), ("万", False)):
        head, found, tail = run.partition(unit)
        if found:
            return _composed(head, tail, _UNITS[unit], is_greatest=is_greatest)
    return _section(run)


def decimal(run: str) -> str | None:
    """A number with an optional part behind its point, as figures; None when it is none."""
    whole, point, part = run.partition("点")
    value = 0 if whole in _ZEROS else number(whole)
    if value is None or (point and (not part or not set(part) <= set(DIGITS))):
        return None
    return f"{value}.{digits(part)}" if point else str(value)


def in_figures(value: int) -> str:
    """A number as people write it: 35826, 3.5万, 120万, 1.2亿."""
    for unit, name, grain in ((100_000_000, "亿", 1_000_000), (10_000, "万", 1000)):
        if value >= unit and value % grain == 0:
            return f"{value / unit:.2f}".rstrip("0").rstrip(".") + name
    return str(value)


def in_money(value: int) -> str:
    """An amount of money: 2万元, but 35000元."""
    return f"{in_figures(value) if value % 10_000 == 0 and value else value}元"


def _composed(head: str, tail: str, unit: int, *, is_greatest: bool) -> int | None:
    high = number(head) if is_greatest and "万" in head else _section(head)
    if not high:
        return None
    if not tail:
        return high * unit
    if len(tail) == 1 and tail in _COUNTING:
        return high * unit + _VALUE[tail] * unit // 10
    low = number(tail.lstrip("".join(_ZEROS)))
    if low is None or low >= unit:
        return None
    return high * unit + low


def _section(run: str) -> int | None:
    found = _SECTION.fullmatch(run)
    if not run or found is None:
        return None
    thousands, hundreds, ones = (
        _VALUE.get(found[name] or "零", 0) for name in ("thousands", "hundreds", "ones")
    )
    tens = (_VALUE[found["tens"]] if found["tens"] else 1) if found["ten"] else 0
    value = thousands * 1000 + hundreds * 100 + tens * 10
    if not ones or found["zero"] or tens or not value:
        return value + ones if ones or value else None
    return value + ones * (10 if hundreds else 100)
