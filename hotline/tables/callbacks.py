"""Calling back: who asked, when they may be dialled, what came of it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class Callback(SQLModel, table=True):
    """One wish to be called back.

    `source` is key (pressed in the queue), hours (pressed outside hours), web, lost (the line
    broke), abandoned (hung up in the queue), message (left a message in the queue; it is the
    recording `message_id`). `call_id` is the call it came from; the number to
    dial may be another than that call's. `state` is waiting (not due, or due and in the queue),
    dialling, connected, cancelled, exhausted, superseded; `closed_reason` says why a closed one is
    closed: connected, cancelled, exhausted, called_again (the person called and was served),
    line_failed (dialling failed on our side again and again). `attempts` is how many came as far as
    the person's network; an attempt begins with one conditional UPDATE from waiting to dialling.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        Index(
            "one_open_callback_per_caller",
            "caller_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'dialling')"),
            postgresql_where=text("state IN ('waiting', 'dialling')"),
        ),
    )

    id: str = Field(primary_key=True)
    caller_id: str = Field(foreign_key="callers.id", index=True)
    call_id: str | None = Field(default=None, index=True)
    source: str
    state: str = Field(default="waiting", index=True)
    language: str
    topic: str | None = None
    window_from: datetime | None = moment_or_none()
    window_to: datetime | None = moment_or_none()
    placed_at: datetime = moment()
    next_attempt_at: datetime = moment(index=True)
    attempts: int = 0
    last_result: str | None = None
    idempotency_key: str | None = Field(default=None, unique=True)
    idempotency_digest: str | None = None
    token_hash: str | None = None
    consent_version: str | None = None
    created_at: datetime = moment(index=True)
    closed_at: datetime | None = moment_or_none()
    closed_reason: str | None = None
    message_id: str | None = Field(default=None, index=True)
