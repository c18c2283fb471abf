"""Everybody in a call beside the caller and its lawyer, and the pauses of its recording."""

from datetime import datetime

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class CallParty(SQLModel, table=True):
    """A third party, a second lawyer or a supervisor in a call.

    `kind` is phone, lawyer or supervisor. `purpose` is hotline.calls.rules.Purpose. `state` is
    ringing, talking or closed; `end_reason` says why it is closed. The id is also the party's leg
    at the media engine, and that of its row in `legs` where it talks through a browser.
    `label` is what screens show: a name of the directory, a colleague, or a masked number.
    Nobody hears who `is_muted`.
    """

    __tablename__ = "call_parties"

    id: str = Field(primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    kind: str
    purpose: str
    state: str = Field(default="ringing", index=True)
    user_id: str | None = Field(default=None, foreign_key="users.id", index=True)
    target_id: str | None = None
    label: str
    number_sealed: bytes | None = None
    requested_by: str
    created_at: datetime = moment()
    answered_at: datetime | None = moment_or_none()
    closed_at: datetime | None = moment_or_none()
    end_reason: str | None = None
    is_muted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class RecordingPause(SQLModel, table=True):
    """A stretch of a recording that holds silence, and why: an identity number was said aloud."""

    __tablename__ = "recording_pauses"

    id: int | None = Field(default=None, primary_key=True)
    recording_id: str = Field(foreign_key="recordings.id", index=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    reason: str
    paused_by: str
    paused_at: datetime = moment()
    resumed_by: str | None = None
    resumed_at: datetime | None = moment_or_none()
