"""Marks that end a sentence where the engine sets none, and capitals for English. Pure.

Only the end of what was said at once is marked: where a sentence ends in the middle of it cannot be
told from words alone. Languages that are not known here stay as they are.
"""

import re
from collections.abc import Sequence

from asr.engine import Word
from asr.segments import in_words

CLOSING = "。！？；，、,.!?;:：…"

# A breath of so long between two words is written as a comma; Chinese puts one in at every breath,
# while Korean and English set them by grammar.
_COMMA_MS = 350

_CHINESE_QUESTIONS = re.compile(
    "(?:吗|么|怎么办|怎么样|怎么[^，。]{0,6}|多少[^，。]{0,4}|多久|几天|几年|哪里|哪儿|"
    "是不是|行不行|能不能|可不可以|对不对|好不好|为什么|谁|什么|几个月|有没有|对吧)$|(?:怎么|什么|多少|哪|谁|为何|能不能|是不是).*呢$|^.{1,3}呢$"
)
_NO_CHINESE_QUESTION = re.compile("(?:这么|那么|没什么|不知道为什么|没有谁)$")

_ENGLISH_QUESTIONS = re.compile(
    r"^(?:(?:so|and|but|then|well|okay|ok|please)\s+)*"
    r"(?:how|why|when|where|who|whose|what|which|(?:am|is|are|was|were|do|does|did|can|could|will|"
    r"would|shall|should|may|has|have|had)(?:n't)?\s+(?:i|you|he|she|it|we|they|there|this|that|"
    r"these|those|my|your|his|her|our|their|the|any|anyone|anybody|somebody|someone))\b",
    re.IGNORECASE,
)
# "What I need is help" and "when he left he took it" tell something.
_NO_ENGLISH_QUESTION = re.compile(
    r"^(?:(?:so|and|but|then|well)\s+)*(?:when|where|what|which|who|how|why)\s+"
    r"(?:i|you|he|she|it|we|they|my|your|his|her|our|their|the)\b",
    re.IGNORECASE,
)
_ENGLISH_I = re.compile(r"\bi(?=$|\s|')")

# Endings of the polite and of the plain question; what ends in them otherwise is told apart by the
# consonant under the syllable before (see `_is_formal_question`).
_KOREAN_QUESTIONS = re.compile(
    "(?:까요|까|나요|(?:인|은|는|한|던|건|된|할|될)가요|(?:인|은|는|한|던)가|느냐|으냐|냐)$"
)
_KOREAN_FORMAL = re.compile("(.)니까$")
_KOREAN_WORDS = re.compile(
    "(?:^|\\s)(?:누가|누구|언제|어디|무엇|뭐|왜|어떻게|얼마|몇)(?:\\S*)(?:\\s.*)?(?:요|죠|니|지)$"
)

# Hangul syllables are laid out by consonant, vowel and final consonant (Unicode, section 3.12).
_FIRST_SYLLABLE = 0xAC00
_FINALS = 28
_FINAL_BIEUP = 17


def closed(text: str, *, language: str) -> str:
    """The words as a sentence: capitals and the mark at the end.

    Args:
        text: Words without marks.
        language: What they are in; those that are not known stay as they are.
    """
    bare = text.strip()
    if not bare or bare[-1] in CLOSING:
        return text
    match language:
        case "zh":
            return bare + ("？" if _asks_in_chinese(bare) else "。")
        case "en":
            return _capitals(bare) + ("?" if _asks_in_english(bare) else ".")
        case "ko":
            return bare + ("?" if _asks_in_korean(bare) else ".")
        case _:
            return text


def with_commas(text: str, *, words: Sequence[Word], language: str) -> str:
    """Chinese with a comma at every breath, where the words' times show them."""
    if not words or in_words(language, (word.text for word in words)) != text:
        return text
    parts: list[list[str]] = [[]]
    for earlier, word in zip((None, *words), words, strict=False):
        if earlier is not None and word.start_ms - earlier.end_ms >= _COMMA_MS:
            parts.append([])
        parts[-1].append(word.text)
    return "，".join(in_words(language, part) for part in parts)


def _asks_in_chinese(text: str) -> bool:
    return bool(_CHINESE_QUESTIONS.search(text)) and not _NO_CHINESE_QUESTION.search(text)


def _asks_in_english(text: str) -> bool:
    return bool(_ENGLISH_QUESTIONS.search(text)) and not _NO_ENGLISH_QUESTION.search(text)


def _capitals(text: str) -> str:
    return _ENGLISH_I.sub("I", text[0].upper() + text[1:])


def _asks_in_korean(text: str) -> bool:
    formal = _KOREAN_FORMAL.search(text)
    if formal is not None:
        return _has_bieup(formal[1])
    return bool(_KOREAN_QUESTIONS.search(text) or _KOREAN_WORDS.search(text))


def _has_bieup(syllable: str) -> bool:
    """Whether a syllable ends in the consonant of the formal style ("합니까", not "그러니까")."""
    place = ord(syllable) - _FIRST_SYLLABLE
    return 0 <= place and place % _FINALS == _FINAL_BIEUP
