"""Who is served next, and by whom. Pure.

Callers are served in the order of their priority, then of the moment their place began; a caller
who changed to a call-back or was cut off keeps that moment. A caller goes to the lawyer who speaks
the language, knows the topic, and has been idle longest. Nobody is offered again to a lawyer who
has just missed or passed on that caller, unless enough time has gone by.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from hotline.queueing.configuration import QueueRules

ANY_TOPIC = "*"


class Priority(IntEnum):
    """Classes of urgency; a higher one is served first."""

    NORMAL = 0
    RETURNING = 10
    WAGES = 20
    ELDERLY = 30
    MINOR = 40
    CUT_OFF = 50
    EMERGENCY = 60


class CloseReason(StrEnum):
    """Why an offer came to nothing."""

    EXPIRED = "expired"
    DECLINED = "declined"
    UNACKNOWLEDGED = "unacknowledged"
    CALLER_GONE = "caller_gone"
    LAWYER_GONE = "lawyer_gone"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue.

    Attributes:
        id: The queue entry.
        language: What the lawyer must speak.
        topic: What the lawyer must know; None: anything.
        priority: Higher is first.
        placed_at: When the place began.
        avoid: Lawyers who missed or declined this caller, and when they did so last.
    """

    id: str
    language: str
    topic: str | None
    priority: int
    placed_at: datetime
    avoid: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Idle:
    """A lawyer who could take a caller now."""

    id: str
    languages: frozenset[str]
    topics: frozenset[str]
    idle_since: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """A caller and the lawyer to offer the caller to."""

    waiting: Waiting
    lawyer: Idle


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The queue in the order of service."""
    return sorted(waiting, key=lambda entry: (-entry.priority, entry.placed_at, entry.id))


def fits(entry: Waiting, lawyer: Idle) -> bool:
    """Whether the lawyer speaks the caller's language and knows the topic."""
    knows = entry.topic is None or ANY_TOPIC in lawyer.topics or entry.topic in lawyer.topics
    return entry.language in lawyer.languages and knows


def may_offer(entry: Waiting, lawyer: Idle, *, now: datetime, rules: QueueRules) -> bool:
    """Whether the caller may be offered to this lawyer now."""
    missed_at = entry.avoid.get(lawyer.id)
    is_fresh = missed_at is not None and now - missed_at < timedelta(seconds=rules.avoid_seconds)
    return fits(entry, lawyer) and not is_fresh


def match(
    waiting: Iterable[Waiting], idle: Iterable[Idle], *, now: datetime, rules: QueueRules
) -> list[Match]:
    """Gives each caller, in order, the fitting lawyer who has been idle longest."""
    free = sorted(idle, key=lambda lawyer: (lawyer.idle_since, lawyer.id))
    matches: list[Match] = []
    for entry in in_order(waiting):
        lawyer = next((one for one in free if may_offer(entry, one, now=now, rules=rules)), None)
        if lawyer is not None:
            free.remove(lawyer)
            matches.append(Match(entry, lawyer))
    return matches


def positions(waiting: Sequence[Waiting]) -> dict[str, int]:
    """Each entry's place, 1 is next, among those who need the same language.

    Callers of other languages are mostly served by other lawyers; counting them would make an
    honest number a frightening one.
    """
    counts: dict[str, int] = {}
    places: dict[str, int] = {}
    for entry in in_order(waiting):
        counts[entry.language] = counts.get(entry.language, 0) + 1
        places[entry.id] = counts[entry.language]
    return places
