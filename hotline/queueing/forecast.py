"""How long somebody will wait: a range, from who is on duty and who is ahead. Pure.

Whoever is served next is served when a lawyer who fits becomes free for them. So the question is
when the lawyers on duty become free: those who talk, when the rest of their talk and the wrap-up
are over; those who wrap up, at the end of it; and all of them again and again after one more talk.
The caller with k others ahead goes to the (k + 1)th of these moments. Talks are drawn from
log-normal distributions, the same draws at each estimate, so that an estimate changes only when
what it is made from changes. One more ahead moves the moment later, never earlier; a lawyer who can
serve exactly the same callers adds moments, and so moves it earlier, never later.

Somebody ahead who could as well go to lawyers who do not fit this caller counts in part: by the
share of lawyers who fit both among those who fit the one ahead.

Not reckoned with: those ahead who hang up, which makes waits shorter than said, and callers of
greater urgency who are still to come, which makes them longer.
"""

import heapq
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist

ANY_TOPIC = "*"

AVERAGE_TALK_SECONDS = 434.0
"""7.24 minutes: 673,951 calls in 81,369.68 hours (Beijing 12348, first half of 2024)."""

PRIOR_TALKS = 20
"""So many talks of a topic weigh as much as what is known without any of them."""

ANSWER_SECONDS = 5.0
"""From the offer to the lawyer's voice."""

# Standard deviation over mean of talks: service times of call centres have been found log-normal
# with a variation near one (Brown et al., JASA 100, 2005).
_VARIATION = 0.9
_SIGMA = math.sqrt(math.log(1 + _VARIATION**2))
_NORMAL = NormalDist()

_RUNS = 64
_DRAWS = 24
_STRATA = tuple(_NORMAL.inv_cdf((number + 0.5) / _RUNS) for number in range(_RUNS))
_FACTORS = tuple(math.exp(_SIGMA * score - _SIGMA**2 / 2) for score in _STRATA)
"""Lengths of talks over their mean, one for each equally likely part."""

_STEP_SECONDS = 10.0
"""Talks are looked at in steps, so that what has been reckoned once serves again."""

_LOW, _MIDDLE, _SAID, _HIGH = 0.25, 0.5, 0.6, 0.9
"""Which shares of the possible waits end before the low end, the middle, what is said, the high
end. What is said lies above the middle: sooner than told is the better mistake."""

_STICKINESS = 0.1
"""A class is left when the wait is by this share beyond its ends, so that it does not flutter."""


@dataclass(frozen=True, slots=True)
class WaitClass:
    """A range that callers are told, in seconds; `high_seconds` None is open."""

    name: str
    low_seconds: float
    high_seconds: float | None


CLASSES = (
    WaitClass("under_1", 0, 60),
    WaitClass("1_3", 60, 180),
    WaitClass("3_5", 180, 300),
    WaitClass("5_10", 300, 600),
    WaitClass("10_20", 600, 1200),
    WaitClass("over_20", 1200, 1800),
    WaitClass("over_30", 1800, None),
)
"""Shortest first, without gaps; each has a prompt."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A lawyer on duty.

    Attributes:
        id: The lawyer.
        languages: What the lawyer speaks.
        topics: What the lawyer knows; `ANY_TOPIC` for everything.
        talked_seconds: How long the present talk has gone on; None without a talk.
        topic: What the present talk is about.
        free_in_seconds: Without a talk, when the lawyer is free: 0 is now.
    """

    id: str
    languages: frozenset[str]
    topics: frozenset[str]
    talked_seconds: float | None = None
    topic: str | None = None
    free_in_seconds: float = 0.0

    def fits(self, caller: "Wanted") -> bool:
        """Whether the lawyer can serve somebody."""
        knows = caller.topic is None or ANY_TOPIC in self.topics or caller.topic in self.topics
        return knows and caller.language in self.languages


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who waits: what the lawyer must speak and know."""

    id: str
    language: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Talks:
    """How long talks take, in seconds.

    Attributes:
        average: Of all topics.
        by_topic: Means where something is known of a topic.
        wrap_up: After each talk.
    """

    average: float = AVERAGE_TALK_SECONDS
    by_topic: Mapping[str, float] = field(default_factory=dict)
    wrap_up: float = 60.0

    def mean(self, topic: str | None) -> float:
        """Of a topic, or of any."""
        return self.by_topic.get(topic, self.average) if topic is not None else self.average


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long somebody will wait from now on, in seconds.

    Attributes:
        ahead: How many are served before, as a number of whole callers.
        staff: Lawyers on duty who fit.
        low: One in four waits less.
        median: One in two waits less.
        said: What the class is chosen by.
        high: One in ten waits longer.
    """

    ahead: int
    staff: int
    low: float
    median: float
    said: float
    high: float


def shrunk(values: Sequence[float], *, prior: float) -> float:
    """The mean of talks, drawn towards the prior while there are few.

    One talk that was forgotten to be ended must not count as much as it took: lengths are cut at
    eight times the prior.
    """
    total = sum(min(value, 8 * prior) for value in values)
    return (total + PRIOR_TALKS * prior) / (len(values) + PRIOR_TALKS)


def classify(seconds: float, *, before: WaitClass | None = None) -> WaitClass:
    """The class of a wait; the one before stays while the wait is hardly out of it."""
    if before is not None:
        low = before.low_seconds * (1 - _STICKINESS)
        high = math.inf if before.high_seconds is None else before.high_seconds
        if low <= seconds < high * (1 + _STICKINESS):
            return before
    return next(one for one in reversed(CLASSES) if seconds >= one.low_seconds or one is CLASSES[0])


