"""What administrators set about calling back."""

from pydantic import BaseModel, ConfigDict, Field


class CallbackRules(BaseModel):
    """Who is called back without having asked, and when callers are told that they may ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Calling back")

    keep_abandoned: bool = Field(
        default=True,
        title="Call back who hung up",
        description="Callers who hang up in the queue are called back by themselves.",
    )
    abandoned_seconds: float = Field(
        default=5.0,
        ge=0,
        le=600,
        title="Not if they hung up within",
        description="Seconds in the queue; sooner, they have changed their mind or misdialled.",
    )
    abandoned_delay_seconds: float = Field(
        default=60.0,
        ge=0,
        le=3600,
        title="Not before",
        description="Seconds after they hung up; many call again by themselves.",
    )
    long_wait_minutes: float = Field(
        default=10.0,
        ge=1,
        le=120,
        title="Long wait",
        description="Minutes; a wait expected to be longer comes with the offer of a call back.",
    )
    requests_per_number_a_day: int = Field(
        default=5,
        ge=1,
        le=50,
        title="Requests a day",
        description="So often one number may be asked for within 24 hours.",
    )
