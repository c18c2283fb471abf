"""When a process that died is started again; pure."""

from collections.abc import Sequence

# Quick at first: most deaths are accidents, and callers are waiting.
_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 5.0
# Deaths longer ago than this are forgiven.
_REMEMBERED_SECONDS = 60.0
_HOPELESS_DEATHS = 10


def recent(deaths: Sequence[float], now: float) -> list[float]:
    """The deaths that count, of moments on a monotonic clock in seconds."""
    return [at for at in deaths if now - at < _REMEMBERED_SECONDS]


def delay_seconds(deaths: Sequence[float], now: float) -> float:
    """How long to wait before the next start: 0.2 s, doubling with each recent death up to 5 s."""
    count = len(recent(deaths, now))
    if count == 0:
        return 0.0
    return float(min(_FIRST_DELAY_SECONDS * 2 ** (min(count, 20) - 1), _LONGEST_DELAY_SECONDS))


def is_hopeless(deaths: Sequence[float], now: float) -> bool:
    """Whether somebody must look: it died ten times within a minute."""
    return len(recent(deaths, now)) >= _HOPELESS_DEATHS
