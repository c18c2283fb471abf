"""What was noticed in transcripts, and what people made of it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class InsightRow(SQLModel, table=True):
    """Something that a rule noticed in a segment (hotline.insights).

    `state` is proposed, confirmed or dismissed, by the lawyer. A danger is acknowledged beside
    that, by a supervisor. `quote` holds the caller's words: readers see it redacted.
    """

    __tablename__ = "insights"
    __table_args__ = (
        UniqueConstraint("segment_id", "kind", "key", "value", name="noticed_once_per_segment"),
    )

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    segment_id: int = Field(foreign_key="segments.id", index=True)
    kind: str
    key: str
    value: str = ""
    quote: str
    start_ms: int
    end_ms: int
    confidence: float
    article: str = ""
    hint: str = ""
    state: str = "proposed"
    decided_by: str | None = Field(default=None, foreign_key="users.id")
    decided_at: datetime | None = moment_or_none()
    acknowledged_by: str | None = Field(default=None, foreign_key="users.id")
    acknowledged_at: datetime | None = moment_or_none()
    created_at: datetime = moment(index=True)


class Progress(SQLModel, table=True):
    """How far somebody who reads a growing table has come: the last id that is done."""

    __tablename__ = "progress"

    name: str = Field(primary_key=True)
    position: int = 0
