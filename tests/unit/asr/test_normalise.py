import re

import pytest
from hypothesis import given, strategies

from asr.engine import Word
from asr.normalise import normalise, normalise_partial, with_figures
from asr.numerals import NUMERALS, in_figures, number

SAID_AND_WRITTEN = [
    # Telephone numbers, hotlines, codes.
    ("我的电话是幺三八零零一三八零零零", "我的电话是13800138000"),
    ("请打幺二三四八", "请打12348"),
    ("我打了一二三四八没人接", "我打了12348没人接"),
    ("拨幺幺零报警", "拨110报警"),
    ("你打一一九", "你打119"),
    ("叫了一二零", "叫了120"),
    ("手机尾号三六八", "手机尾号368"),
    ("分机号码是八五二", "分机号码是852"),
    ("区号零九七幺", "区号0971"),
    ("座机零九七一六幺三二七七八八", "座机09716132 7788".replace(" ", "")),
    ("一三九，八八七六，五四三二", "13988765432"),
    ("验证码四零九二幺七", "验证码409217"),
    ("我是幺九五幺年的", "我是1951年的"),
    ("住三零二", "住302"),
    ("一零五房间", "105房间"),
    # Identity cards, bank cards, cases.
    ("身份证六三零一零二一九八五零三一五零零幺二", "身份证630102198503150012"),
    ("卡号六二二二零二幺零零幺", "卡号6222021001"),
    ("工号三五七", "工号357"),
    ("二零二四青零一民初八八六二号", "2024青01民初8862号"),
    ("案号二零二三青零一零三民初一五六七八号", "案号2023青0103民初15678号"),
    ("编号四四二", "编号442"),
    # Dates.
    ("二零二四年三月五号", "2024年3月5日"),
    ("二零一九年十二月三十一日", "2019年12月31日"),
    ("一九九八年进的厂", "1998年进的厂"),
    ("二零二三年十月", "2023年10月"),
    ("零八年地震", "08年地震"),
    ("三月五号发的工资", "3月5日发的工资"),
    ("十一月二十号", "11月20日"),
    ("去年三月到今年五月", "去年3月到今年5月"),
    ("十二月份", "12月份"),
    ("八月十五中秋", "八月十五中秋"),
    ("二十五号之前", "25号之前"),
    ("五号之前", "五号之前"),
    ("五号楼", "五号楼"),
    ("三个月", "三个月"),
    ("两月没发", "两月没发"),
    ("三五年", "三五年"),
    ("二零零八年十一月", "2008年11月"),
    # Money.
    ("欠我三万五", "欠我3.5万"),
    ("三万五千块钱", "35000元"),
    ("两万块钱左右", "2万元左右"),
    ("一共三万五千八百二十六元", "一共35826元"),
    ("工资三千五", "工资3500"),
    ("一个月五千块", "一个月5000元"),
    ("八百块", "800元"),
    ("五块钱", "5元"),
    ("一块去", "一块去"),
    ("三块地", "三块地"),
    ("十二块八", "12.8元"),
    ("三块五", "3.5元"),
    ("三块一起拿", "三块一起拿"),
    ("一百二十万元", "120万元"),
    ("三点五万元", "3.5万元"),
    ("一亿两千万", "1.2亿"),
    ("赔了十万", "赔了10万"),
    ("四万零五十元", "40050元"),
    ("一万二", "1.2万"),
    ("两千零八块钱", "2008元"),
    ("借了二十万零三千", "借了20.3万"),
    ("给了一千二百五", "给了1250"),
    # Percentages.
    ("百分之三点五", "3.5%"),
    ("百分之二十五", "25%"),
    ("百分之十", "10%"),
    ("百分之百", "100%"),
    ("百分之零点五", "0.5%"),
    ("千分之五", "5‰"),
    ("年利率百分之十五点四", "年利率15.4%"),
    ("百分之二三十", "百分之二三十"),
    ("百分之八十多", "百分之八十多"),
    # Counting.
    ("十五天", "15天"),
    ("二十三岁", "23岁"),
    ("一百个人", "100个人"),
    ("十一点三十分", "11点30分"),
    ("三点半", "三点半"),
    ("八点五十", "八点五十"),
    ("一百二十平米", "120平米"),
    ("两个孩子", "两个孩子"),
    ("第二十三条", "第23条"),
    ("第八十二条第一款", "第82条第1款"),
    ("第一次", "第一次"),
    ("一千零五十人", "1050人"),
    ("三点五倍", "3.5倍"),
    # Only about right, or no number at all.
    ("三四万", "三四万"),
    ("十几万", "十几万"),
    ("二十多岁", "二十多岁"),
    ("三百多块", "三百多块"),
    ("好几千块", "好几千块"),
    ("几十万", "几十万"),
    ("七八千", "七八千"),
    ("二十来天", "二十来天"),
    ("十分着急", "十分着急"),
    ("千万别签字", "千万别签字"),
    ("万一他不给", "万一他不给"),
    ("一五一十地说", "一五一十地说"),
    ("不管三七二十一", "不管三七二十一"),
    ("他是个二百五", "他是个二百五"),
    ("二百五十块", "250元"),
    ("一下子", "一下子"),
    ("一样的", "一样的"),
    ("成千上万", "成千上万"),
    ("三三两两", "三三两两"),
    ("今年二十三", "今年二十三"),
    ("一个一个来", "一个一个来"),
    ("已经是12348了", "已经是12348了"),
    ("欠了3万5", "欠了3万5"),
]

