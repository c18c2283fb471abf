"""Who serves the next caller. Pure.

In the order of the queue, each caller gets the lawyer who fits best: the one who knows the case,
then those who speak the language and know the topic, then those whom the wait has made possible.
Among equals the strategy decides. Nobody is offered again to a lawyer who has just missed or passed
on that caller, unless enough time has gone by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import assert_never

from hotline.queueing.configuration import QueueRules, Strategy
from hotline.queueing.overflow import Overflow, overflow
from hotline.queueing.rules import ANY_TOPIC, Idle, Waiting, fits, in_order


class Fit(IntEnum):
    """How well a lawyer fits a caller; a smaller number is tried first."""

    STICKY = 0
    FULL = 1
    ANY_TOPIC = 2
    OTHER_QUEUE = 3
    INTERPRETER = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A caller and the lawyer to offer the caller to."""

    waiting: Waiting
    lawyer: Idle
    fit: Fit = Fit.FULL

    @property
    def needs_interpreter(self) -> bool:
        """Whether the two do not share the caller's language."""
        return not self.lawyer.speaks(self.waiting.language)


def match(
    waiting: Iterable[Waiting], idle: Iterable[Idle], *, now: datetime, rules: QueueRules
) -> list[Match]:
    """Gives each caller, in order, the best lawyer who is still free."""
    free = {lawyer.id: lawyer for lawyer in idle}
    matches: list[Match] = []
    for entry in in_order(waiting, now=now, rules=rules):
        if not free:
            break
        best = best_lawyer(entry, free.values(), now=now, rules=rules)
        if best is not None:
            del free[best.lawyer.id]
            matches.append(best)
    return matches


def best_lawyer(
    entry: Waiting, free: Iterable[Idle], *, now: datetime, rules: QueueRules
) -> Match | None:
    """The lawyer among these whom the caller should have, None: wait for another."""
    allowed = overflow(entry, now=now, rules=rules)
    found = (
        (fit, _rank(entry, lawyer, rules.strategy), lawyer)
        for lawyer in free
        if (fit := _fit(entry, lawyer, allowed, now=now, rules=rules)) is not None
    )
    best = min(found, key=lambda one: one[:2], default=None)
    return Match(entry, best[2], best[0]) if best is not None else None


def may_offer(entry: Waiting, lawyer: Idle, *, now: datetime, rules: QueueRules) -> bool:
    """Whether the caller may be offered to this lawyer now."""
    allowed = overflow(entry, now=now, rules=rules)
    return _fit(entry, lawyer, allowed, now=now, rules=rules) is not None


def _fit(
    entry: Waiting, lawyer: Idle, allowed: Overflow, *, now: datetime, rules: QueueRules
) -> Fit | None:
    missed_at = entry.avoid.get(lawyer.id)
    if missed_at is not None and now - missed_at < timedelta(seconds=rules.avoid_seconds):
        return None
    if lawyer.id == entry.sticky_lawyer_id and lawyer.speaks(entry.language):
        return Fit.STICKY
    if _waits_for_another(entry, now=now, rules=rules):
        return None
    if fits(entry, lawyer):
        return Fit.FULL if _is_good_enough(entry, lawyer, now=now, rules=rules) else None
    return _widened(entry, lawyer, allowed, rules)


def _waits_for_another(entry: Waiting, *, now: datetime, rules: QueueRules) -> bool:
    """Whether it is still the moment of the lawyer who knows the case."""
    sticky = entry.sticky_lawyer_id
    if sticky is None or sticky in entry.avoid:
        return False
    return now - entry.searched_since < timedelta(seconds=rules.sticky_seconds)


def _is_good_enough(entry: Waiting, lawyer: Idle, *, now: datetime, rules: QueueRules) -> bool:
    if now - entry.searched_since >= timedelta(seconds=rules.least_level_seconds):
        return True
    levels = (lawyer.language_level(entry.language), lawyer.topic_level(entry.topic))
    return min(levels) >= rules.least_level


def _widened(entry: Waiting, lawyer: Idle, allowed: Overflow, rules: QueueRules) -> Fit | None:
    if allowed.any_topic and lawyer.speaks(entry.language):
        return Fit.ANY_TOPIC
    if allowed.other_queue is not None:
        language, _, topic = allowed.other_queue.partition("/")
        if lawyer.speaks(language) and (topic == ANY_TOPIC or lawyer.knows(topic)):
            return Fit.OTHER_QUEUE
    if allowed.with_interpreter and lawyer.speaks(rules.interpreter_language):
        return Fit.INTERPRETER
    return None


def _rank(entry: Waiting, lawyer: Idle, strategy: Strategy) -> tuple[int, datetime, str]:
    """A smaller one is asked first; equals are told apart by who has been idle longest."""
    match strategy:
        case Strategy.LONGEST_IDLE:
            first = 0
        case Strategy.FEWEST_TODAY:
            first = lawyer.served_today
        case Strategy.BEST_SKILL:
            first = -lawyer.language_level(entry.language) - lawyer.topic_level(entry.topic)
        case _:
            assert_never(strategy)
    return first, lawyer.idle_since, lawyer.id