def estimate(
    caller: Wanted, ahead: Sequence[Wanted], seats: Sequence[Seat], talks: Talks
) -> Forecast | None:
    """How long one caller will wait behind others; None while nobody who fits is on duty."""
    return estimate_all([*ahead, caller], seats, talks).get(caller.id)


def estimate_all(
    queue: Sequence[Wanted], seats: Sequence[Seat], talks: Talks
) -> dict[str, Forecast]:
    """How long everybody will wait.

    Args:
        queue: All who wait and are not being offered, in the order of service.
        seats: Lawyers on duty; whoever is being offered somebody counts as beginning a talk.
        talks: How long talks take.

    Returns:
        A forecast for everybody for whom a lawyer is on duty, by id.
    """
    kinds = {(one.language, one.topic): one for one in queue}
    fitting = {kind: _fitting(one, seats) for kind, one in kinds.items()}
    needs = [fitting[one.language, one.topic] for one in queue]
    shares: dict[str, float] = {}
    deepest: dict[frozenset[int], float] = {}
    for place, (one, own) in enumerate(zip(queue, needs, strict=True)):
        if own:
            ahead = sum(len(own & other) / len(other) for other in needs[:place] if other)
            shares[one.id] = ahead
            deepest[own] = max(ahead, deepest.get(own, 0.0))
    moments = {
        own: _moments([seats[number] for number in own], talks, count=int(ahead) + 2)
        for own, ahead in deepest.items()
    }
    return {
        one.id: _forecast(shares[one.id], moments[own], staff=len(own))
        for one, own in zip(queue, needs, strict=True)
        if own
    }


def _fitting(caller: Wanted, seats: Sequence[Seat]) -> frozenset[int]:
    return frozenset(number for number, seat in enumerate(seats) if seat.fits(caller))


def _forecast(ahead: float, moments: Sequence[Sequence[float]], *, staff: int) -> Forecast:
    whole, part = int(ahead), ahead - int(ahead)
    waits = sorted(run[whole] + part * (run[whole + 1] - run[whole]) for run in moments)

    def quantile(share: float) -> float:
        return ANSWER_SECONDS + waits[min(int(share * len(waits)), len(waits) - 1)]

    return Forecast(
        ahead=round(ahead),
        staff=staff,
        low=quantile(_LOW),
        median=quantile(_MIDDLE),
        said=quantile(_SAID),
        high=quantile(_HIGH),
    )


def _moments(seats: Sequence[Seat], talks: Talks, *, count: int) -> list[list[float]]:
    """When any of the lawyers becomes free for one more: the first moments of every run."""
    between = talks.mean(None) + talks.wrap_up + ANSWER_SECONDS
    draws = [_draws(seat.id) for seat in seats]
    first = [
        _first_moments(seat, talks, drawn[0]) for seat, drawn in zip(seats, draws, strict=True)
    ]
    return [_merge(run, first, draws, between=between, count=count) for run in range(_RUNS)]


def _merge(
    run: int,
    first: Sequence[Sequence[float]],
    draws: Sequence[Sequence[Sequence[int]]],
    *,
    between: float,
    count: int,
) -> list[float]:
    heap = [(moments[run], number, 1) for number, moments in enumerate(first)]
    heapq.heapify(heap)
    found: list[float] = []
    while len(found) < count:
        moment, number, talk = heap[0]
        found.append(moment)
        length = between * _FACTORS[draws[number][talk % _DRAWS][run]]
        heapq.heapreplace(heap, (moment + length, number, talk + 1))
    return found


def _first_moments(seat: Seat, talks: Talks, drawn: Sequence[int]) -> list[float]:
    if seat.talked_seconds is None:
        return [max(seat.free_in_seconds, 0.0)] * _RUNS
    talked = round(seat.talked_seconds / _STEP_SECONDS) * _STEP_SECONDS
    rests = _rests(talked, round(talks.mean(seat.topic)))
    return [rests[stratum] + talks.wrap_up for stratum in drawn]


@lru_cache(maxsize=4096)
def _rests(talked: float, mean: float) -> tuple[float, ...]:
    """How much longer a talk goes on that has gone on for so long, one for each part."""
    offset = math.log(mean) - _SIGMA**2 / 2
    passed = _NORMAL.cdf((math.log(talked) - offset) / _SIGMA) if talked > 0 else 0.0
    # Beyond what talks ever take there is nothing to go by; the end of the tail stands for it.
    passed = min(passed, 0.995)
    rests = []
    for stratum in range(_RUNS):
        share = passed + (1 - passed) * (stratum + 0.5) / _RUNS
        whole = math.exp(offset + _SIGMA * _NORMAL.inv_cdf(share))
        rests.append(max(whole - talked, 0.0))
    return tuple(rests)


@lru_cache(maxsize=1024)
def _draws(seat_id: str) -> tuple[tuple[int, ...], ...]:
    """For each talk of a lawyer the part of the distribution that each run gets, always the same.

    Each part comes once in all runs of a talk, so that few runs make a smooth distribution.
    """
    # Not for secrets: the same lawyer has the same draws in every process.
    source = random.Random(seat_id)  # noqa: S311
    return tuple(tuple(source.sample(range(_RUNS), _RUNS)) for _ in range(_DRAWS))
