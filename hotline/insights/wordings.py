"""Wordings: patterns with what they mean, and how they are looked for. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotline.insights.clauses import (
    clause_around,
    is_denied,
    is_supposed,
    plain,
    sentence_around,
)
from hotline.insights.insight import Insight, Kind, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Ways to say one thing.

    Attributes:
        key: What is meant.
        pattern: Any of the ways to say it.
        deed: The word in it that a denial would stand before; its beginning if None.
        unless: Words in the same sentence with which it means something else.
        confidence: How sure the words make it.
        article: The statute it follows from.
        hint: What the lawyer is told.
        is_denied_by_no: Whether a denial before it takes it back.
        is_lost_when_supposed: Whether "if" takes it back.
    """

    key: str
    pattern: re.Pattern[str]
    deed: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    confidence: float = 0.8
    article: str = ""
    hint: str = ""
    is_denied_by_no: bool = True
    is_lost_when_supposed: bool = True


def wording(
    key: str,
    pattern: str,
    *,
    deed: str = "",
    unless: str = "",
    confidence: float = 0.8,
    article: str = "",
    hint: str = "",
    is_denied_by_no: bool = True,
    is_lost_when_supposed: bool = True,
) -> Wording:
    """A wording from pattern texts; blanks and line ends in them are for the eye only."""
    return Wording(
        key=key,
        pattern=_compiled(pattern),
        deed=_compiled(deed) if deed else None,
        unless=_compiled(unless) if unless else None,
        confidence=confidence,
        article=article,
        hint=hint,
        is_denied_by_no=is_denied_by_no,
        is_lost_when_supposed=is_lost_when_supposed,
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\s+", "", pattern), re.IGNORECASE)


def find_wordings(kind: Kind, wordings: Sequence[Wording], said: Said) -> Iterator[Insight]:
    """What of this the sentence says; each key once, by its first wording that holds."""
    text = plain(said.text)
    keys: set[str] = set()
    for one in wordings:
        if one.key in keys:
            continue
        found = _first(one, text)
        if found is None:
            continue
        keys.add(one.key)
        yield Insight(
            kind=kind,
            key=one.key,
            quote=quote(text, found.start(), found.end()),
            confidence=one.confidence,
            article=one.article,
            hint=one.hint,
            segment_id=said.segment_id,
            start_ms=said.start_ms,
            end_ms=said.end_ms,
        )


# A quoted clause longer than this is cut around what was found.
_LONGEST_QUOTE = 60


def quote(text: str, start: int, end: int) -> str:
    """The clause around what was found, shortened if it goes on and on."""
    clause = clause_around(text, start, end)
    if len(clause) <= _LONGEST_QUOTE:
        return clause
    room = max(0, _LONGEST_QUOTE - (end - start)) // 2
    return text[max(0, start - room) : end + room]


def _first(one: Wording, text: str) -> re.Match[str] | None:
    for found in one.pattern.finditer(text):
        start, end = found.span()
        if one.unless and one.unless.search(sentence_around(text, start, end)):
            continue
        if one.is_denied_by_no and is_denied(text, _deed_at(one, text, found), found.end()):
            continue
        if one.is_lost_when_supposed and is_supposed(text, start, end):
            continue
        return found
    return None


def _deed_at(one: Wording, text: str, found: re.Match[str]) -> int:
    deed = one.deed.search(text, found.start(), found.end()) if one.deed else None
    return deed.start() if deed else found.start()
