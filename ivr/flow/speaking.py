"""Numbers, dates, times and money, put together from recorded words. Pure.

Mandarin has its own: two is 两 before a measure and before hundred, thousand and ten thousand,
but 二 in 二十; a gap is said once as 零; ten thousands count; years are read digit by digit.
Languages other than English are read as Mandarin, whose recordings they fall back to.
"""

from datetime import date, time

ENGLISH = "en"

HUNDRED, THOUSAND, TEN_THOUSAND, MILLION = 100, 1_000, 10_000, 1_000_000

MOST = 99_999_999
"""The highest number that can be said."""

_FEN_IN_YUAN, _FEN_IN_JIAO = 100, 10
_NOON = 12
_TWO = "word_two"

SPEAKING_PROMPTS = (
    *(f"number_{number}" for number in (*range(20), *range(20, 100, 10))),
    *(f"month_{month}" for month in range(1, 13)),
    _TWO,
    "word_hundred",
    "word_thousand",
    "word_wan",
    "word_million",
    "word_yuan",
    "word_jiao",
    "word_fen",
    "word_year",
    "word_day",
    "word_hour",
    "word_minute",
    "word_am",
    "word_pm",
)
"""Every prompt that a value may be said with."""

Prompts = tuple[str, ...]


def say_number(value: int, language: str) -> Prompts:
    """A number as one counts it.

    Args:
        value: 0 to `MOST`.
        language: Of the prompts.

    Raises:
        ValueError: The number is out of bounds.
    """
    if not 0 <= value <= MOST:
        raise ValueError("A number to be said is from 0 to 99999999.")
    return _english(value) if language == ENGLISH else _mandarin(value)


def say_amount(value: int, language: str) -> Prompts:
    """A number before a measure: 两 stands alone for two."""
    if value == 2 and language != ENGLISH:
        return (_TWO,)
    return say_number(value, language)


def say_digits(digits: str) -> Prompts:
    """A telephone or ticket number, digit by digit; its 1 is yao in Mandarin."""
    return tuple("number_yao" if each == "1" else f"number_{each}" for each in digits)


def say_money(fen: int, language: str) -> Prompts:
    """An amount of money.

    Args:
        fen: Hundredths of a yuan.
        language: Of the prompts.
    """
    yuan, rest = divmod(fen, _FEN_IN_YUAN)
    if language == ENGLISH:
        cents = (*say_number(rest, language), "word_fen") if rest else ()
        whole = (*say_number(yuan, language), "word_yuan") if yuan or not rest else ()
        return (*whole, *cents)
    jiao, last = divmod(rest, _FEN_IN_JIAO)
    said: list[str] = []
    if yuan or not rest:
        said += (*say_amount(yuan, language), "word_yuan")
    if jiao:
        said += (*say_amount(jiao, language), "word_jiao")
    elif yuan and last:
        said.append("number_0")
    if last:
        said += (*say_amount(last, language), "word_fen")
    return tuple(said)


def say_date(day: date, language: str) -> Prompts:
    """A day with its year."""
    month, year = f"month_{day.month}", say_year(day.year, language)
    if language == ENGLISH:
        return (month, *_english(day.day), *year)
    return (*year, month, *_mandarin(day.day), "word_day")


def say_year(year: int, language: str) -> Prompts:
    """A year of four digits."""
    if language == ENGLISH:
        return _english_year(year)
    return (*(f"number_{digit}" for digit in f"{year:04d}"), "word_year")


def say_time(moment: time, language: str) -> Prompts:
    """A time of day, to the minute."""
    hour, minute = moment.hour, moment.minute
    if language == ENGLISH:
        half = "word_am" if hour < _NOON else "word_pm"
        minutes = _english_minutes(minute) if minute else ("word_hour",)
        return (*_english(hour % _NOON or _NOON), *minutes, half)
    said = [*say_amount(hour, language), "word_hour"]
    if minute:
        gap = ("number_0",) if minute < 10 else ()
        said += (*gap, *_mandarin(minute), "word_minute")
    return tuple(said)


def _mandarin(value: int) -> Prompts:
    if value < 20:
        return (f"number_{value}",)
    said: list[str] = []
    ten_thousands, rest = divmod(value, TEN_THOUSAND)
    if ten_thousands:
        said += (*say_amount(ten_thousands, ""), "word_wan")
    gap = False
    for size, word in ((THOUSAND, "word_thousand"), (HUNDRED, "word_hundred")):
        count, rest = divmod(rest, size)
        if count:
            said += (*_gap(gap), _TWO if count == 2 else f"number_{count}", word)
            gap = False
        elif said and rest:
            gap = True
    return (*said, *_mandarin_below_hundred(rest, gap=gap, is_first=not said))


def _mandarin_below_hundred(value: int, *, gap: bool, is_first: bool) -> Prompts:
    if not value:
        return ()
    tens, ones = divmod(value, 10)
    if not tens:
        # 一百零五: the missing tens are said, whatever was missing before them.
        return (*_gap(not is_first), f"number_{ones}")
    if tens == 1:
        # 一百一十五, but 十五 where nothing is before it.
        one = () if is_first else ("number_1",)
        return (*_gap(gap), *one, f"number_{value}")
    unit = (f"number_{ones}",) if ones else ()
    return (*_gap(gap), f"number_{tens * 10}", *unit)


def _gap(is_there: bool) -> Prompts:
    return ("number_0",) if is_there else ()


def _english(value: int) -> Prompts:
    if value < 20:
        return (f"number_{value}",)
    for size, word in (
        (MILLION, "word_million"),
        (THOUSAND, "word_thousand"),
        (HUNDRED, "word_hundred"),
    ):
        if value >= size:
            count, rest = divmod(value, size)
            return (*_english(count), word, *(_english(rest) if rest else ()))
    tens, ones = divmod(value, 10)
    return (f"number_{tens * 10}", *((f"number_{ones}",) if ones else ()))


def _english_minutes(minute: int) -> Prompts:
    return ("number_0", f"number_{minute}") if minute < 10 else _english(minute)


def _english_year(year: int) -> Prompts:
    century, rest = divmod(year, HUNDRED)
    if rest < 10:
        return _english(year)
    return (*_english(century), *_english(rest))
