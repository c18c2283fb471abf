from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from hotline.queueing.configuration import QueueRules
from hotline.queueing.overflow import Overflow, OverflowStep, next_moment, overflow
from tests.unit.hotline.queueing.people import NOW, waiting

RULES = QueueRules(
    widen_topic_seconds=60,
    interpreter_seconds=120,
    other_queue_seconds=180,
    other_queues={"zh/labour": "zh/family"},
    offer_callback_seconds=240,
    message_seconds=300,
)


@pytest.mark.parametrize(
    ("seconds", "step"),
    [
        (59, OverflowStep.NONE),
        (60, OverflowStep.WIDEN_TOPIC),
        (120, OverflowStep.INTERPRETER),
        (180, OverflowStep.OTHER_QUEUE),
        (240, OverflowStep.CALLBACK),
        (1000, OverflowStep.MESSAGE),
    ],
)
def test_overflow__comes_a_step_further_at_each_second(seconds: float, step: OverflowStep) -> None:
    assert overflow(waiting(seconds=seconds), now=NOW, rules=RULES).step is step


def test_overflow__allows_everything_in_the_end() -> None:
    assert overflow(waiting(topic="labour", seconds=300), now=NOW, rules=RULES) == Overflow(
        step=OverflowStep.MESSAGE,
        any_topic=True,
        with_interpreter=True,
        other_queue="zh/family",
        may_be_called_back=True,
        may_leave_message=True,
    )


def test_overflow__step_that_is_never_taken_allows_nothing() -> None:
    rules = QueueRules(widen_topic_seconds=None, interpreter_seconds=60)
    allowed = overflow(waiting(seconds=90), now=NOW, rules=rules)
    assert (allowed.step, allowed.any_topic) == (OverflowStep.INTERPRETER, False)


def test_overflow__nobody_calls_back_those_who_wait_for_it() -> None:
    entry = waiting(seconds=5000, is_on_line=False)
    allowed = overflow(entry, now=NOW, rules=RULES)
    assert allowed.step is OverflowStep.OTHER_QUEUE
    assert not allowed.may_be_called_back


def test_overflow__counts_from_when_a_lawyer_was_looked_for() -> None:
    entry = waiting(seconds=5000)
    later = type(entry)(
        entry.id, entry.language, entry.topic, entry.priority, entry.placed_at, since=NOW
    )
    assert overflow(later, now=NOW, rules=RULES).step is OverflowStep.NONE


@given(st.floats(0, 400), st.booleans())
def test_next_moment__is_when_something_changes(seconds: float, is_on_line: bool) -> None:
    entry = waiting(topic="labour", seconds=seconds, is_on_line=is_on_line)
    moment = next_moment(entry, now=NOW, rules=RULES)
    allowed = overflow(entry, now=NOW, rules=RULES)
    if moment is None:
        assert allowed == overflow(entry, now=NOW + timedelta(days=1), rules=RULES)
        return
    just_before = moment - timedelta(microseconds=1)
    if just_before > NOW:
        assert allowed == overflow(entry, now=just_before, rules=RULES)
    assert overflow(entry, now=moment, rules=RULES).step > allowed.step


def test_next_moment__of_somebody_who_waits_for_a_certain_lawyer_or_a_good_one() -> None:
    entry = waiting(sticky="l", seconds=0)
    rules = QueueRules(sticky_seconds=20)
    assert next_moment(entry, now=NOW, rules=rules) == NOW + timedelta(seconds=20)
    rules = QueueRules(least_level=3, least_level_seconds=10)
    assert next_moment(entry, now=NOW, rules=rules) == NOW + timedelta(seconds=10)
