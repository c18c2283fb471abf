"""What administrators set about calling back."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CallbackRules(BaseModel):
    """Who is called back without having asked, and when callers are told that they may ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_abandoned: bool = True
    """Whether callers who hang up in the queue are called back by themselves."""

    abandoned_seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    """Whoever hangs up sooner after entering the queue has changed their mind, or misdialled."""

    abandoned_delay_seconds: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """So long nobody is dialled who has just hung up: many call again by themselves."""

    long_wait_minutes: Annotated[float, Field(ge=1, le=120)] = 10.0
    """A wait that is expected to be longer comes with the offer of a call back."""

    requests_per_number_a_day: Annotated[int, Field(ge=1, le=50)] = 5
    """Whoever asks more often in a day is not helped by being dialled more often."""
