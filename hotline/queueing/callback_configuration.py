"""What administrators set about calling back."""

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from hotline.queueing.dialling import QuietHours

# By the clock on the wall of HOTLINE_TIMEZONE.
_Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


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
    retry_minutes: tuple[Annotated[int, Field(ge=1, le=1440)], ...] = Field(
        default=(15, 60, 240),
        max_length=10,
        title="Tried again after",
        description="Minutes from a try that reached nobody to the next; after the last, none.",
    )
    quiet_from: _Clock = Field(
        default="21:00",
        title="Quiet from",
        description="From when on nobody is dialled who did not choose the time or just called.",
    )
    quiet_until: _Clock = Field(
        default="08:00",
        title="Quiet until",
        description="The same time as where it begins means: no quiet hours.",
    )

    def quiet_hours(self, zone: ZoneInfo) -> QuietHours:
        """The hours in which nobody is dialled unasked, by the clocks of a zone."""
        return QuietHours(
            begins=time.fromisoformat(self.quiet_from),
            ends=time.fromisoformat(self.quiet_until),
            zone=zone,
        )
