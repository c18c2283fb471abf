"""Sentences and clauses, and whether something in them is denied or only supposed. Pure.

Speech recognition writes with punctuation or without, with blanks between words or without; rules
see one form. A denial counts for what follows it closely in the same clause ("没有打我", "never hit
me"), in Korean for the verb before it, too ("때리지 않아요"); a supposition for the rest of its
sentence ("如果他打我"), in Korean by the verb's own ending ("때리면").
"""

import re

_BLANK_BETWEEN = re.compile(
    r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff0-9])|(?<=[0-9])\s+(?=[\u3400-\u9fff])"
)
_CLAUSE_END = re.compile(r"[，。！？；：,!?;\n]|(?<!\d)\.|\.(?!\d)")
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?!\d)")

# Words with a negative character that deny nothing.
_NO_DENIAL = re.compile(
    r"没少|没完没了|不得不|不仅|不但|不光|不止|不只|不断|不停|不知道?|不过|不管|不料|不久|不小心|动不动|"
    r"差不多|对不起|不好意思|不由分说|忍不住|不想活|活不下去|(.)不\1|.不[到起了回上下]|"
    # What is not given or done is what people complain of: 不付抚养费.
    r"(?:不|没有?)(?:给|付|还|退|出|交|管|养|认|赔|签|发(?!生)|结|让|肯|支付|履行)"
)
_DENIAL = re.compile(r"没有?|不是|不会|不|未曾?|别|勿|无")
# So many characters may lie between a denial and what it denies: 没有 | 真的 | 打我.
_DENIAL_REACH = 4

_ENGLISH_DENIAL = re.compile(
    r"\b(?:not|never|no|without|(?:do|does|did|has|have|had|is|was|were|are|wo|would|ca|could)n['’]?t)\b"
    # "Not only" and "never stops" deny nothing.
    r"(?!\s+(?:only|just|stop\w*|sure|know))",
    re.IGNORECASE,
)
# So many words of English may lie between: never | really tried to | hit me.
_ENGLISH_REACH = 3
_WORD = re.compile(r"[\w'’]+")

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KOREAN_DENIAL_BEFORE = re.compile(r"(?:안|못|절대)\s*$")
_KOREAN_DENIAL_AFTER = re.compile(
    r"[가-힣]{0,4}?(?:지는?|진|질)\s*(?:않|못했|못해)|[가-힣]{0,3}\s*(?:적|일)(?:이|은|도)?\s*없|"
    r"[가-힣\s]{0,8}?(?:게|것|건|거)(?:이|은|는)?\s*아니"
)

_SUPPOSED = re.compile(
    r"如果|要是|假如|假设|假使|倘若|万一|比方说|比如|例如|譬如|电视[上里剧]|新闻[上里]|小说[里上]|"
    r"电影里|网上看到|会不会|是否会|听别人说|"
    r"\bif\b|\bsuppos(?:e|ing)\b|\bin case\b|\bfor example\b|"
    r"\bon tv\b|\bin (?:a|the) (?:movie|film|news)\b|"
    r"만약|만일|혹시라도|예를 들|드라마|영화에서|뉴스에서",
    re.IGNORECASE,
)
_SUPPOSED_AFTER = re.compile(
    r".{0,4}的话|.{0,4}(算不算|构不构成|犯不犯法|违不违法)|(?<=[가-힣])[으]?면(?![서허])"
)


def plain(text: str) -> str:
    """The text without the blanks that speech recognition puts between Chinese words."""
    return _BLANK_BETWEEN.sub("", text.strip())


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds what stands from start to end."""
    before = _last_end(_SENTENCE_END, text, start)
    after = _SENTENCE_END.search(text, end)
    return text[before : after.start() if after else len(text)].strip()


def clause_around(text: str, start: int, end: int) -> str:
    """The clause that holds what stands from start to end."""
    before = _last_end(_CLAUSE_END, text, start)
    after = _CLAUSE_END.search(text, end)
    return text[before : after.start() if after else len(text)].strip()


def is_denied(text: str, start: int, end: int | None = None) -> bool:
    """Whether a denial stands closely before a place; two of them deny nothing.

    Args:
        text: What was said.
        start: Where that begins which may be denied.
        end: Where it ends; in Korean a denial may follow.
    """
    before = text[_last_end(_CLAUSE_END, text, start) : start]
    if _HANGUL.match(text, start):
        is_after = end is not None and _KOREAN_DENIAL_AFTER.match(text, end) is not None
        return is_after or _KOREAN_DENIAL_BEFORE.search(before) is not None
    if text[start : start + 1].isascii():
        words = list(_WORD.finditer(before))[-_ENGLISH_REACH:]
        near = before[words[0].start() :] if words else ""
        return len(_ENGLISH_DENIAL.findall(near)) % 2 == 1
    before = _NO_DENIAL.sub(lambda found: "〇" * len(found.group()), before)
    return len(_DENIAL.findall(before[-_DENIAL_REACH:])) % 2 == 1


def is_supposed(text: str, start: int, end: int) -> bool:
    """Whether the sentence only supposes what stands there: 如果, 假如, …的话, on television."""
    before = text[_last_end(_SENTENCE_END, text, start) : start]
    return bool(_SUPPOSED.search(before) or _SUPPOSED_AFTER.match(text, end))


def _last_end(pattern: re.Pattern[str], text: str, until: int) -> int:
    """Where the last match before a place ends; 0 when there is none."""
    last = 0
    for found in pattern.finditer(text, 0, until):
        last = found.end()
    return last