MARKED = [
    ("公司没有跟我签合同", "公司没有跟我签合同。"),
    ("我能申请法律援助吗", "我能申请法律援助吗？"),
    ("现在该怎么办", "现在该怎么办？"),
    ("你在哪里", "你在哪里？"),
    ("可以么", "可以么？"),
    ("怎么会这样呢", "怎么会这样呢？"),
    ("我还在等呢", "我还在等呢。"),
    ("就这么", "就这么。"),
    ("没什么", "没什么。"),
    ("有证据没有", "有证据没有。"),
    ("仲裁要多久", "仲裁要多久？"),
    ("是什么时候,在哪里?", "是什么时候，在哪里？"),
    ("签了，没给我", "签了，没给我"),
    ("欠我三万五", "欠我3.5万。"),
]


@pytest.mark.parametrize(("said", "written"), SAID_AND_WRITTEN)
def test_with_figures__what_callers_say__as_one_writes_it(said: str, written: str) -> None:
    assert with_figures(said) == written


@pytest.mark.parametrize(("said", "written"), SAID_AND_WRITTEN)
def test_with_figures__already_written__stays(said: str, written: str) -> None:
    assert with_figures(written) == written


@pytest.mark.parametrize(("said", "written"), MARKED)
def test_normalise__no_marks__set_by_what_is_said(said: str, written: str) -> None:
    assert normalise(said, language="zh") == written


def test_normalise__pauses_between_words__commas() -> None:
    words = [
        Word("老板", 0, 400, 1.0),
        Word("跑", 420, 600, 1.0),
        Word("了", 610, 700, 1.0),
        Word("工资", 1200, 1500, 1.0),
        Word("没", 1510, 1600, 1.0),
        Word("给", 1610, 1700, 1.0),
    ]

    assert normalise("老板跑了工资没给", language="zh", words=words) == "老板跑了，工资没给。"


@pytest.mark.parametrize("language", ["bo", "ug"])
def test_normalise__languages_that_are_not_known__as_they_are(language: str) -> None:
    assert normalise("one two three 一二三四五", language=language) == "one two three 一二三四五"


def test_normalise__english_without_marks__a_sentence_whose_numbers_stay() -> None:
    assert normalise("he owes me 一二三四五", language="en") == "He owes me 一二三四五."


def test_normalise__english_with_marks_of_the_engine__as_it_is() -> None:
    assert normalise("he owes me", language="en", has_marks=True) == "he owes me"


PARTIALS = [
    ("我的电话是幺三八", "我的电话是幺三八"),
    ("我的电话是幺三八零零一三八零零零", "我的电话是幺三八零零一三八零零零"),
    ("我的电话是幺三八零零一三八零零零你记", "我的电话是13800138000你记"),
    ("老板欠我三万五", "老板欠我三万五"),
    ("老板欠我三万五千块", "老板欠我三万五千块"),
    ("老板欠我三万五千块钱没有", "老板欠我35000元没有"),
    ("二零二四年三月五号我们", "2024年3月5日我们"),
    ("二零二四年三月五号", "二零二四年三月五号"),
    ("欠了三万五千块有二零二四年", "欠了35000元有二零二四年"),
    ("一百个放", "一百个放"),
    ("公司没有签合同", "公司没有签合同"),
]


@pytest.mark.parametrize(("said", "written"), PARTIALS)
def test_normalise_partial__numbers_that_are_over__in_figures(said: str, written: str) -> None:
    assert normalise_partial(said, language="zh") == written


@pytest.mark.parametrize(("said", "written"), SAID_AND_WRITTEN)
def test_normalise_partial__word_by_word__figures_once_shown_stay(said: str, written: str) -> None:
    """No flicker: each partial text begins with all that the one before had turned to figures."""
    whole = f"{said}后来他走了"
    final = with_figures(whole)
    for length in range(1, len(whole) + 1):
        shown = normalise_partial(whole[:length], language="zh")
        figures = re.match(r".*\d", shown)
        assert final.startswith(figures[0] if figures else ""), shown


def test_normalise_partial__other_languages__as_they_are() -> None:
    assert normalise_partial("it is 一二三四五六 he", language="en") == "it is 一二三四五六 he"


@pytest.mark.parametrize("text", ["", "  "])
def test_normalise__nothing__nothing(text: str) -> None:
    assert normalise(text, language="zh") == text


@given(strategies.text(alphabet=f"{NUMERALS}点几多块元年月日号第条个分之，的吗"))
def test_normalise__any_mix_of_numerals_and_units__no_error(text: str) -> None:
    assert bool(normalise(text, language="zh").strip()) is bool(text.strip())


@given(strategies.text(alphabet="点几多块元年月日号第条个分之的吗老板钱"))
def test_with_figures__no_numerals__as_it_was(text: str) -> None:
    assert with_figures(text) == text


@pytest.mark.parametrize(
    ("run", "value"),
    [
        ("十", 10),
        ("一百零五", 105),
        ("一百二", 120),
        ("三千零五十", 3050),
        ("三万零五", 30_005),
        ("三万五", 35_000),
        ("两亿三千万", 230_000_000),
        ("三万亿", 3_000_000_000_000),
        ("三四", None),
        ("百", None),
        ("万", None),
        ("一万一万", None),
        ("", None),
    ],
)
def test_number__runs__what_they_are_worth(run: str, value: int | None) -> None:
    assert number(run) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9999, "9999"),
        (10_000, "1万"),
        (35_826, "35826"),
        (1_200_000, "120万"),
        (120_000_000, "1.2亿"),
    ],
)
def test_in_figures__value__as_people_write_it(value: int, text: str) -> None:
    assert in_figures(value) == text
