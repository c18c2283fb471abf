"""What administrators set about the queue."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_Queue = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?/([a-z0-9_]+|\*)$", max_length=60)]
"""A queue's name: language, slash, topic; ``zh/*`` holds the callers who chose no topic."""
_Seconds = Annotated[float, Field(ge=0, le=3600)]
_HeadStart = Annotated[float, Field(ge=0, le=172_800)]


class Strategy(StrEnum):
    """Which of several fitting lawyers gets the caller."""

    LONGEST_IDLE = "longest_idle"
    FEWEST_TODAY = "fewest_today"
    BEST_SKILL = "best_skill"


class QueueRules(BaseModel):
    """Who is served next, and by whom.

    The steps of overflow each have the second of waiting after which they are allowed; None: never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    avoid_seconds: Annotated[float, Field(ge=0, le=600)] = 15.0
    """After this long a lawyer who missed or declined a caller may be asked again: with only one
    lawyer on duty the caller must not be stranded, with several the next has long been asked."""

    strategy: Strategy = Strategy.LONGEST_IDLE

    head_start_returning_seconds: _HeadStart = 120.0
    """A caller of a class is served as if they had waited this much longer. Whoever has waited
    longer still comes first all the same, so that no class ever starves another."""
    head_start_wages_seconds: _HeadStart = 240.0
    head_start_elderly_seconds: _HeadStart = 480.0
    head_start_minor_seconds: _HeadStart = 600.0
    head_start_cut_off_seconds: _HeadStart = 3600.0
    head_start_emergency_seconds: _HeadStart = 86_400.0
    """A day: an emergency comes first before all who can be on the line."""

    queue_weights: dict[_Queue, Annotated[float, Field(ge=1, le=10)]] = Field(default_factory=dict)
    """How fast waiting counts in a queue, where it is not 1: a lawyer who serves several queues
    serves those of greater weight sooner."""
    weight_advantage_seconds: _Seconds = 600.0
    """The most that a weight can add to a caller's waiting."""

    sticky_seconds: Annotated[float, Field(ge=0, le=300)] = 20.0
    """So long a caller waits for the lawyer who knows the case, if that lawyer is on duty."""

    least_level: Annotated[int, Field(ge=1, le=3)] = 1
    """How well a lawyer must know language and topic, during the first seconds."""
    least_level_seconds: _Seconds = 0.0

    widen_topic_seconds: _Seconds | None = 60.0
    """Then any lawyer of the language will do."""
    interpreter_seconds: _Seconds | None = 180.0
    """Then a lawyer who speaks `interpreter_language` will do, and is told that an interpreter is
    needed."""
    interpreter_language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$")] = "zh"
    other_queue_seconds: _Seconds | None = None
    """Then the lawyers of another queue will do, see `other_queues`."""
    other_queues: dict[_Queue, _Queue] = Field(default_factory=dict)
    offer_callback_seconds: _Seconds | None = 300.0
    """Then the caller is offered to be called back."""
    message_seconds: _Seconds | None = None
    """Then the caller may leave a message."""

    @model_validator(mode="after")
    def _check_head_starts(self) -> Self:
        seconds = [
            self.head_start_returning_seconds,
            self.head_start_wages_seconds,
            self.head_start_elderly_seconds,
            self.head_start_minor_seconds,
            self.head_start_cut_off_seconds,
            self.head_start_emergency_seconds,
        ]
        if seconds != sorted(seconds):
            raise ValueError(
                "head starts must not fall in the order returning, wages, elderly, minor, "
                "cut off, emergency"
            )
        return self

    @model_validator(mode="after")
    def _check_steps(self) -> Self:
        steps = (
            self.widen_topic_seconds,
            self.interpreter_seconds,
            self.other_queue_seconds,
            self.offer_callback_seconds,
            self.message_seconds,
        )
        given = [seconds for seconds in steps if seconds is not None]
        if given != sorted(given):
            raise ValueError(
                "the steps of overflow must follow each other: topic, interpreter, other queue, "
                "call back, message"
            )
        return self

    @model_validator(mode="after")
    def _check_queues(self) -> Self:
        same = [queue for queue, other in self.other_queues.items() if queue == other]
        if same:
            raise ValueError(f"the other queue of {same[0]} must be another one")
        return self
