"""What English words of a caller are about, for the question of the topic. Pure.

Fewer words than there are for Mandarin: they tell topics apart, and notice dangers.
"""

import re
from collections.abc import Iterator

_TOPICS: tuple[tuple[str | None, re.Pattern[str]], ...] = tuple(
    (topic, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for topic, words in (
        (
            "labour",
            r"wages?\b|salar(?:y|ies)|my pay\b|unpaid|overtime|"
            r"(?:was|been|got|were) (?:fired|sacked|dismissed|laid off)|employer|"
            r"employment|labou?r\b|at work\b|work injury|my boss|"
            r"social (?:security|insurance)|severance|probation",
        ),
        (
            "family",
            r"divorc|custody|child support|alimony|marriage|my (?:husband|wife|ex)\b|inherit|"
            r"my (?:late )?(?:father|mother)'s (?:will|house|estate)|bride price|visitation",
        ),
        (
            "contracts",
            r"contract|landlord|tenant|rent(?:al|ed)?\b|lease|deposit|refund|loan|debts?\b|"
            r"owes? me|lent\b|borrow|iou\b|property manage|bought a (?:house|flat|car)|"
            r"gym card|online shop",
        ),
        (
            "injury",
            r"traffic accident|car accident|accident\b|hit by|ran over|knocked down|injur|hospital|"
            r"malpractice|misdiagnos|dog bit|bitten",
        ),
        ("legal_aid", r"legal aid|free lawyer|(?:cannot|can't|can not) afford a lawyer"),
        (
            None,
            r"arrest|detain|police (?:took|have taken)|crimin|fraud|scam|demolition|visa|"
            r"administrative|fined\b|court (?:judgment|ruling) .{0,30}not paid",
        ),
    )
)

_DANGER = re.compile(
    r"\b(?:kill (?:myself|me|him|her)|suicid|want to die|end my life|don't want to live|"
    r"(?:is|keeps|was|just) (?:beating|hitting|attacking|threatening)|"
    r"(?:beat|beats|beaten|hit|hits) (?:me|my (?:child|son|daughter|kid))\b|domestic violence|"
    r"rap(?:e|ed|ing)\b|abus(?:e|ed|es|ing)|molest|kidnap|lock(?:ed|s) (?:me|us) (?:in|up)|"
    r"(?:has|with) a (?:knife|gun))",
    re.IGNORECASE,
)

_CONFIDENCE = 0.8


def find_english(text: str) -> Iterator[tuple[str | None, float]]:
    """Topics that the words speak of, each once, and how sure the words make it."""
    for topic, words in _TOPICS:
        if words.search(text):
            yield topic, _CONFIDENCE


def is_english_danger(text: str) -> bool:
    """Whether the words tell of a danger."""
    return _DANGER.search(text) is not None
