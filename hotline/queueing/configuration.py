"""What administrators set about the queue."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]+)?"

QueueName = Annotated[str, Field(pattern=rf"^{_LANGUAGE}/([a-z0-9_]+|\*)$", max_length=60)]
"""Language, slash, topic; ``zh/*`` holds the callers who chose no topic."""


def _head_start(seconds: float, title: str) -> float:
    """What a class is worth; whoever has waited longer than that still comes first."""
    field: float = Field(
        default=seconds,
        ge=0,
        le=172_800,
        title=title,
        description="Served as if they had waited so many seconds longer.",
    )
    return field


def _step(seconds: float | None, title: str, what: str) -> float | None:
    """A step of overflow."""
    field: float | None = Field(
        default=seconds,
        ge=0,
        le=3600,
        title=title,
        description=f"Seconds of waiting after which {what}; empty: never.",
    )
    return field


class Strategy(StrEnum):
    """Which of several fitting lawyers gets the caller."""

    LONGEST_IDLE = "longest_idle"
    FEWEST_TODAY = "fewest_today"
    BEST_SKILL = "best_skill"


class QueueRules(BaseModel):
    """Who is served next, and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Queue")

    strategy: Strategy = Field(
        default=Strategy.LONGEST_IDLE,
        title="Strategy",
        description="Which of several fitting lawyers gets the caller: the one idle longest, the "
        "one with the fewest callers today, or the one who knows language and topic best.",
    )
    # With only one lawyer on duty the caller must not be stranded, with several the next has long
    # been asked.
    avoid_seconds: float = Field(
        default=15.0,
        ge=0,
        le=600,
        title="Asked again",
        description="Seconds until a lawyer who missed or declined a caller may be asked again.",
    )

    head_start_returning_seconds: float = _head_start(120.0, "Returning callers")
    head_start_wages_seconds: float = _head_start(240.0, "Farm workers' wages")
    head_start_elderly_seconds: float = _head_start(480.0, "Elderly and disabled")
    head_start_minor_seconds: float = _head_start(600.0, "Minors")
    head_start_cut_off_seconds: float = _head_start(3600.0, "Cut off before")
    # A day: before everybody who can be on the line.
    head_start_emergency_seconds: float = _head_start(86_400.0, "Emergencies")

    # Long enough to find a better place to call from, short enough to be the same matter.
    cut_off_minutes: float = Field(
        default=10.0,
        ge=1,
        le=120,
        title="Cut off, at most",
        description="Who calls again so many minutes after a call broke off gets the place back.",
    )
    # A ticket that nobody has finished for longer tells of a forgetful lawyer, not of a matter.
    open_ticket_days: int = Field(
        default=30,
        ge=1,
        le=365,
        title="Returning, at most",
        description="Who has an open ticket of the last so many days counts as returning.",
    )

    queue_weights: dict[QueueName, Annotated[float, Field(ge=1, le=10)]] = Field(
        default_factory=dict,
        title="Weights",
        description='How fast waiting counts in a queue, where it is not 1: {"bo/labour": 2}.',
    )
    weight_advantage_seconds: float = Field(
        default=600.0,
        ge=0,
        le=3600,
        title="Most a weight adds",
        description="The most seconds of waiting that a weight can add.",
    )

    sticky_seconds: float = Field(
        default=0.0,
        ge=0,
        le=300,
        title="Same lawyer",
        description=(
            "Seconds to wait for the lawyer who knows the case, if on duty; then anyone. With 0 "
            "the caller goes to them if they are free, else to anyone at once."
        ),
    )
    least_level: int = Field(
        default=1,
        ge=1,
        le=3,
        title="Least level",
        description="How well a lawyer must know language and topic at first.",
    )
    least_level_seconds: float = Field(
        default=0.0,
        ge=0,
        le=3600,
        title="Least level until",
        description="Seconds of waiting after which any level will do.",
    )

    widen_topic_seconds: float | None = _step(
        60.0, "Any topic", "any lawyer of the language may be asked"
    )
    interpreter_seconds: float | None = _step(
        180.0, "Interpreter", "lawyers of the interpreters' language may be asked"
    )
    interpreter_language: str = Field(
        default="zh",
        pattern=rf"^{_LANGUAGE}$",
        title="Interpreters' language",
        description="What lawyers who are helped by an interpreter speak.",
    )
    other_queue_seconds: float | None = _step(
        None, "Other queue", "the lawyers of the other queue may be asked"
    )
    other_queues: dict[QueueName, QueueName] = Field(
        default_factory=dict,
        title="Other queues",
        description='Which queue helps which: {"zh/labour": "zh/contracts"}.',
    )
    offer_callback_seconds: float | None = _step(
        300.0, "Call back", "the caller is offered to be called back"
    )
    message_seconds: float | None = _step(None, "Message", "the caller may leave a message")

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
