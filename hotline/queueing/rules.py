"""In which order callers are served. Pure.

Everybody's waiting is counted, and who has the most is next. To the seconds since the place began
comes a head start for the class of urgency, and, in queues of greater weight, more for each second.
Both are bounded: nobody is overtaken by those who came later than the largest head start and
advantage together, so that everybody is first one day. Within a class of a queue the order is that
of the places. A caller who changed to a call-back or was cut off keeps the moment of the place.

Who serves the next caller is in hotline.queueing.matching.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from hotline.queueing.configuration import QueueRules

ANY_TOPIC = "*"

# How well a lawyer knows what the list of skills names, when nobody has said: 1 a little, 3 best.
DEFAULT_LEVEL = 2


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
        placed_at: When the place began; it decides the order.
        avoid: Lawyers who missed or declined this caller, and when they did so last.
        since: From when on the search widens, None: from `placed_at` on.
        is_on_line: False for a call-back.
        sticky_lawyer_id: Whom to wait for a moment; None if that lawyer is not on duty.
    """

    id: str
    language: str
    topic: str | None
    priority: int
    placed_at: datetime
    avoid: Mapping[str, datetime] = field(default_factory=dict)
    since: datetime | None = None
    is_on_line: bool = True
    sticky_lawyer_id: str | None = None

    @property
    def queue(self) -> str:
        """The queue of the language and topic, as the rules name it."""
        return f"{self.language}/{self.topic or ANY_TOPIC}"

    @property
    def searched_since(self) -> datetime:
        """From when on the search widens."""
        return self.since or self.placed_at


@dataclass(frozen=True, slots=True)
class Idle:
    """A lawyer who could take a caller now.

    Attributes:
        id: The lawyer.
        languages: What the lawyer speaks.
        topics: What the lawyer knows; `ANY_TOPIC` for everything.
        idle_since: From when on the lawyer has had nobody.
        served_today: How many callers the lawyer took today.
        language_levels: How well, by language; `DEFAULT_LEVEL` where nothing is said.
        topic_levels: How well, by topic.
    """

    id: str
    languages: frozenset[str]
    topics: frozenset[str]
    idle_since: datetime
    served_today: int = 0
    language_levels: Mapping[str, int] = field(default_factory=dict)
    topic_levels: Mapping[str, int] = field(default_factory=dict)

    def speaks(self, language: str) -> bool:
        """Whether the lawyer speaks a language."""
        return language in self.languages

    def knows(self, topic: str | None) -> bool:
        """Whether the lawyer knows a topic; None: there is nothing special to know."""
        return topic is None or ANY_TOPIC in self.topics or topic in self.topics

    def language_level(self, language: str) -> int:
        """How well the lawyer speaks a language, 0 for not at all."""
        return self.language_levels.get(language, DEFAULT_LEVEL) if self.speaks(language) else 0

    def topic_level(self, topic: str | None) -> int:
        """How well the lawyer knows a topic, 0 for not at all."""
        if not self.knows(topic):
            return 0
        general = self.topic_levels.get(ANY_TOPIC, DEFAULT_LEVEL)
        return self.topic_levels.get(topic, general) if topic is not None else general


def fits(entry: Waiting, lawyer: Idle) -> bool:
    """Whether the lawyer speaks the caller's language and knows the topic."""
    return lawyer.speaks(entry.language) and lawyer.knows(entry.topic)


def counted_seconds(entry: Waiting, *, now: datetime, rules: QueueRules) -> float:
    """How long somebody has waited, as it counts for the order."""
    waited = (now - entry.placed_at).total_seconds()
    weight = rules.queue_weights.get(entry.queue, 1.0)
    advantage = min((weight - 1) * max(waited, 0.0), rules.weight_advantage_seconds)
    return waited + advantage + head_start_seconds(entry.priority, rules)


def head_start_seconds(priority: int, rules: QueueRules) -> float:
    """What a class of urgency is worth in seconds of waiting."""
    steps = (
        (Priority.EMERGENCY, rules.head_start_emergency_seconds),
        (Priority.CUT_OFF, rules.head_start_cut_off_seconds),
        (Priority.MINOR, rules.head_start_minor_seconds),
        (Priority.ELDERLY, rules.head_start_elderly_seconds),
        (Priority.WAGES, rules.head_start_wages_seconds),
        (Priority.RETURNING, rules.head_start_returning_seconds),
    )
    return next((seconds for least, seconds in steps if priority >= least), 0.0)


def most_overtaking_seconds(rules: QueueRules) -> float:
    """Nobody is overtaken by those who came later than this."""
    return rules.head_start_emergency_seconds + rules.weight_advantage_seconds


def in_order(waiting: Iterable[Waiting], *, now: datetime, rules: QueueRules) -> list[Waiting]:
    """The queue in the order of service.

    Without weights the order of two who wait never changes, whatever the moment.
    """

    def key(entry: Waiting) -> tuple[float, datetime, str]:
        return (-counted_seconds(entry, now=now, rules=rules), entry.placed_at, entry.id)

    return sorted(waiting, key=key)


def positions(waiting: Sequence[Waiting], *, now: datetime, rules: QueueRules) -> dict[str, int]:
    """Each entry's place, 1 is next, among those who need the same language.

    Callers of other languages are mostly served by other lawyers; counting them would make an
    honest number a frightening one.
    """
    counts: dict[str, int] = {}
    places: dict[str, int] = {}
    for entry in in_order(waiting, now=now, rules=rules):
        counts[entry.language] = counts.get(entry.language, 0) + 1
        places[entry.id] = counts[entry.language]
    return places
