"""How heard words are written down: figures for numbers, marks where the engine sets none. Pure.

Engines write Mandarin as it is spoken. A ticket wants the telephone number, the date and the amount
as one types them; what may be meant in two ways stays in words. The engine's own text is kept
beside (`segments.raw`), so nothing is lost by this step.
"""

import re
from collections.abc import Callable, Sequence

from asr.engine import Word
from asr.marks import CLOSING, closed, with_commas
from asr.numerals import DIGITS, NUMERALS, decimal, digits, in_figures, in_money, number

_RUN = f"[{NUMERALS}]+"
_D = f"[{DIGITS}]"

# Set phrases whose numerals count nothing.
_PHRASES = re.compile(
    "一五一十|三七二十一|(?<![一二两三四五六七八九千万])二百五(?!十)|十有八九|十万火急|十万八千里|一千零一夜|三十六计|"
    "五十步笑百步|一百个(?:不|放心)|一万个(?:不|放心)|四十不惑|三十而立|百分百"
)
# Beside these a number is only about right: some, over, nearly.
_ABOUT_BEFORE = "几数好"
_ABOUT_AFTER = "几来余多"

# What is counted or measured: behind it, a number is one.
_MEASURES = (
    "年|个|位|名|人|次|点|分|秒|小时|天|日|号|岁|周|星期|平方|平米|公里|里|米|斤|公斤|吨|亩|楼|"
    "层|栋|单元|室|户|期|章|倍|本|张|份|辆|台|间|套|家|件|页|块|条|款|项|度|届"
)
# Only before these a point is no hour of the clock.
_WITH_POINT = "万|亿|元|块|倍|平|公里|米|小时|个|吨|亩|折"
# Words that announce a number said digit by digit.
_ANNOUNCED = (
    "电话|手机|号码|尾号|分机|房间|案号|编号|卡号|账号|帐号|身份证号?|工号|车牌号?|门牌号?|密码|"
    "验证码|邮编|拨打?|打给?|按"
)

# Marks of the Latin alphabet behind a Chinese character.
_ASCII_MARKS = re.compile("(?<=[\u4e00-\u9fff])([,?!;:])\\s*")
_WIDE = dict(zip(",?!;:", "，？！；：", strict=True))

# The language whose numbers are known here.
_FIGURED = "zh"

# What a number may go on with; one at the end of unfinished words is left as it is spoken, with up
# to one character behind it, since the next word may make it another ("三万五", "三万五千块").
_OPEN = re.compile(f"第?[{NUMERALS}][{NUMERALS}点块元钱年月日号份分之个，、,\\s]*[^{NUMERALS}]?$")

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def normalise(
    text: str, *, language: str, words: Sequence[Word] = (), has_marks: bool = False
) -> str:
    """What people read instead of what the engine wrote.

    Args:
        text: The engine's words.
        language: What they are in; only Mandarin gets figures.
        words: The words with their times, where the engine gives them: pauses become commas.
        has_marks: The engine sets punctuation itself.
    """
    if not text.strip():
        return text
    if language == _FIGURED:
        text = _ASCII_MARKS.sub(lambda found: _WIDE[found[1]], text)
    if not has_marks and not any(mark in text for mark in CLOSING):
        if language == _FIGURED:
            text = with_commas(text, words=words, language=language)
        text = closed(text, language=language)
    return with_figures(text) if language == _FIGURED else text


def normalise_partial(text: str, *, language: str) -> str:
    """What people read of words that go on: figures for the numbers that are surely over.

    What is written with figures once stays as it is when more words come, unless the engine takes
    its words back; marks come with the end of the sentence.
    """
    if language != _FIGURED:
        return text
    end = _OPEN.search(text)
    place = end.start() if end is not None else len(text)
    return with_figures(text[:place]) + text[place:]


def plain(words: Sequence[Word]) -> list[list[str | int | float]] | None:
    """Words as they are stored beside a segment; None when there are none."""
    return [
        [word.text, word.start_ms, word.end_ms, round(word.confidence, 3)] for word in words
    ] or None


def with_figures(text: str) -> str:
    """Mandarin with figures where a number is surely meant."""
    phrases: list[str] = []

    def hide(found: re.Match[str]) -> str:
        phrases.append(found[0])
        return "\ue000"

    text = _PHRASES.sub(hide, text)
    for pattern, written in _RULES:
        text = pattern.sub(written, text)
    for phrase in phrases:
        text = text.replace("\ue000", phrase, 1)
    return text


