"""How true forecasts of waiting come, in the office of `benchmarks.queue`.

Each caller who has to wait is told a range on entering, made by `hotline.queueing.forecast` from
the lawyers and the queue at that moment. Beside it stands what many queues announce: the average
wait of the last twenty callers who were served.
"""

import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.queue_office import Caller, Office, moment_at
from hotline.queueing.configuration import QueueRules
from hotline.queueing.forecast import Seat, Talks, WaitClass, Wanted, classify, estimate
from hotline.queueing.rules import in_order

_RECENT = 20
# A forecast takes some milliseconds; these are enough for the figures.
_CALLERS = 4_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller would be told: the middle (seconds) and the range."""

    middle: float
    wait: WaitClass


@dataclass(slots=True)
class TellingOffice(Office):
    """An office that tells everybody who has to wait how long it will take."""

    talks: Talks = field(default_factory=Talks)
    forecasts: dict[str, Told] = field(default_factory=dict)
    averages: dict[str, Told] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def _match(self, now: float) -> None:
        served = len(self.served)
        Office._match(self, now)
        for one in self.served[served:]:
            self._began[one.lawyer] = now
            self._recent.append(one.wait)
        newest = next(reversed(self.queue), None)
        if newest is not None and newest not in self.forecasts:
            self._tell(self.queue[newest], now)

    def _tell(self, caller: Caller, now: float) -> None:
        rules = self.rules or QueueRules()
        waiting = [each.waiting for each in self.queue.values()]
        order = in_order(waiting, now=moment_at(now), rules=rules)
        place = order.index(caller.waiting)
        ahead = [Wanted(one.id, one.language, one.topic) for one in order[:place]]
        me = Wanted(caller.waiting.id, caller.waiting.language, caller.waiting.topic)
        found = estimate(me, ahead, self._seats(now), self.talks)
        if found is None:
            return
        average = statistics.mean(self._recent) if self._recent else 0.0
        self.forecasts[me.id] = Told(found.median, classify(found.said))
        self.averages[me.id] = Told(average, classify(average))

    def _seats(self, now: float) -> list[Seat]:
        return [
            Seat(
                name,
                lawyer.languages,
                lawyer.topics,
                talked_seconds=None if name in self.idle else now - self._began.get(name, now),
            )
            for name, lawyer in self.lawyers.items()
        ]


def print_forecasts(office: TellingOffice, callers: Sequence[Caller]) -> None:
    """Lets the office serve everybody and prints how true it has spoken."""
    office.run(callers[:_CALLERS])
    waits = {one.caller.waiting.id: one.wait for one in office.served}
    print(
        f"\n{'told on entering':<26} {'callers':>8} {'in range':>9} {'in time':>10} {'error s':>8}"
    )
    for name, told in (("forecast", office.forecasts), ("average of the last 20", office.averages)):
        rows = [(one, waits[caller]) for caller, one in told.items()]
        inside = sum(_in_range(one.wait, wait) for one, wait in rows)
        in_time = sum(
            one.wait.high_seconds is None or wait < one.wait.high_seconds for one, wait in rows
        )
        error = statistics.median(abs(wait - one.middle) for one, wait in rows)
        count = len(rows)
        print(
            f"{name:<26} {count:>8} {inside / count:>9.1%} {in_time / count:>10.1%} {error:>8.1f}"
        )


def _in_range(told: WaitClass, wait: float) -> bool:
    return told.low_seconds <= wait and (told.high_seconds is None or wait < told.high_seconds)
