from dataclasses import replace
from datetime import timedelta

from hypothesis import given, strategies as st

from hotline.queueing.configuration import QueueRules, Strategy
from hotline.queueing.matching import Fit, Match, match, may_offer
from hotline.queueing.rules import Idle, Priority, Waiting, fits, in_order
from tests.unit.hotline.queueing.people import (
    LANGUAGES,
    NOW,
    callers,
    idle,
    lawyers,
    waiting,
)

RULES = QueueRules()
NARROW = QueueRules(widen_topic_seconds=None, interpreter_seconds=None)
strategies = st.sampled_from(tuple(Strategy))


def matched(
    entry: Waiting, *lawyers: Idle, rules: QueueRules = RULES, seconds: float = 0
) -> Match | None:
    matches = match([entry], lawyers, now=NOW + timedelta(seconds=seconds), rules=rules)
    return matches[0] if matches else None


def chosen(entry: Waiting, *lawyers: Idle, rules: QueueRules = RULES) -> str | None:
    best = matched(entry, *lawyers, rules=rules)
    return best.lawyer.id if best is not None else None


def test_match__takes_the_lawyer_idle_longest() -> None:
    assert chosen(waiting(), idle(id="new", seconds=1), idle(id="old", seconds=9)) == "old"


def test_match__takes_who_has_served_fewest_today() -> None:
    rules = QueueRules(strategy=Strategy.FEWEST_TODAY)
    busy, fresh = idle(id="busy", seconds=9, served=5), idle(id="fresh", seconds=1, served=2)
    assert chosen(waiting(), busy, fresh, rules=rules) == "fresh"


def test_match__takes_who_knows_it_best() -> None:
    rules = QueueRules(strategy=Strategy.BEST_SKILL)
    some = idle(id="some", seconds=9, topic_levels={"labour": 2})
    best = idle(id="best", seconds=1, topic_levels={"labour": 3})
    assert chosen(waiting(topic="labour"), some, best, rules=rules) == "best"


def test_match__weak_lawyers_are_asked_when_nobody_better_was_there_for_a_while() -> None:
    rules = QueueRules(least_level=3, least_level_seconds=30)
    weak = idle(topic_levels={"*": 3}, language_levels={"zh": 1})
    assert chosen(waiting(seconds=29), weak, rules=rules) is None
    assert chosen(waiting(seconds=30), weak, rules=rules) == "l"


def test_match__skips_a_lawyer_who_has_just_missed_this_caller() -> None:
    entry = waiting(avoid={"old": NOW - timedelta(seconds=1)})
    assert chosen(entry, idle(id="new", seconds=1), idle(id="old", seconds=9)) == "new"


def test_may_offer__asks_the_only_lawyer_again_after_a_while() -> None:
    entry = waiting(avoid={"l": NOW})
    assert not may_offer(entry, idle(), now=NOW, rules=RULES)
    assert may_offer(entry, idle(), now=NOW + timedelta(seconds=RULES.avoid_seconds), rules=RULES)


def test_match__sticky_lawyer_comes_first_whatever_the_topic() -> None:
    entry = waiting(topic="labour", sticky="known")
    known = idle(id="known", topics=("family",), seconds=1)
    best = matched(entry, idle(id="old", seconds=9), known)
    assert best is not None
    assert (best.lawyer.id, best.fit) == ("known", Fit.STICKY)


def test_match__sticky_lawyer_who_is_not_free_is_waited_for_only_if_the_rules_say_so() -> None:
    entry = waiting(sticky="known", seconds=0)
    assert chosen(entry, idle()) == "l"

    waits = QueueRules(sticky_seconds=20)
    assert chosen(entry, idle(), rules=waits) is None
    assert matched(entry, idle(), rules=waits, seconds=20) is not None


def test_match__sticky_lawyer_who_declined_is_not_waited_for() -> None:
    entry = waiting(sticky="known", seconds=0, avoid={"known": NOW})
    assert chosen(entry, idle()) == "l"


def test_match__sticky_lawyer_who_does_not_speak_the_language_is_not_asked() -> None:
    assert chosen(waiting(language="ko", sticky="l"), idle(languages=("zh",))) is None


def test_match__lawyer_of_the_topic_is_asked_before_those_of_the_language() -> None:
    entry = waiting(topic="labour", seconds=90)
    other = idle(id="other", topics=("family",), seconds=9)
    assert chosen(entry, other, idle(id="own", topics=("labour",), seconds=1)) == "own"
    best = matched(entry, other)
    assert best is not None
    assert (best.fit, best.needs_interpreter) == (Fit.ANY_TOPIC, False)


