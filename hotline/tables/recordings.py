"""Recordings at rest."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class Recording(SQLModel, table=True):
    """One call's audio: 8 kHz stereo WAV, caller left, lawyer right.

    `path` and `encoded_path` are relative to the recordings directory. `state` is recording,
    finished (audio complete), ready (hashed and encoded), failed (`error` says why).
    `transcribed_at` is when the after-call job had looked at all of it, `second_pass_at` when the
    better engine had.
    """

    __tablename__ = "recordings"

    id: str = Field(primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    state: str = Field(default="recording", index=True)
    path: str
    encoded_path: str | None = None
    sha256: str | None = None
    seconds: float | None = None
    error: str | None = None
    started_at: datetime = moment()
    finished_at: datetime | None = moment_or_none()
    transcribed_at: datetime | None = moment_or_none()
    second_pass_at: datetime | None = moment_or_none()
