"""A day in the queue on a virtual clock: `python -m benchmarks.queue`.

Callers arrive at random (Poisson), talk for a random time (exponential), need a language and a
topic. The rules that serve them are those of `hotline.queueing.rules`; beside them stand plain
first come, first served, and Asterisk's strategy `rrmemory` as its documentation describes it:
callers in their order, members asked in turn, starting after the one who was asked last. Both see
only the head of the queue, so that a caller whom nobody free can serve blocks those behind.

The first table checks the simulator itself against Erlang C, whose figures are computed here.
"""

import argparse
import heapq
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hotline.queueing.configuration import QueueRules
from hotline.queueing.matching import Match, match
from hotline.queueing.rules import ANY_TOPIC, Idle, Waiting, fits, in_order

# Beijing's hotline in the first half of 2024: 7.24 min of talk; a minute to write up.
HANDLING_SECONDS = 494.0
TARGET_SECONDS = 15.0
_START = datetime(2026, 3, 2, tzinfo=UTC)

Strategy = Callable[[Sequence[Waiting], Sequence[Idle], datetime], list[Match]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls: when, for how long, and what they need."""

    at: float
    handling: float
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Served:
    """How a caller fared."""

    caller: Caller
    wait: float
    lawyer: str


@dataclass(slots=True)
class Office:
    """One simulated day."""

    strategy: Strategy
    lawyers: dict[str, Idle]
    idle: dict[str, Idle] = field(default_factory=dict)
    queue: dict[str, Caller] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)
    _ends: list[tuple[float, str]] = field(default_factory=list)

    def run(self, callers: Sequence[Caller]) -> None:
        """Serves everybody."""
        self.idle = dict(self.lawyers)
        arrivals = iter(callers)
        following = next(arrivals, None)
        while following is not None or self.queue:
            if following is not None and (not self._ends or following.at <= self._ends[0][0]):
                now = following.at
                self.queue[following.waiting.id] = following
                following = next(arrivals, None)
            elif self._ends:
                now, name = heapq.heappop(self._ends)
                self.idle[name] = replace(self.lawyers[name], idle_since=_moment(now))
            else:
                raise RuntimeError("somebody waits whom nobody can serve")
            self._match(now)

    def _match(self, now: float) -> None:
        if not self.queue or not self.idle:
            return
        waiting = [caller.waiting for caller in self.queue.values()]
        for pair in self.strategy(waiting, list(self.idle.values()), _moment(now)):
            caller = self.queue.pop(pair.waiting.id)
            del self.idle[pair.lawyer.id]
            heapq.heappush(self._ends, (now + caller.handling, pair.lawyer.id))
            self.served.append(Served(caller, now - caller.at, pair.lawyer.id))


def ours(waiting: Sequence[Waiting], idle: Sequence[Idle], now: datetime) -> list[Match]:
    """The hotline's own rules."""
    return match(waiting, idle, now=now, rules=QueueRules())


def first_come(waiting: Sequence[Waiting], idle: Sequence[Idle], _now: datetime) -> list[Match]:
    """The head of the queue goes to any fitting lawyer; without one everybody waits."""
    free = list(idle)
    matches: list[Match] = []
    for entry in sorted(waiting, key=lambda one: (one.placed_at, one.id)):
        lawyer = next((one for one in free if fits(entry, one)), None)
        if lawyer is None:
            break
        free.remove(lawyer)
        matches.append(Match(entry, lawyer))
    return matches


class RoundRobin:
    """Asterisk's `rrmemory`: members in turn, from the one after the last who was asked.

    `weight` stands in for the priorities: higher ones are put before lower ones at entry.
    """

    def __init__(self) -> None:
        self._last = ""

    def __call__(
        self, waiting: Sequence[Waiting], idle: Sequence[Idle], now: datetime
    ) -> list[Match]:
        free = {one.id: one for one in idle}
        matches: list[Match] = []
        for entry in in_order(waiting, now=now, rules=QueueRules()):
            names = sorted(free)
            turn = [n for n in names if n > self._last] + [n for n in names if n <= self._last]
            name = next((n for n in turn if fits(entry, free[n])), None)
            if name is None:
                break
            self._last = name
            matches.append(Match(entry, free.pop(name)))
        return matches


def erlang_c(*, per_hour: float, seats: int, handling: float = HANDLING_SECONDS) -> float:
    """The share of callers answered within the target (Erlang's delay formula)."""
    load = per_hour * handling / 3600
    terms = [load**n / math.factorial(n) for n in range(seats)]
    last = load**seats / math.factorial(seats) * seats / (seats - load)
    must_wait = last / (sum(terms) + last)
    return 1 - must_wait * math.exp(-(seats - load) * TARGET_SECONDS / handling)


def day(*, calls: int, per_hour: float, seed: int, is_plain: bool = False) -> list[Caller]:
    """So many callers at random, at this rate."""
    chance = random.Random(seed)
    at = 0.0
    callers = []
    for number in range(calls):
        at += chance.expovariate(per_hour / 3600)
        language = "zh" if is_plain or chance.random() < 0.92 else chance.choice(("bo", "en", "ko"))
        topics = (None, "labour", "family", "contracts", "injury", "legal_aid")
        topic = None if is_plain else chance.choices(topics, (25, 25, 20, 15, 10, 5))[0]
        priority = 0 if is_plain or chance.random() < 0.9 else 10
        waiting = Waiting(f"{number:06}", language, topic, priority, _moment(at))
        callers.append(Caller(at, chance.expovariate(1 / HANDLING_SECONDS), waiting))
    return callers


def staff(seats: int, *, is_plain: bool = False) -> dict[str, Idle]:
    """Lawyers: all speak Mandarin, some another language, some know but two topics."""
    lawyers = {}
    for number in range(seats):
        languages = {"zh"} if is_plain else {"zh", ("bo", "en", "ko", "zh")[number % 4]}
        topics = {ANY_TOPIC}
        if not is_plain and number % 3 == 2:
            topics = {"labour", "injury"} if number % 2 else {"family", "contracts"}
        name = f"lawyer{number:03}"
        lawyers[name] = Idle(name, frozenset(languages), frozenset(topics), _START)
    return lawyers


def _moment(seconds: float) -> datetime:
    return _START + timedelta(seconds=seconds)


def _check_against_erlang(calls: int) -> None:
    print(f"{'calls/h':>8} {'seats':>6} {'Erlang C, in 15 s':>18} {'simulated':>10}")
    for per_hour, seats in ((20, 7), (60, 14), (165, 32), (383, 65)):
        office = Office(ours, staff(seats, is_plain=True))
        office.run(day(calls=calls, per_hour=per_hour, seed=seats, is_plain=True))
        level = _level([one.wait for one in office.served])
        expected = erlang_c(per_hour=per_hour, seats=seats)
        print(f"{per_hour:>8} {seats:>6} {expected:>18.1%} {level:>10.1%}")


def _compare(calls: int, *, per_hour: float, seats: int) -> None:
    print(
        f"\n{'strategy':<22} {'in 15 s':>8} {'mean s':>7} {'p95 s':>7} {'longest':>8} "
        f"{'urgent p95':>10} {'minority p95':>12} {'share min-max':>14} {'CPU s':>6}"
    )
    callers = day(calls=calls, per_hour=per_hour, seed=1)
    strategies: tuple[tuple[str, Strategy], ...] = (
        ("this hotline", ours),
        ("first come", first_come),
        ("rrmemory", RoundRobin()),
    )
    for name, strategy in strategies:
        began = time.process_time()
        office = Office(strategy, staff(seats))
        office.run(callers)
        spent = time.process_time() - began
        _print_row(name, office, spent)


def _print_row(name: str, office: Office, spent: float) -> None:
    waits = [one.wait for one in office.served]
    urgent = [one.wait for one in office.served if one.caller.waiting.priority]
    minority = [one.wait for one in office.served if one.caller.waiting.language != "zh"]
    talks = [sum(1 for one in office.served if one.lawyer == each) for each in office.lawyers]
    mean = statistics.mean(talks)
    print(
        f"{name:<22} {_level(waits):>8.1%} {statistics.mean(waits):>7.1f} {_p95(waits):>7.1f} "
        f"{max(waits):>8.0f} {_p95(urgent):>10.1f} {_p95(minority):>12.1f} "
        f"{min(talks) / mean:>6.0%}-{max(talks) / mean:>5.0%}  {spent:>6.1f}"
    )


def _level(waits: Sequence[float]) -> float:
    return sum(wait <= TARGET_SECONDS for wait in waits) / len(waits)


def _p95(waits: Sequence[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)] if waits else 0.0


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="how many callers")
    parser.add_argument("--per-hour", type=float, default=165.0, help="how many arrive an hour")
    parser.add_argument("--seats", type=int, default=28, help="how many lawyers are on duty")
    given = parser.parse_args()
    _check_against_erlang(given.calls)
    _compare(given.calls, per_hour=given.per_hour, seats=given.seats)


if __name__ == "__main__":
    main()
