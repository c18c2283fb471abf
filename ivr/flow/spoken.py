"""What a caller's own words are about: a topic of the menu, a danger, or nothing certain. Pure.

The words are read by the rules that read transcripts (`hotline.insights`), and by the words that
the flow file adds. Who is not understood with certainty presses a key like everybody else.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from hotline.insights.clauses import plain
from hotline.insights.insight import Said
from hotline.insights.risks import find_risks
from hotline.insights.topics import TREE, find_topics
from ivr.flow.spoken_english import find_english, is_english_danger

MANDARIN, ENGLISH = "zh", "en"

SPOKEN_LANGUAGES = (MANDARIN, ENGLISH)
"""Those that there are rules for; a flow file may add words of others."""

MOST_PIECES = 3
"""So often the recogniser may hand over words of one answer; then keys are quicker."""

LONGEST_READ = 200
"""Characters; an engine that repeats itself in noise writes thousands."""

_OWN_WORDS = 0.9
"""What words of the flow file are worth: an operator has thought of them."""

_NAMED = 0.65
"""What the bare name of a matter is worth: asked what it is about, many say just that."""

_NAMES: Mapping[str, re.Pattern[str]] = {
    "labour": re.compile(r"工资|薪水|工钱|加班|社保|五险|劳动|仲裁|辞职|离职|老板|单位|上班|打工"),
    "family": re.compile(r"婚姻|结婚|老公|老婆|丈夫|妻子|夫妻|家庭|财产分割|遗嘱|养老"),
    "contracts": re.compile(r"合同|欠钱|借钱|还钱|债务|债权|房租|房子|房屋|买房|退款|退钱|定金"),
    "injury": re.compile(r"受伤|摔伤|伤残|撞了|车祸|事故|医疗|医药费|赔医"),
    "legal_aid": re.compile(r"援助|免费律师"),
}

_GUIDE = "legal_aid"
"""Whoever names a matter beside the wish for a free lawyer is about the matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTopic:
    """How the topic is asked aloud.

    Attributes:
        languages: Callers of these are asked; all others press keys.
        least_confidence: Below it, 0 to 1, keys decide.
        words: Words of the operator's own, by topic.
    """

    languages: tuple[str, ...] = SPOKEN_LANGUAGES
    least_confidence: float = 0.6
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was understood.

    Attributes:
        topic: One of the menu; None for a matter that has no key there.
        confidence: 0 to 1; a rule's own estimate, not a probability.
        is_danger: Somebody is in danger: violence, suicide, a harmed child, threats, captivity.
    """

    topic: str | None
    confidence: float
    is_danger: bool = False


def understand(text: str, language: str, *, rules: SpokenTopic, topics: Collection[str]) -> Meaning:
    """What a caller's answer is about.

    Two matters in one answer make both uncertain; two signs of one matter make it more certain.

    Args:
        text: What the recogniser heard.
        language: The call's.
        rules: How topics are asked aloud.
        topics: Those of the menu.
    """
    text = text[:LONGEST_READ]
    if _is_danger(text, language):
        return Meaning(None, 1.0, is_danger=True)
    doubts: dict[str | None, float] = {}
    for topic, confidence in _signs(text, language, rules):
        place = topic if topic in topics else None
        doubts[place] = doubts.get(place, 1.0) * (1 - confidence)
    if len(doubts) > 1:
        doubts.pop(_GUIDE, None)
    ranked = sorted(doubts.items(), key=lambda each: each[1])
    if not ranked:
        return Meaning(None, 0.0)
    topic, doubt = ranked[0]
    rival = 1 - ranked[1][1] if len(ranked) > 1 else 0.0
    return Meaning(topic, max(0.0, 1 - doubt - rival / 2))


def _signs(text: str, language: str, rules: SpokenTopic) -> list[tuple[str | None, float]]:
    signs: list[tuple[str | None, float]] = []
    if language == MANDARIN:
        signs += ((TREE[each.key].topic, each.confidence) for each in find_topics(Said(text)))
        # A sentence that was understood names things that it is not about: 公司, 房子, 老板.
        signs += () if signs else _named(text)
    elif language == ENGLISH:
        signs += find_english(text)
    heard = text.casefold()
    for topic, words in rules.words.items():
        if any(word.casefold() in heard for word in words):
            signs.append((topic, _OWN_WORDS))
    return signs


def _named(text: str) -> Iterator[tuple[str | None, float]]:
    bare = plain(text)
    yield from ((topic, _NAMED) for topic, names in _NAMES.items() if names.search(bare))


def _is_danger(text: str, language: str) -> bool:
    if language == ENGLISH:
        return is_english_danger(text)
    # Whoever speaks Mandarin after having chosen another language is in no less danger.
    return next(iter(find_risks(Said(text))), None) is not None
