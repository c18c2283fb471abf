"""Facts for the ticket: amounts, places, employers, dates, names. Pure."""

import re
from collections.abc import Iterator

from hotline.insights.clauses import plain
from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.numerals import CHARACTERS, DIGITS, parse
from hotline.insights.wordings import quote

_NUMERAL = rf"(?:\d[\d,]*(?:\.\d+)?[万亿千百]*|[{CHARACTERS}]+)"
_AMOUNT = re.compile(
    rf"(?P<number>{_NUMERAL})(?P<some>多|来|几)?(?P<more>万)?"
    r"(?P<unit>元|块钱|块(?![地田石砖肉板布表牌])|人民币|钱(?!包))?"
)
_MONEY_BEFORE = re.compile(
    r"(?:工资|月薪|底薪|货款|房租|押金|彩礼|欠(?:了|着|我|他|我们)*|借(?:了|给|我|他)*|赔(?:了|偿|我)*|骗(?:走|了|我)*|扣(?:了|我)*|"
    r"花(?:了)?|付(?:了)?|交(?:了)?|一共|总共|共计|给了?)(?:大概|大约|差不多|将近|快|是|有)?$"
)

# Without a unit a small number counts things, not yuan.
_LEAST_BARE = 100

_YEAR = rf"(?:(?:19|20)\d\d|[{DIGITS}]{{2,4}}|\d\d|今|去|前|大前)年"
_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2}|正|腊)月份?"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[号日]"
_DATE = re.compile(
    rf"{_YEAR}(?:年?底|年?初|春节|{_MONTH}(?:{_DAY}|初|底|中旬|上旬|下旬)?)?|{_MONTH}{_DAY}|"
    rf"上(?:个)?月(?:底|初|{_DAY})?|上(?:个)?(?:星期|礼拜|周)[一二三四五六日天]?|昨天|前天|"
    rf"(?:\d+|[一二两三四五六七八九十半]+)(?:个)?(?:多)?(?:天|星期|礼拜|月|年)(?:多)?(?:以)?前"
)
_FULL_DATE = re.compile(
    rf"(?P<year>(?:19|20)\d\d|[{DIGITS}]{{4}})年(?:(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月份?)?"
    r"(?:(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[号日])?"
)

_HAN = r"[\u4e00-\u9fff]"
_PLACE = re.compile(
    rf"(?:住在|在|住|到|从|来自|位于|老家是?|我是)(?P<place>{_HAN}{{2,10}}?(?:省|自治区|市|州|县|区(?!别)|镇|乡|村|街道|开发区|工业园)"
    rf"(?:{_HAN}{{1,6}}?(?:市|州|县|区|镇|乡|村|街道))*)"
)
_WORKPLACE = (
    r"(?:有限公司|公司|工厂|厂|工地|集团|饭店|餐厅|酒店|宾馆|超市|商场|医院|学校|幼儿园|工程队|项目部|建筑队|"
    r"物业|快递站|矿上|煤矿|养殖场|洗车店|理发店|店)"
)
_EMPLOYER = re.compile(
    rf"(?:在|给|替|是|进了?)(?P<employer>(?:一家|一个)?{_HAN}{{0,14}}?{_WORKPLACE})(?:里|里面|那边)?"
    rf"(?:上班|打工|干活|工作|干了|做工|做了|当|的员工|的职工|的工人|送)"
)
_COMPANY = re.compile(rf"(?P<employer>{_HAN}{{2,20}}?(?:有限公司|有限责任公司|股份公司|集团公司))")
_NO_COMPANY = re.compile(
    r"^(?:被告|原告|公司叫|单位叫|是|我|他|她|你|我们|他们|因为|所以|然后|这个|那个|现在|就是|在|给|是|跟|和)+"
)

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤扎卓洛次旦格"
)
_NAME_END = r"(?=$|[，。,.！？!?\s]|今年|是|我|来自|住|想|要|在|的|老板|他|然后)"
_CALLER = re.compile(
    rf"(?:我叫|我的名字是|我名字叫|我的名字叫|本人)(?P<name>[{_SURNAMES}]{_HAN}{{1,3}}?){_NAME_END}"
)
_CALLER_SURNAME = re.compile(rf"我姓(?P<name>[{_SURNAMES}])(?:$|[，。,.\s]|是|叫|我|想|的)")
_OTHER = re.compile(
    rf"(?:老板|包工头|工头|对方|房东|被告|肇事者|司机|丈夫|老公|前夫|妻子|老婆|邻居|他|她|那个人)(?:的名字)?(?:叫|名叫|名字叫|名字是)"
    rf"(?P<name>[{_SURNAMES}]{_HAN}{{1,3}}?){_NAME_END}"
)


