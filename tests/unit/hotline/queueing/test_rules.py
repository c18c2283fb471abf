from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from hotline.queueing.configuration import QueueRules
from hotline.queueing.rules import (
    Idle,
    Waiting,
    fits,
    in_order,
    match,
    may_offer,
    positions,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RULES = QueueRules()
LANGUAGES = ("zh", "en", "ko")
TOPICS = ("labour", "family", None)


def waiting(
    *,
    id: str = "a",
    language: str = "zh",
    topic: str | None = None,
    priority: int = 0,
    seconds: float = 10,
    avoid: dict[str, datetime] | None = None,
) -> Waiting:
    return Waiting(id, language, topic, priority, NOW - timedelta(seconds=seconds), avoid or {})


def idle(
    *,
    id: str = "l",
    languages: tuple[str, ...] = ("zh",),
    topics: tuple[str, ...] = ("*",),
    seconds: float = 5,
) -> Idle:
    since = NOW - timedelta(seconds=seconds)
    return Idle(id, frozenset(languages), frozenset(topics), since)


def test_in_order__priority_before_time() -> None:
    old, urgent = waiting(id="old", seconds=100), waiting(id="urgent", priority=20, seconds=1)
    assert [entry.id for entry in in_order([old, urgent])] == ["urgent", "old"]


def test_fits__needs_language_and_topic() -> None:
    entry = waiting(language="ko", topic="labour")
    assert fits(entry, idle(languages=("zh", "ko"), topics=("labour",)))
    assert not fits(entry, idle(languages=("zh",)))
    assert not fits(entry, idle(languages=("ko",), topics=("family",)))


def test_match__takes_the_lawyer_idle_longest() -> None:
    matches = match(
        [waiting()], [idle(id="new", seconds=1), idle(id="old", seconds=9)], now=NOW, rules=RULES
    )
    assert [pair.lawyer.id for pair in matches] == ["old"]


def test_match__skips_a_lawyer_who_has_just_missed_this_caller() -> None:
    entry = waiting(avoid={"old": NOW - timedelta(seconds=1)})
    matches = match(
        [entry], [idle(id="new", seconds=1), idle(id="old", seconds=9)], now=NOW, rules=RULES
    )
    assert [pair.lawyer.id for pair in matches] == ["new"]


def test_may_offer__asks_the_only_lawyer_again_after_a_while() -> None:
    entry = waiting(avoid={"l": NOW})
    assert not may_offer(entry, idle(), now=NOW, rules=RULES)
    assert may_offer(entry, idle(), now=NOW + timedelta(seconds=RULES.avoid_seconds), rules=RULES)


def test_positions__count_only_callers_of_the_same_language() -> None:
    entries = [waiting(id="a", seconds=9), waiting(id="b", language="en", seconds=8)]
    assert positions([*entries, waiting(id="c", seconds=7)]) == {"a": 1, "b": 1, "c": 2}


_entries = st.lists(
    st.builds(
        waiting,
        id=st.uuids().map(str),
        language=st.sampled_from(LANGUAGES),
        topic=st.sampled_from(TOPICS),
        priority=st.sampled_from([0, 10, 20]),
        seconds=st.integers(0, 1000),
    ),
    max_size=12,
)
_lawyers = st.lists(
    st.builds(
        idle,
        id=st.uuids().map(str),
        languages=st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True).map(tuple),
        topics=st.sampled_from([("*",), ("labour",), ("family",), ("labour", "family")]),
        seconds=st.integers(0, 1000),
    ),
    max_size=8,
)


@given(_entries, _lawyers)
def test_match__nobody_twice_and_nobody_unfit(entries: list[Waiting], lawyers: list[Idle]) -> None:
    matches = match(entries, lawyers, now=NOW, rules=RULES)
    assert len({pair.waiting.id for pair in matches}) == len(matches)
    assert len({pair.lawyer.id for pair in matches}) == len(matches)
    assert all(fits(pair.waiting, pair.lawyer) for pair in matches)


@given(_entries, _lawyers)
def test_match__no_lawyer_idles_beside_a_caller_they_could_take(
    entries: list[Waiting], lawyers: list[Idle]
) -> None:
    matches = match(entries, lawyers, now=NOW, rules=RULES)
    served = {pair.waiting.id for pair in matches}
    busy = {pair.lawyer.id for pair in matches}
    left = [entry for entry in entries if entry.id not in served]
    free = [lawyer for lawyer in lawyers if lawyer.id not in busy]
    assert not any(fits(entry, lawyer) for entry in left for lawyer in free)


@given(_entries, _lawyers)
def test_match__of_equal_wishes_the_earlier_is_served(
    entries: list[Waiting], lawyers: list[Idle]
) -> None:
    served = {pair.waiting.id for pair in match(entries, lawyers, now=NOW, rules=RULES)}
    order = in_order(entries)
    for number, later in enumerate(order):
        for earlier in order[:number]:
            if (earlier.language, earlier.topic) == (later.language, later.topic):
                assert earlier.id in served or later.id not in served