def _year(found: re.Match[str]) -> str:
    return f"{digits(found[1])}年"


def _date(found: re.Match[str]) -> str:
    month, day = number(found[1]), number(found[2])
    return found[0] if month is None or day is None else f"{month}月{day}日"


def _month(found: re.Match[str]) -> str:
    value = number(found[1])
    return f"{value}月" if value is not None and 1 <= value <= 12 else found[0]


def _percent(found: re.Match[str]) -> str:
    sign = "%" if found[1] == "百" else "‰"
    figures = "100" if found[2] == "百" else decimal(found[2])
    return found[0] if figures is None else f"{figures}{sign}"


def _decimal(found: re.Match[str]) -> str:
    figures = decimal(found[1])
    return found[0] if figures is None else figures


def _clause(found: re.Match[str]) -> str:
    value = number(found[1])
    return found[0] if value is None else f"第{value}"


def _coins(found: re.Match[str]) -> str:
    value = number(found[1])
    return found[0] if value is None else f"{value}.{digits(found[2])}元"


def _money(found: re.Match[str]) -> str:
    value = number(found[1])
    if value is None or (value <= 10 and found[2] == "块"):
        return found[0]
    return in_money(value)


def _count(found: re.Match[str]) -> str:
    value = number(found[1])
    return found[0] if value is None or value <= 10 else in_figures(value)


def _amount(found: re.Match[str]) -> str:
    value = number(found[0])
    return found[0] if value is None or value < 100 else in_figures(value)


def _spelled(found: re.Match[str]) -> str:
    return digits(found[0])


def _announced(found: re.Match[str]) -> str:
    return found[1] + found[2] + digits(found[3])


def _groups(found: re.Match[str]) -> str:
    run = "".join(character for character in found[0] if character in DIGITS)
    return digits(run) if len(run) >= _NUMBER_LENGTH else found[0]


# Shorter than a telephone number without its area code, groups of digits may be anything.
_NUMBER_LENGTH = 7

_ALONE = f"(?<![{NUMERALS}{_ABOUT_BEFORE}])"
_DONE = f"(?![{NUMERALS}{_ABOUT_AFTER}])"
_ENDS = f"(?![{NUMERALS}])"

# In this order: what has the clearest sign first.
_RULES: tuple[_Rule, ...] = (
    (re.compile(f"([百千])分之((?:{_RUN})(?:点{_D}+)?)(?![{NUMERALS}{_ABOUT_AFTER}])"), _percent),
    (re.compile(f"{_ALONE}([一二][{DIGITS}]{{3}}|[零〇]{_D})年"), _year),
    (re.compile(f"{_ALONE}({_RUN})月(?:份)?({_RUN})[日号]"), _date),
    (re.compile(f"{_ALONE}(?!两)({_RUN})月(?![{NUMERALS}])"), _month),
    (re.compile(f"第({_RUN})(?=[条款项])"), _clause),
    (re.compile(f"{_ALONE}((?:{_RUN})点{_D}+)(?={_WITH_POINT})"), _decimal),
    (re.compile(f"{_ALONE}({_RUN})块([二三四五六七八九]){_ENDS}"), _coins),
    (re.compile(f"{_ALONE}({_RUN})(块钱|元钱?|块)"), _money),
    (re.compile(f"{_ALONE}{_D}{{2,}}(?:[，、,\\s]+{_D}{{2,}})+{_ENDS}"), _groups),
    (re.compile(f"{_ALONE}{_D}{{5,}}{_ENDS}"), _spelled),
    (re.compile(f"{_ALONE}(?={_D}*[零〇幺]){_D}{{3,}}{_ENDS}"), _spelled),
    (re.compile(f"{_ALONE}[零〇]{_D}+{_ENDS}|{_ALONE}{_D}{{3,}}(?=号)"), _spelled),
    (re.compile(f"{_ALONE}(?={_D}*幺){_D}{{2,}}{_ENDS}"), _spelled),
    (re.compile(f"({_ANNOUNCED})([是为：:，,\\s]*)({_D}{{3,}}){_ENDS}"), _announced),
    (re.compile(f"{_ALONE}({_RUN})(?={_MEASURES})"), _count),
    (re.compile(f"{_ALONE}{_RUN}{_DONE}"), _amount),
)
