"""What administrators set about duty: how long offers, wrap-up and breaks last, and why breaks are.

Empty times are those of the installation (HOTLINE_OFFER_SECONDS, HOTLINE_WRAP_UP_SECONDS).
"""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hotline.agents.rules import (
    ACKNOWLEDGE_SECONDS,
    CONNECTION_GRACE_SECONDS,
    MISSED_OFFERS_ALLOWED,
)
from hotline.settings import Settings

# What a page may send as the reason of a break: short, and safe in an address.
_KEY = r"^[a-z][a-z0-9_]{0,31}$"


class BreakReason(BaseModel):
    """One reason for a break; lawyers choose it by its name."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Break")

    key: str = Field(
        pattern=_KEY,
        title="Key",
        description="Stays the same for ever; figures and histories use it.",
    )
    zh: str = Field(min_length=1, max_length=20, title="Chinese name")
    en: str = Field(min_length=1, max_length=40, title="English name")
    minutes: int = Field(ge=1, le=480, title="Limit", description="Minutes.")


_BREAKS = (
    BreakReason(key="rest", zh="休息", en="Rest", minutes=15),
    BreakReason(key="meal", zh="用餐", en="Meal", minutes=45),
    BreakReason(key="meeting", zh="会议培训", en="Meeting or training", minutes=60),
    BreakReason(key="other_work", zh="处理其他工作", en="Other work", minutes=30),
)


class DutyRules(BaseModel):
    """How lawyers' states begin and end."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Duty")

    offer_seconds: float | None = Field(
        default=None,
        ge=5,
        le=120,
        title="Ringing",
        description="Seconds an offer rings; empty: HOTLINE_OFFER_SECONDS.",
    )
    acknowledge_seconds: float = Field(
        default=ACKNOWLEDGE_SECONDS,
        ge=1,
        le=10,
        title="Acknowledgement",
        description="Seconds a page may take to say that it shows an offer.",
    )
    grace_seconds: float = Field(
        default=CONNECTION_GRACE_SECONDS,
        ge=5,
        le=300,
        title="Grace",
        description="Seconds a page may be gone before its lawyer counts as lost.",
    )
    missed_offers_allowed: int = Field(
        default=MISSED_OFFERS_ALLOWED,
        ge=1,
        le=10,
        title="Missed offers",
        description="A lawyer who misses this many in a row is taken out.",
    )
    wrap_up_seconds: float | None = Field(
        default=None,
        ge=0,
        le=1800,
        title="Wrap-up",
        description="Seconds for the ticket; empty: HOTLINE_WRAP_UP_SECONDS.",
    )
    wrap_up_extensions: int = Field(
        default=1,
        ge=0,
        le=10,
        title="Extensions",
        description="How often a lawyer may extend one wrap-up.",
    )
    wrap_up_extension_seconds: float = Field(
        default=60.0, ge=10, le=900, title="Extension", description="Seconds of each extension."
    )
    breaks: tuple[BreakReason, ...] = Field(
        default=_BREAKS,
        max_length=20,
        title="Breaks",
        description="Reasons that lawyers choose from.",
    )
    break_minutes: int = Field(
        default=15,
        ge=1,
        le=480,
        title="Break without a reason",
        description="Limit of a break that has none of the reasons, in minutes.",
    )

    @model_validator(mode="after")
    def _check_keys(self) -> "DutyRules":
        keys = [each.key for each in self.breaks]
        if len(set(keys)) != len(keys):
            raise ValueError("two breaks have the same key")
        return self

    def offer_time(self, settings: Settings) -> timedelta:
        """How long an offer rings."""
        return timedelta(seconds=_or_else(self.offer_seconds, settings.offer_seconds))

    def wrap_up_time(self, settings: Settings) -> timedelta:
        """How long there is for the ticket."""
        return timedelta(seconds=_or_else(self.wrap_up_seconds, settings.wrap_up_seconds))

    def break_time(self, reason: str | None) -> timedelta:
        """How long a break may last; one that is no configured reason has the common limit."""
        limits = {each.key: each.minutes for each in self.breaks}
        return timedelta(minutes=limits.get(reason or "", self.break_minutes))


def _or_else(value: float | None, default: float) -> float:
    return default if value is None else value
