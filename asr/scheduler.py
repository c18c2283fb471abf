"""Which calls are transcribed live when the machine cannot keep up with all of them. Pure.

A call is live, live without partial words, or left to the after-call job. What decides is the lag
that readers notice: how long after somebody has said something it is on the page, apart from the
pause that ends a sentence. Engines by utterance have no partial words to leave out; calls of that
mode get words with less effort. Degrading is quick and begins with the newest call, so
that those who read along longest go on reading; recovery is slow, one step at a time, the oldest
call first, and slower still when a step back proved too early.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Mode(IntEnum):
    """What a call gets; more is less."""

    LIVE = 0
    WITHOUT_PARTIALS = 1
    AFTER_CALL = 2


# A step down every other second: the one before needs that long to show in the lag.
STEP_SECONDS = 2.0
# Of the calls that are too late, so many take a step together: with sixty at a machine for thirty,
# one at a time let words be sixteen seconds late for a minute (measured 2026-11-23).
_PART_TOO_LATE = 1 / 4
# Calm so long, and a call gets a step back.
CALM_SECONDS = 10.0
# A step back that was followed by trouble within this time was too early.
REGRET_SECONDS = 120.0
_LONGEST_CALM_SECONDS = 160.0
# Up to this part of `late_ms` the machine has room. An engine by utterance takes half a second or a
# second for a long one when nothing else is to be done.
_CALM_PART = 2 / 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What lag is too much, in milliseconds of speech whose words are due.

    Attributes:
        late_ms: From here on calls go without partial words.
        too_late_ms: From here on calls are left to the after-call job.
    """

    late_ms: int = 1500
    too_late_ms: int = 4000


class Scheduler:
    """Remembers each call's mode; told of the lag, it changes one call a step, or several."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        # In the order in which the calls came.
        self._modes: dict[str, Mode] = {}
        self._stepped_at = float("-inf")
        self._promoted_at = float("-inf")
        self._calm_since: float | None = None
        self._calm_seconds = CALM_SECONDS
        # One regret for each step back.
        self._is_regretted = False
        self._worst_before = 0

    def mode(self, call_id: str) -> Mode:
        """The call's mode; one that is seen for the first time begins where the worst off is."""
        if call_id not in self._modes:
            self._modes[call_id] = max(self._modes.values(), default=Mode.LIVE)
        return self._modes[call_id]

    def forget(self, call_ids: Collection[str]) -> None:
        """Calls that are over."""
        for call_id in call_ids:
            self._modes.pop(call_id, None)

    @property
    def calls(self) -> Collection[str]:
        """The calls that are known, the oldest first."""
        return tuple(self._modes)

    def judge(
        self, now: float, lag_ms: Mapping[str, int], *, overrun: Collection[str] = ()
    ) -> dict[str, Mode]:
        """Decides what changes.

        Args:
            now: Monotonic seconds.
            lag_ms: Per call, the greatest lag of its sides.
            overrun: Calls one of whose sides waited longer than it may, and was cut off.

        Returns:
            The calls whose mode changed.
        """
        for call_id in lag_ms:
            self.mode(call_id)
        changed = {
            call_id: self._put(call_id, Mode.AFTER_CALL)
            for call_id in overrun
            if self._modes.get(call_id, Mode.AFTER_CALL) is not Mode.AFTER_CALL
        }
        if changed:
            self._trouble(now)
            return changed
        worst = max(lag_ms.values(), default=0)
        if worst > self.limits.late_ms:
            is_falling, self._worst_before = worst < self._worst_before, worst
            return {} if is_falling else self._degrade(now, lag_ms)
        self._worst_before = 0
        if worst > _CALM_PART * self.limits.late_ms:
            # Neither late nor at ease: nothing moves.
            self._calm_since = None
            return {}
        return self._recover(now)

    def _degrade(self, now: float, lag_ms: Mapping[str, int]) -> dict[str, Mode]:
        """A step down; what the last one brought is waited for as long as the lag falls."""
        self._calm_since = None
        if now - self._stepped_at < STEP_SECONDS:
            return {}
        too_late = sum(lag > self.limits.too_late_ms for lag in lag_ms.values())
        mode = Mode.AFTER_CALL if too_late else Mode.WITHOUT_PARTIALS
        newest = [call_id for call_id in reversed(self._modes) if self._modes[call_id] < mode]
        if newest:
            self._trouble(now)
        steps = max(1, int(_PART_TOO_LATE * too_late))
        return {call_id: self._put(call_id, mode) for call_id in newest[:steps]}

    def _recover(self, now: float) -> dict[str, Mode]:
        if self._calm_since is None:
            self._calm_since = now
        worst_off = max(self._modes.values(), default=Mode.LIVE)
        if worst_off is Mode.LIVE or now - self._calm_since < self._calm_seconds:
            return {}
        self._calm_since = self._promoted_at = now
        self._is_regretted = False
        call_id = _first(self._modes, worst_off)
        return {call_id: self._put(call_id, Mode(worst_off - 1))}

    def _trouble(self, now: float) -> None:
        self._stepped_at = now
        self._calm_since = None
        since = now - self._promoted_at
        if since < REGRET_SECONDS and not self._is_regretted:
            self._calm_seconds = min(_LONGEST_CALM_SECONDS, 2 * self._calm_seconds)
            self._is_regretted = True
        elif since > 2 * _LONGEST_CALM_SECONDS:
            self._calm_seconds = CALM_SECONDS

    def _put(self, call_id: str, mode: Mode) -> Mode:
        self._modes[call_id] = mode
        return mode


def _first(modes: Mapping[str, Mode], wanted: Mode) -> str:
    calls: Sequence[str] = [call_id for call_id, mode in modes.items() if mode is wanted]
    return calls[0]
