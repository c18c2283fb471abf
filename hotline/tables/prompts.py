"""Prompts that administrators uploaded."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class PromptVersion(SQLModel, table=True):
    """One recording of one prompt in one language; recordings are never changed or deleted.

    `state` is active or retired; `audio` is a WAV file of 8000 Hz, mono, 16 bit. Levels are
    relative to full scale, that of speech without its pauses.
    """

    __tablename__ = "prompt_versions"
    __table_args__ = (
        UniqueConstraint("key", "language", "version", name="one_recording_per_version"),
        Index(
            "one_active_recording",
            "key",
            "language",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    language: str
    version: int
    state: str = "active"
    sha256: str
    audio: bytes = Field(sa_type=LargeBinary, repr=False)
    seconds: float
    level_dbfs: float
    gain_db: float
    note: str = ""
    uploaded_at: datetime = moment()
    uploaded_by: str | None = Field(default=None, foreign_key="users.id")
    retired_at: datetime | None = moment_or_none()
