"""Text messages to citizens: the outbox, written in the transaction that promises one."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class Message(SQLModel, table=True):
    """One text message to a caller's number.

    `kind` says what it is about: progress, centre or hours. `state` is waiting, sending, sent,
    failed (given up, `error` says why in one word), uncertain (handed over perhaps, and not sent
    again) or not_configured (there is no provider). The number is the caller's; the text is
    sealed, because it tells of somebody's matter.
    """

    __tablename__ = "messages"

    id: str = Field(primary_key=True)
    caller_id: str = Field(foreign_key="callers.id", index=True)
    call_id: str | None = Field(default=None, foreign_key="calls.id", index=True)
    kind: str
    text_sealed: bytes
    state: str = Field(default="waiting", index=True)
    attempts: int = 0
    error: str | None = None
    created_at: datetime = moment()
    next_attempt_at: datetime = moment(index=True)
    sent_at: datetime | None = moment_or_none()
