"""Days in the queue on a virtual clock: `python -m benchmarks.queue`.

Callers arrive at random (Poisson) with the hours of a Chinese legal-aid hotline, talk for a random
time (exponential), need a language and a topic, and some belong to a class of urgency. The rules
that serve them are those of `hotline.queueing`; beside them stand plain first come, first served,
and Asterisk's strategy `rrmemory` as its documentation describes it: callers in the order of their
priority and entry, members asked in turn, starting after the one who was asked last. Both see only
the head of the queue, so that a caller whom nobody free can serve blocks those behind.

The first table checks the simulator itself against Erlang C, whose figures are computed here. The
second compares the strategies, the third shows the longest wait of each class, the fourth how true
it comes what callers are told of their wait.
"""

import argparse
import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from benchmarks.queue_forecasts import TellingOffice, print_forecasts
from benchmarks.queue_office import Caller, Office, moment_at
from hotline.queueing.configuration import QueueRules, Strategy
from hotline.queueing.matching import Match, match
from hotline.queueing.rules import ANY_TOPIC, Idle, Priority, Waiting, fits

# Beijing's hotline in the first half of 2024: 7.24 min of talk; a minute to write up.
HANDLING_SECONDS = 494.0
TARGET_SECONDS = 15.0
# The share of a day's calls in each hour, open from 8 to 18; the busiest has 15 %.
_HOURS = (0.07, 0.13, 0.15, 0.12, 0.06, 0.07, 0.13, 0.13, 0.10, 0.04)
_OPENS_AT_HOUR = 8
_DAY_SECONDS = 86_400.0
_TOPICS = (None, "labour", "family", "contracts", "injury", "legal_aid")
_TOPIC_SHARES = (25, 25, 20, 15, 10, 5)
_CLASSES = tuple(Priority)
_CLASS_SHARES = (70, 12, 8, 6, 2, 1, 1)

_Strategy = Callable[[Sequence[Waiting], Sequence[Idle], datetime], list[Match]]


