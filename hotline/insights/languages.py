"""Requests to speak another language, by what is asked for or by the script itself. Pure."""

import re
from collections.abc import Iterator

from hotline.insights import english, korean
from hotline.insights.clauses import plain
from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.wordings import Wording, find_wordings, wording

# BCP 47, as elsewhere in the hotline.
_NAMES = {
    "bo": "藏语|藏话|藏文|藏族话",
    "ug": "维语|维吾尔语|维吾尔话|维族话",
    "mn": "蒙语|蒙古语|蒙古话|蒙文",
    "kk": "哈萨克语|哈语|哈萨克话",
    "ko": "朝鲜语|韩语|朝语|朝鲜话|韩国话",
    "za": "壮语|壮话",
    "ii": "彝语|彝话|彝族话",
    "yue": "粤语|广东话|白话|广州话",
    "hak": "客家话|客语",
    "nan": "闽南话|闽南语|潮汕话|潮州话",
    "en": "英语|英文|English",
    "sign": "手语",
}
_ASK = r"(?:会不会|能不能|可不可以|可以|能|有没有|有|想|要|请|换|找|给我|只会|只能|我)"
_SPEAK = r"(?:说|讲|用|懂|会|找|换|转|配|翻译|个|位|成)"
_SPEAKER = r"(?:的)?(?:律师|人|翻译|老师|服务|接线员|同志|工作人员)"

_ENGLISH = (
    r"(?:speak|talk in|use|in) english|english (?:speaker|speaking|lawyer|please|service)|"
    r"(?:don't|do not) (?:understand|speak) (?:chinese|mandarin)"
)


def _by_name(code: str, names: str) -> Wording:
    return wording(
        code,
        rf"{_ASK}[^，。！？]{{0,6}}{_SPEAK}(?:一个|一位|个|位|成|懂|讲|说)*(?:{names})(?!课|老师|作业|考试|书|班|培训|专业)|"
        rf"(?:{names})(?:{_SPEAKER})[^，。！？]{{0,4}}(?:吗|呢|有|没有|在)|有(?:没有)?[^，。！？]{{0,4}}(?:{names})(?:{_SPEAKER})|(?:说|讲)(?:{names})(?:吗|行吗|可以吗|好吗)",
        unless=r"合同|培训机构|补习|作业",
        # "您能不能说藏语" and "我不会汉语只会藏语": a "not" in front takes nothing back.
        is_denied_by_no=False,
        is_lost_when_supposed=False,
    )


_WORDINGS = (
    *(_by_name(code, names) for code, names in _NAMES.items()),
    wording("en", _ENGLISH.replace(" ", r"\s"), is_denied_by_no=False, confidence=0.9),
    wording(
        "other",
        r"""听不懂(?:普通话|汉语|汉话|你说的?话|国语)|不(?:太|怎么)?(?:会|懂)(?:说|讲)?(?:普通话|汉语|汉话|国语)|普通话(?:说|讲)?(?:不好|不行|听不懂)|
        (?:能不能|可不可以|想|要|能)(?:说|讲|用)(?:方言|土话|家乡话|本地话|四川话|我们的话|民族语言)|(?:有没有|找个|要个)(?:懂|会)?(?:方言|翻译|民族语言)""",
        is_denied_by_no=False,
        is_lost_when_supposed=False,
        confidence=0.7,
    ),
    *english.LANGUAGES,
    *korean.LANGUAGES,
)

_SCRIPTS = (
    ("bo", re.compile(r"[\u0f40-\u0fbc]{2,}"), 0.9),
    ("mn", re.compile(r"[\u1820-\u18aa]{2,}"), 0.9),
    ("ug", re.compile(r"[\u0620-\u06ff]{2,}"), 0.7),
    ("ko", re.compile(r"[\uac00-\ud7a3]{2,}"), 0.9),
    # Four English words in a row: a name or a brand among Chinese words is no request.
    ("en", re.compile(r"(?:\b[A-Za-z']+\b[\s,.]+){3,}[A-Za-z']+"), 0.7),
)


def find_languages(said: Said) -> Iterator[Insight]:
    """The languages that the caller asks for or speaks."""
    keys: set[str] = set()
    for insight in find_wordings(Kind.LANGUAGE, _WORDINGS, said):
        keys.add(insight.key)
        yield insight
    text = plain(said.text)
    for code, pattern, confidence in _SCRIPTS:
        found = pattern.search(text)
        if found is None or code in keys:
            continue
        yield Insight(
            kind=Kind.LANGUAGE,
            key=code,
            quote=found.group(),
            confidence=confidence,
            segment_id=said.segment_id,
            start_ms=said.start_ms,
            end_ms=said.end_ms,
        )
