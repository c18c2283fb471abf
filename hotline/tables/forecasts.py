"""What callers were told of their wait, and what came true."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class Forecast(SQLModel, table=True):
    """One range of minutes said to one caller, from `made_at` on until the next one.

    `wait_class` names the range that was said, `low_seconds` to `high_seconds` (None: open);
    `median_seconds` is the middle of what was reckoned with. `ahead` are those to be served before,
    `staff` the lawyers on duty who could serve the caller. `outcome` is served, abandoned, callback
    (will be dialled instead) or left (the queue was closed), and `waited_seconds` counts from
    `made_at` to it.
    """

    __tablename__ = "forecasts"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: str = Field(foreign_key="queue_entries.id", index=True)
    call_id: str | None = Field(default=None, foreign_key="calls.id", index=True)
    made_at: datetime = moment(index=True)
    ahead: int
    staff: int
    wait_class: str
    low_seconds: float
    high_seconds: float | None = None
    median_seconds: float
    outcome: str | None = Field(default=None, index=True)
    waited_seconds: float | None = None
    settled_at: datetime | None = moment_or_none()
