"""The office of `benchmarks.queue`: callers, lawyers and a clock that jumps from event to event."""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hotline.queueing.configuration import QueueRules
from hotline.queueing.matching import Match
from hotline.queueing.overflow import next_moment
from hotline.queueing.rules import Idle, Waiting

_START = datetime(2026, 3, 2, tzinfo=UTC)
_DAY_SECONDS = 86_400.0


def moment_at(seconds: float) -> datetime:
    """A moment so long after the beginning."""
    return _START + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls: when, for how long (seconds), and what they need."""

    at: float
    handling: float
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Served:
    """How a caller fared; `wait` in seconds."""

    caller: Caller
    wait: float
    lawyer: str


@dataclass(slots=True)
class Office:
    """Simulated days. `rules` say when a wait makes more possible; None: never."""

    strategy: Callable[[Sequence[Waiting], Sequence[Idle], datetime], list[Match]]
    lawyers: dict[str, Idle]
    rules: QueueRules | None = None
    idle: dict[str, Idle] = field(default_factory=dict)
    queue: dict[str, Caller] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)
    _ends: list[tuple[float, str]] = field(default_factory=list)
    _today: Counter[str] = field(default_factory=Counter)
    _day: int = 0

    def run(self, callers: Sequence[Caller]) -> None:
        """Serves everybody."""
        self.idle = dict(self.lawyers)
        arrivals = iter(callers)
        following = next(arrivals, None)
        now = 0.0
        while following is not None or self.queue:
            wider = self._widens_at(now)
            arrives = following.at if following is not None else float("inf")
            ends = self._ends[0][0] if self._ends else float("inf")
            now = min(arrives, ends, wider)
            if now == float("inf"):
                raise RuntimeError("somebody waits whom nobody can serve")
            if following is not None and now == arrives:
                self.queue[following.waiting.id] = following
                following = next(arrivals, None)
            elif now == ends:
                self._free(heapq.heappop(self._ends)[1], now)
            self._match(now)

    def _widens_at(self, now: float) -> float:
        """When a caller who waits beside idle lawyers may be offered to more of them."""
        if self.rules is None or not self.queue or not self.idle:
            return float("inf")
        moment = moment_at(now)
        moments = (
            next_moment(caller.waiting, now=moment, rules=self.rules)
            for caller in self.queue.values()
        )
        first = min((one for one in moments if one is not None), default=None)
        return (first - _START).total_seconds() if first is not None else float("inf")

    def _free(self, name: str, now: float) -> None:
        day = int(now // _DAY_SECONDS)
        if day != self._day:
            self._day = day
            self._today.clear()
            self.idle = {each: replace(one, served_today=0) for each, one in self.idle.items()}
        lawyer = self.lawyers[name]
        self.idle[name] = replace(lawyer, idle_since=moment_at(now), served_today=self._today[name])

    def _match(self, now: float) -> None:
        if not self.queue or not self.idle:
            return
        waiting = [caller.waiting for caller in self.queue.values()]
        for pair in self.strategy(waiting, list(self.idle.values()), moment_at(now)):
            caller = self.queue.pop(pair.waiting.id)
            del self.idle[pair.lawyer.id]
            self._today[pair.lawyer.id] += 1
            heapq.heappush(self._ends, (now + caller.handling, pair.lawyer.id))
            self.served.append(Served(caller, now - caller.at, pair.lawyer.id))
