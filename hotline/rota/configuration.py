"""What administrators set about the rota."""

from pydantic import BaseModel, ConfigDict, Field


class RotaRules(BaseModel):
    """How strictly the rota is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Rota")

    early_minutes: int = Field(
        default=15,
        ge=0,
        le=240,
        title="Early",
        description="Minutes before a shift from which coming on duty counts for it.",
    )
    late_minutes: int = Field(
        default=10,
        ge=0,
        le=120,
        title="Late",
        description="Minutes after the beginning at which somebody who is not there is late.",
    )
    swaps_need_approval: bool = Field(
        default=True,
        title="Swaps need approval",
        description="Whether a supervisor approves a swap that both lawyers want.",
    )
    longest_hours: float = Field(
        default=12,
        gt=0,
        le=48,
        title="Longest duty",
        description="Hours that one lawyer may be on shifts without a gap.",
    )
