from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from hotline.queueing.configuration import QueueRules
from hotline.queueing.rules import (
    DEFAULT_LEVEL,
    Priority,
    Waiting,
    fits,
    head_start_seconds,
    in_order,
    most_overtaking_seconds,
    positions,
)
from tests.unit.hotline.queueing.people import NOW, callers, idle, waiting

RULES = QueueRules()
WEIGHTED = QueueRules(queue_weights={"zh/labour": 3, "ko/*": 5}, weight_advantage_seconds=300)


def ids(entries: list[Waiting], rules: QueueRules = RULES) -> list[str]:
    return [entry.id for entry in in_order(entries, now=NOW, rules=rules)]


@pytest.mark.parametrize(
    ("priority", "seconds"),
    [
        (Priority.NORMAL, 0),
        (Priority.RETURNING, 120),
        (Priority.WAGES, 240),
        (Priority.ELDERLY, 480),
        (Priority.MINOR, 600),
        (Priority.CUT_OFF, 3600),
        (Priority.EMERGENCY, 86_400),
        (Priority.ELDERLY + 5, 480),
    ],
)
def test_head_start_seconds__grows_with_the_class(priority: int, seconds: float) -> None:
    assert head_start_seconds(priority, RULES) == seconds


def test_in_order__class_is_worth_its_head_start() -> None:
    patient = waiting(id="patient", seconds=700)
    child = waiting(id="child", priority=Priority.MINOR, seconds=1)
    newcomer = waiting(id="newcomer", seconds=500)
    assert ids([patient, newcomer, child]) == ["patient", "child", "newcomer"]


def test_in_order__emergency_is_before_everybody_on_the_line() -> None:
    hours = waiting(id="hours", priority=Priority.CUT_OFF, seconds=20_000)
    urgent = waiting(id="urgent", priority=Priority.EMERGENCY, seconds=0)
    assert ids([hours, urgent]) == ["urgent", "hours"]


def test_in_order__weight_makes_a_queue_faster_up_to_a_bound() -> None:
    other = waiting(id="other", language="zh", topic="family", seconds=250)
    heavy = waiting(id="heavy", language="zh", topic="labour", seconds=100)
    assert ids([other, heavy], WEIGHTED) == ["heavy", "other"]
    older = waiting(id="older", language="zh", topic="family", seconds=1200)
    heavy = waiting(id="heavy", language="zh", topic="labour", seconds=800)
    assert ids([older, heavy], WEIGHTED) == ["older", "heavy"]


@given(callers, st.sampled_from((RULES, WEIGHTED)))
def test_in_order__of_a_class_in_a_queue_is_that_of_the_places(
    entries: list[Waiting], rules: QueueRules
) -> None:
    order = in_order(entries, now=NOW, rules=rules)
    for number, later in enumerate(order):
        for earlier in order[:number]:
            if (earlier.queue, earlier.priority) == (later.queue, later.priority):
                assert earlier.placed_at <= later.placed_at


@given(callers, st.sampled_from((RULES, WEIGHTED)), st.integers(0, 100_000))
def test_in_order__nobody_is_overtaken_by_those_who_came_much_later(
    entries: list[Waiting], rules: QueueRules, later: int
) -> None:
    moment = NOW + timedelta(seconds=later)
    bound = timedelta(seconds=most_overtaking_seconds(rules))
    order = in_order(entries, now=moment, rules=rules)
    for number, overtaken in enumerate(order):
        for ahead in order[:number]:
            assert ahead.placed_at <= overtaken.placed_at + bound


@given(callers, st.integers(1, 100_000))
def test_in_order__does_not_change_with_time(entries: list[Waiting], later: int) -> None:
    moment = NOW + timedelta(seconds=later)
    assert in_order(entries, now=NOW, rules=RULES) == in_order(entries, now=moment, rules=RULES)


@given(callers, st.sampled_from(tuple(Priority)), st.sampled_from((RULES, WEIGHTED)))
def test_in_order__everybody_is_first_against_a_stream_of_the_most_urgent(
    entries: list[Waiting], priority: Priority, rules: QueueRules
) -> None:
    """However many of whatever class keep coming, those who wait are first after a bounded time."""
    moment = NOW + timedelta(seconds=most_overtaking_seconds(rules) + 1)
    stream = Waiting("stream", "ko", None, priority, moment)
    assert in_order([stream, *entries], now=moment, rules=rules)[-1].id == "stream"


@given(callers, st.sampled_from((RULES, WEIGHTED)))
def test_positions__count_from_one_in_each_language(
    entries: list[Waiting], rules: QueueRules
) -> None:
    places = positions(entries, now=NOW, rules=rules)
    for language in {entry.language for entry in entries}:
        own = sorted(places[entry.id] for entry in entries if entry.language == language)
        assert own == list(range(1, len(own) + 1))


def test_positions__count_only_callers_of_the_same_language() -> None:
    entries = [waiting(id="a", seconds=9), waiting(id="b", language="en", seconds=8)]
    entries.append(waiting(id="c", seconds=7))
    assert positions(entries, now=NOW, rules=RULES) == {"a": 1, "b": 1, "c": 2}


def test_fits__needs_language_and_topic() -> None:
    entry = waiting(language="ko", topic="labour")
    assert fits(entry, idle(languages=("zh", "ko"), topics=("labour",)))
    assert not fits(entry, idle(languages=("zh",)))
    assert not fits(entry, idle(languages=("ko",), topics=("family",)))


def test_levels__default_where_nothing_is_said() -> None:
    lawyer = idle(
        languages=("zh", "en"), topics=("*",), language_levels={"en": 1}, topic_levels={"labour": 3}
    )
    assert [lawyer.language_level(language) for language in ("zh", "en", "ko")] == [2, 1, 0]
    assert lawyer.topic_level("labour") == 3
    assert lawyer.topic_level("family") == lawyer.topic_level(None) == DEFAULT_LEVEL
    assert idle(topics=("labour",)).topic_level("family") == 0
