"""The queue: who waits, what was offered to whom, and who may dispatch."""

from datetime import datetime

from sqlalchemy import Index, false, text
from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class QueueEntry(SQLModel, table=True):
    """One caller's place. `kind` is call (on the line) or callback (to be dialled).

    `state` goes waiting -> offered -> accepted -> served, or to left with `left_reason`; an offer
    that fails leads back to waiting. `placed_at` decides the order and is kept when a caller
    changes to a call-back. `fence` counts the dispatchers' changes. `sticky_lawyer_id` is whom the
    caller should have if that takes but a moment; `overflow_step` is how far the wait has widened
    the search (hotline.queueing.overflow.OverflowStep).
    """

    __tablename__ = "queue_entries"

    id: str = Field(primary_key=True)
    kind: str = "call"
    call_id: str | None = Field(default=None, foreign_key="calls.id", index=True)
    callback_id: str | None = Field(default=None, foreign_key="callbacks.id", index=True)
    caller_id: str | None = Field(default=None, foreign_key="callers.id", index=True)
    language: str
    topic: str | None = None
    priority: int = 0
    state: str = Field(default="waiting", index=True)
    placed_at: datetime = moment(index=True)
    entered_at: datetime = moment(index=True)
    left_at: datetime | None = moment_or_none()
    left_reason: str | None = None
    fence: int = 0
    sticky_lawyer_id: str | None = None
    overflow_step: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Offer(SQLModel, table=True):
    """A caller offered to one lawyer.

    `state` is open, accepted, or closed with `reason`: expired, declined, unacknowledged,
    caller_gone, lawyer_gone, superseded. `note` is what a lawyer wrote on declining.
    `needs_interpreter` tells the lawyer that the caller speaks another language.
    """

    __tablename__ = "offers"
    # Two lawyers can never win one caller, and one lawyer can never be offered two, whatever a
    # stale dispatcher does: the database itself refuses the second open row.
    __table_args__ = (
        Index(
            "one_open_offer_per_lawyer",
            "lawyer_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "one_open_offer_per_entry",
            "entry_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: str = Field(primary_key=True)
    entry_id: str = Field(foreign_key="queue_entries.id", index=True)
    lawyer_id: str = Field(foreign_key="users.id", index=True)
    fence: int
    state: str = Field(default="open", index=True)
    reason: str | None = None
    made_at: datetime = moment()
    expires_at: datetime = moment()
    acknowledged_at: datetime | None = moment_or_none()
    closed_at: datetime | None = moment_or_none()
    note: str | None = None
    needs_interpreter: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Lease(SQLModel, table=True):
    """Who may act alone; `fence` grows with every new holder, so that a stale one is refused."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    fence: int
    expires_at: datetime = moment()