def ours(rules: QueueRules) -> _Strategy:
    """The hotline's own rules."""

    def serve(waiting: Sequence[Waiting], idle: Sequence[Idle], now: datetime) -> list[Match]:
        return match(waiting, idle, now=now, rules=rules)

    return serve


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

    The class of urgency stands in for its queue priority: higher ones are put before lower ones.
    """

    def __init__(self) -> None:
        self._last = ""

    def __call__(
        self, waiting: Sequence[Waiting], idle: Sequence[Idle], _now: datetime
    ) -> list[Match]:
        free = {one.id: one for one in idle}
        matches: list[Match] = []
        for entry in sorted(waiting, key=lambda one: (-one.priority, one.placed_at, one.id)):
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


def even_arrivals(*, calls: int, per_hour: float, chance: random.Random) -> Iterator[float]:
    """So many moments at one rate, in seconds."""
    at = 0.0
    for _ in range(calls):
        at += chance.expovariate(per_hour / 3600)
        yield at


def daily_arrivals(*, calls: int, per_day: float, chance: random.Random) -> Iterator[float]:
    """So many moments, day after day, with the hours of the hotline."""
    made = 0
    for day in range(math.ceil(2 * calls / per_day) + 1):
        for hour, share in enumerate(_HOURS):
            begins = day * _DAY_SECONDS + (_OPENS_AT_HOUR + hour) * 3600
            at = begins + chance.expovariate(per_day * share / 3600)
            while at < begins + 3600:
                if made == calls:
                    return
                made += 1
                yield at
                at += chance.expovariate(per_day * share / 3600)


def plain(arrivals: Iterator[float], chance: random.Random) -> list[Caller]:
    """Callers who all need the same."""
    return [
        Caller(at, _handling(chance), Waiting(f"{number:06}", "zh", None, 0, moment_at(at)))
        for number, at in enumerate(arrivals)
    ]


def mixed(arrivals: Iterator[float], chance: random.Random, *, seats: int) -> list[Caller]:
    """Callers of several languages, topics and classes; half of the returning know a lawyer."""
    callers = []
    for number, at in enumerate(arrivals):
        language = "zh" if chance.random() < 0.92 else chance.choice(("bo", "en", "ko"))
        topic = chance.choices(_TOPICS, _TOPIC_SHARES)[0]
        priority = chance.choices(_CLASSES, _CLASS_SHARES)[0]
        knows = priority is Priority.RETURNING and chance.random() < 0.5
        sticky = _name(chance.randrange(seats)) if knows else None
        entry = Waiting(
            f"{number:06}", language, topic, priority, moment_at(at), sticky_lawyer_id=sticky
        )
        callers.append(Caller(at, _handling(chance), entry))
    return callers


def staff(seats: int, *, is_plain: bool = False) -> dict[str, Idle]:
    """Lawyers: all speak Mandarin, some another language, some know but two topics."""
    lawyers = {}
    for number in range(seats):
        languages = {"zh"} if is_plain else {"zh", ("bo", "en", "ko", "zh")[number % 4]}
        topics = {ANY_TOPIC}
        if not is_plain and number % 3 == 2:
            topics = {"labour", "injury"} if number % 2 else {"family", "contracts"}
        levels = dict.fromkeys(topics, 1 + number % 3)
        lawyers[_name(number)] = Idle(
            _name(number),
            frozenset(languages),
            frozenset(topics),
            moment_at(0),
            topic_levels=levels,
        )
    return lawyers


def _handling(chance: random.Random) -> float:
    return chance.expovariate(1 / HANDLING_SECONDS)


def _name(number: int) -> str:
    return f"lawyer{number:03}"


def _check_against_erlang(calls: int) -> None:
    print(f"{'calls/h':>8} {'seats':>6} {'Erlang C, in 15 s':>18} {'simulated':>10}")
    for per_hour, seats in ((20, 7), (60, 14), (165, 32), (383, 65)):
        chance = random.Random(seats)
        office = Office(ours(QueueRules()), staff(seats, is_plain=True))
        office.run(plain(even_arrivals(calls=calls, per_hour=per_hour, chance=chance), chance))
        level = _level([one.wait for one in office.served])
        expected = erlang_c(per_hour=per_hour, seats=seats)
        print(f"{per_hour:>8} {seats:>6} {expected:>18.1%} {level:>10.1%}")


def _compare(calls: int, *, per_day: float, seats: int) -> None:
    chance = random.Random(1)
    arrivals = daily_arrivals(calls=calls, per_day=per_day, chance=chance)
    callers = mixed(arrivals, chance, seats=seats)
    rules = QueueRules()
    strategies: tuple[tuple[str, _Strategy, QueueRules | None], ...] = (
        ("longest idle", ours(rules), rules),
        *(
            (strategy.value.replace("_", " "), ours(other), other)
            for strategy in (Strategy.FEWEST_TODAY, Strategy.BEST_SKILL)
            for other in (rules.model_copy(update={"strategy": strategy}),)
        ),
        ("first come", first_come, None),
        ("rrmemory", RoundRobin(), None),
    )
    print(
        f"\n{calls} calls, {per_day:.0f} a day, {seats} lawyers\n{'strategy':<14} {'in 15 s':>8} "
        f"{'mean s':>7} {'p95 s':>7} {'longest':>8} {'minority p95':>12} {'share min-max':>14} "
        f"{'CPU s':>6}"
    )
    offices = {}
    for name, strategy, widening in strategies:
        began = time.process_time()
        office = Office(strategy, staff(seats), rules=widening)
        office.run(callers)
        offices[name] = office
        _print_row(name, office, time.process_time() - began)
    _print_classes(offices)
    print_forecasts(TellingOffice(ours(rules), staff(seats), rules=rules), callers)


def _print_row(name: str, office: Office, spent: float) -> None:
    waits = [one.wait for one in office.served]
    minority = [one.wait for one in office.served if one.caller.waiting.language != "zh"]
    talks = Counter(one.lawyer for one in office.served)
    counts = [talks[each] for each in office.lawyers]
    mean = statistics.mean(counts)
    print(
        f"{name:<14} {_level(waits):>8.1%} {statistics.mean(waits):>7.1f} {_p95(waits):>7.1f} "
        f"{max(waits):>8.0f} {_p95(minority):>12.1f} "
        f"{min(counts) / mean:>6.0%}-{max(counts) / mean:>5.0%}  {spent:>6.1f}"
    )


def _print_classes(offices: dict[str, Office]) -> None:
    print(f"\n{'longest wait, p95, s':<22}" + "".join(f"{name:>18}" for name in offices))
    for priority in reversed(Priority):
        cells = []
        for office in offices.values():
            waits = [one.wait for one in office.served if one.caller.waiting.priority == priority]
            cells.append(f"{max(waits, default=0):>10.0f} {_p95(waits):>7.1f}")
        print(f"{priority.name.lower():<22}" + "".join(cells))


def _level(waits: Sequence[float]) -> float:
    return sum(wait <= TARGET_SECONDS for wait in waits) / len(waits)


def _p95(waits: Sequence[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)] if waits else 0.0


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="how many callers")
    parser.add_argument("--per-day", type=float, default=1100.0, help="how many arrive a day")
    parser.add_argument("--seats", type=int, default=26, help="how many lawyers are on duty")
    given = parser.parse_args()
    _check_against_erlang(given.calls)
    _compare(given.calls, per_day=given.per_day, seats=given.seats)


if __name__ == "__main__":
    main()