def find_facts(said: Said) -> Iterator[Insight]:
    """Every fact that the sentence gives, in the order in which the ticket asks for them."""
    text = plain(said.text)
    yield from _amounts(said, text)
    yield from _each(said, text, "place", _PLACE, "place", confidence=0.6)
    yield from _employers(said, text)
    yield from _dates(said, text)
    yield from _names(said, text)


def _amounts(said: Said, text: str) -> Iterator[Insight]:
    for found in _AMOUNT.finditer(text):
        has_unit = found["unit"] is not None
        is_money = _MONEY_BEFORE.search(text, max(0, found.start() - 12), found.start())
        follows = text[found.end() : found.end() + 1]
        if not has_unit and not (is_money and follows not in set("个年月天号次人岁点份份间套辆")):
            continue
        number = parse(found["number"] + (found["more"] or ""))
        if number is None or number < (1 if has_unit else _LEAST_BARE):
            continue
        value = format(number.normalize(), "f")
        confidence = 0.85 if has_unit else 0.6
        yield _fact(said, text, "amount", value, found, confidence=confidence)


def _employers(said: Said, text: str) -> Iterator[Insight]:
    for pattern, confidence in ((_EMPLOYER, 0.7), (_COMPANY, 0.6)):
        for found in pattern.finditer(text):
            name = _NO_COMPANY.sub("", found["employer"])
            if len(name) > 1:
                yield _fact(said, text, "employer", name, found, confidence=confidence)
                return


def _dates(said: Said, text: str) -> Iterator[Insight]:
    for found in _DATE.finditer(text):
        full = _FULL_DATE.fullmatch(found.group())
        value = _iso(full) if full else found.group()
        if value:
            yield _fact(said, text, "date", value, found, confidence=0.8 if full else 0.6)


def _iso(found: re.Match[str]) -> str:
    """The date as far as it was said: 2023, 2023-05 or 2023-05-06; empty when it cannot be."""
    parts = [parse(found[name]) for name in ("year", "month", "day") if found[name]]
    if any(part is None for part in parts):
        return ""
    numbers = [int(part) for part in parts if part is not None]
    if not 1900 <= numbers[0] <= 2100 or (len(numbers) > 1 and not 1 <= numbers[1] <= 12):
        return ""
    return "-".join([f"{numbers[0]}", *(f"{number:02d}" for number in numbers[1:])])


def _names(said: Said, text: str) -> Iterator[Insight]:
    yield from _each(said, text, "caller_name", _CALLER, "name", confidence=0.7)
    yield from _each(said, text, "caller_name", _CALLER_SURNAME, "name", confidence=0.6)
    yield from _each(said, text, "adverse_party", _OTHER, "name", confidence=0.6)


def _each(
    said: Said, text: str, key: str, pattern: re.Pattern[str], group: str, *, confidence: float
) -> Iterator[Insight]:
    for found in pattern.finditer(text):
        yield _fact(said, text, key, found[group], found, confidence=confidence)


def _fact(
    said: Said, text: str, key: str, value: str, found: re.Match[str], *, confidence: float
) -> Insight:
    return Insight(
        kind=Kind.FACT,
        key=key,
        value=value,
        quote=quote(text, found.start(), found.end()),
        confidence=confidence,
        segment_id=said.segment_id,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
    )
