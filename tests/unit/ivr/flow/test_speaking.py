"""What numbers, dates, times and money sound like, written out."""

from datetime import date, time

import pytest

from ivr.catalogue import load_texts
from ivr.flow import speaking
from ivr.flow.speaking import (
    SPEAKING_PROMPTS,
    say_amount,
    say_date,
    say_money,
    say_number,
    say_time,
)

TEXTS = load_texts()


def words(prompts: tuple[str, ...], language: str) -> str:
    """What is heard, without pauses."""
    assert {each for each in prompts if each != "number_yao"} <= set(SPEAKING_PROMPTS)
    said = [TEXTS[each][language].rstrip("。.") for each in prompts]
    return "".join(said) if language == "zh" else " ".join(said).lower()


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (9, "九", "nine"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (19, "十九", "nineteen"),
        (20, "二十", "twenty"),
        (22, "二十二", "twenty two"),
        (90, "九十", "ninety"),
        (99, "九十九", "ninety nine"),
        (100, "一百", "one hundred"),
        (101, "一百零一", "one hundred one"),
        (110, "一百一十", "one hundred ten"),
        (115, "一百一十五", "one hundred fifteen"),
        (120, "一百二十", "one hundred twenty"),
        (200, "两百", "two hundred"),
        (202, "两百零二", "two hundred two"),
        (222, "两百二十二", "two hundred twenty two"),
        (999, "九百九十九", "nine hundred ninety nine"),
        (1000, "一千", "one thousand"),
        (1001, "一千零一", "one thousand one"),
        (1010, "一千零一十", "one thousand ten"),
        (1015, "一千零一十五", "one thousand fifteen"),
        (1100, "一千一百", "one thousand one hundred"),
        (1101, "一千一百零一", "one thousand one hundred one"),
        (2000, "两千", "two thousand"),
        (2002, "两千零二", "two thousand two"),
        (2020, "两千零二十", "two thousand twenty"),
        (2350, "两千三百五十", "two thousand three hundred fifty"),
        (8008, "八千零八", "eight thousand eight"),
        (10_000, "一万", "ten thousand"),
        (10_001, "一万零一", "ten thousand one"),
        (10_010, "一万零一十", "ten thousand ten"),
        (10_100, "一万零一百", "ten thousand one hundred"),
        (10_101, "一万零一百零一", "ten thousand one hundred one"),
        (11_000, "一万一千", "eleven thousand"),
        (20_000, "两万", "twenty thousand"),
        (22_000, "两万两千", "twenty two thousand"),
        (20_200, "两万零两百", "twenty thousand two hundred"),
        (120_000, "十二万", "one hundred twenty thousand"),
        (200_000, "二十万", "two hundred thousand"),
        (305_020, "三十万五千零二十", "three hundred five thousand twenty"),
        (1_000_000, "一百万", "one million"),
        (2_000_200, "两百万零两百", "two million two hundred"),
        (
            12_345_678,
            "一千两百三十四万五千六百七十八",
            "twelve million three hundred forty five thousand six hundred seventy eight",
        ),
    ],
)
def test_say_number__as_one_counts(value: int, zh: str, en: str) -> None:
    assert words(say_number(value, "zh"), "zh") == zh
    assert words(say_number(value, "en"), "en") == en


@pytest.mark.parametrize("value", [-1, 100_000_000])
def test_say_number__out_of_bounds(value: int) -> None:
    with pytest.raises(ValueError, match="from 0 to"):
        say_number(value, "zh")


def test_say_amount__two_before_a_measure() -> None:
    assert words(say_amount(2, "zh"), "zh") == "两"
    assert words(say_amount(12, "zh"), "zh") == "十二"
    assert words(say_amount(2, "en"), "en") == "two"


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "零元", "zero yuan"),
        (5, "五分", "five cents"),
        (50, "五角", "fifty cents"),
        (22, "两角两分", "twenty two cents"),
        (100, "一元", "one yuan"),
        (200, "两元", "two yuan"),
        (1205, "十二元零五分", "twelve yuan five cents"),
        (1250, "十二元五角", "twelve yuan fifty cents"),
        (1255, "十二元五角五分", "twelve yuan fifty five cents"),
        (
            2_350_080,
            "两万三千五百元八角",
            "twenty three thousand five hundred yuan eighty cents",
        ),
    ],
)
def test_say_money__yuan_jiao_fen(fen: int, zh: str, en: str) -> None:
    assert words(say_money(fen, "zh"), "zh") == zh
    assert words(say_money(fen, "en"), "en") == en


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2026, 11, 22), "二零二六年十一月二十二日", "november twenty two twenty twenty six"),
        (date(2005, 2, 2), "二零零五年二月二日", "february two two thousand five"),
        (
            date(1999, 12, 31),
            "一九九九年十二月三十一日",
            "december thirty one nineteen ninety nine",
        ),
        (date(2030, 10, 10), "二零三零年十月十日", "october ten twenty thirty"),
    ],
)
def test_say_date__year_digit_by_digit(day: date, zh: str, en: str) -> None:
    assert words(say_date(day, "zh"), "zh") == zh
    assert words(say_date(day, "en"), "en") == en


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (time(9, 0), "九点", "nine o'clock in the morning"),
        (time(2, 5), "两点零五分", "two zero five in the morning"),
        (time(12, 0), "十二点", "twelve o'clock in the afternoon"),
        (time(0, 15), "零点十五分", "twelve fifteen in the morning"),
        (time(18, 30), "十八点三十分", "six thirty in the afternoon"),
        (time(22, 22), "二十二点二十二分", "ten twenty two in the afternoon"),
    ],
)
def test_say_time__to_the_minute(moment: time, zh: str, en: str) -> None:
    assert words(say_time(moment, "zh"), "zh") == zh
    assert words(say_time(moment, "en"), "en") == en


def test_say_year__by_digits_or_by_centuries() -> None:
    assert words(speaking.say_year(2026, "zh"), "zh") == "二零二六年"
    assert words(speaking.say_year(2026, "en"), "en") == "twenty twenty six"


def test_say_digits__one_is_yao_in_mandarin() -> None:
    assert words(speaking.say_digits("2026110"), "zh") == "二零二六幺幺零"
    assert words(speaking.say_digits("2011"), "en") == "two zero one one"


def test_prompts__each_has_its_text() -> None:
    assert set(SPEAKING_PROMPTS) <= set(TEXTS)