def test_match__interpreter_is_needed_when_nobody_speaks_the_language() -> None:
    entry = waiting(language="ko", seconds=200)
    best = matched(entry, idle(languages=("zh",)))
    assert best is not None
    assert (best.fit, best.needs_interpreter) == (Fit.INTERPRETER, True)
    assert chosen(entry, idle(languages=("en",))) is None


def test_match__other_queue_helps_out() -> None:
    rules = QueueRules(
        widen_topic_seconds=None,
        interpreter_seconds=None,
        other_queue_seconds=60,
        other_queues={"zh/labour": "zh/family", "ko/*": "en/*"},
    )
    family = idle(topics=("family",))
    assert chosen(waiting(topic="labour", seconds=59), family, rules=rules) is None
    assert chosen(waiting(topic="labour", seconds=60), family, rules=rules) == "l"
    assert chosen(waiting(topic="labour", seconds=60), idle(topics=("x",)), rules=rules) is None
    english = idle(languages=("en",), topics=("family",))
    best = matched(waiting(language="ko", seconds=60), english, rules=rules)
    assert best is not None
    assert (best.fit, best.needs_interpreter) == (Fit.OTHER_QUEUE, True)


@given(callers, lawyers, strategies)
def test_match__nobody_twice_and_nobody_unfit(
    entries: list[Waiting], lawyers: list[Idle], strategy: Strategy
) -> None:
    rules = NARROW.model_copy(update={"strategy": strategy})
    matches = match(entries, lawyers, now=NOW, rules=rules)
    assert len({pair.waiting.id for pair in matches}) == len(matches)
    assert len({pair.lawyer.id for pair in matches}) == len(matches)
    assert all(fits(pair.waiting, pair.lawyer) for pair in matches)


@given(callers, lawyers, strategies)
def test_match__no_lawyer_idles_beside_a_caller_they_could_take(
    entries: list[Waiting], lawyers: list[Idle], strategy: Strategy
) -> None:
    rules = RULES.model_copy(update={"strategy": strategy})
    matches = match(entries, lawyers, now=NOW, rules=rules)
    served = {pair.waiting.id for pair in matches}
    busy = {pair.lawyer.id for pair in matches}
    left = [entry for entry in entries if entry.id not in served]
    free = [lawyer for lawyer in lawyers if lawyer.id not in busy]
    assert not any(
        may_offer(entry, lawyer, now=NOW, rules=rules) for entry in left for lawyer in free
    )


@given(callers, lawyers, strategies)
def test_match__of_equal_wishes_the_earlier_is_served(
    entries: list[Waiting], lawyers: list[Idle], strategy: Strategy
) -> None:
    rules = NARROW.model_copy(update={"strategy": strategy})
    served = {pair.waiting.id for pair in match(entries, lawyers, now=NOW, rules=rules)}
    order = in_order(entries, now=NOW, rules=rules)
    for number, later in enumerate(order):
        for earlier in order[:number]:
            if earlier.queue == later.queue:
                assert earlier.id in served or later.id not in served


@given(callers, lawyers)
def test_match__who_waits_loses_nothing_by_waiting_longer(
    entries: list[Waiting], lawyers: list[Idle]
) -> None:
    """What is allowed only widens: a lawyer who could be asked can be asked later, too."""
    later = NOW + timedelta(seconds=500)
    for entry in entries:
        for lawyer in lawyers:
            if may_offer(entry, lawyer, now=NOW, rules=RULES):
                assert may_offer(entry, lawyer, now=later, rules=RULES)


@given(callers, lawyers, st.sampled_from(tuple(Priority)), strategies)
def test_match__everybody_is_served_once_and_in_order_against_a_stream_of_others(
    entries: list[Waiting], lawyers: list[Idle], priority: Priority, strategy: Strategy
) -> None:
    """One more caller of one class comes for each who is served, and one lawyer can take all."""
    rules = QueueRules(strategy=strategy, head_start_emergency_seconds=3600)
    free = {one.id: one for one in [*lawyers, idle(id="all", languages=LANGUAGES)]}
    queue = {one.id: one for one in entries}
    served: list[Waiting] = []
    now = NOW
    while set(queue) & {one.id for one in entries}:
        now += timedelta(seconds=60)
        assert now < NOW + timedelta(hours=8), "somebody starves"
        for pair in match(queue.values(), free.values(), now=now, rules=rules):
            served.append(queue.pop(pair.waiting.id))
            free[pair.lawyer.id] = replace(pair.lawyer, idle_since=now)
        stranger = Waiting(f"stream{len(served)}", "zh", None, priority, now)
        queue[stranger.id] = stranger
    assert len({one.id for one in served}) == len(served)
    for number, later in enumerate(served):
        for earlier in served[:number]:
            if (earlier.queue, earlier.priority) == (later.queue, later.priority):
                assert earlier.placed_at <= later.placed_at
