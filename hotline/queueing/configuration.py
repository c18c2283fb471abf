"""What administrators set about the queue."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class QueueRules(BaseModel):
    """Who is served next, and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    avoid_seconds: Annotated[float, Field(ge=0, le=600)] = 15.0
    """After this long a lawyer who missed or declined a caller may be asked again: with only one
    lawyer on duty the caller must not be stranded, with several the next has long been asked."""
