"""Calls and their legs."""

from datetime import datetime

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class Call(SQLModel, table=True):
    """One telephone call, from the first ring to the last word.

    `state` is what the flow says: arriving, menu, queued, connecting, talking, held (the lawyer's
    audio is gone), on_hold, transferring, transferred, rating, dialling, ended.
    `direction` is in or out; `flow_version` names the flow file the call ran on.
    Who does not want to be recorded is not: `recording_refused_at` says since when, and
    `recording_refused_by` who wrote it down: a user id, or "caller" for the caller's own key.
    `is_lawyer_muted` says that nobody hears the lawyer; a page that mutes its own microphone does
    not come here.
    What the caller's audio was like stands from `packets_received` on, once it has ended: packets
    that never came, frames that came when their moment had passed, and the estimated opinion score.
    """

    __tablename__ = "calls"

    id: str = Field(primary_key=True)
    direction: str = "in"
    state: str = Field(default="arriving", index=True)
    caller_id: str | None = Field(default=None, foreign_key="callers.id", index=True)
    callback_id: str | None = Field(default=None, foreign_key="callbacks.id", index=True)
    called: str = ""
    language: str | None = None
    topic: str | None = None
    lawyer_id: str | None = Field(default=None, foreign_key="users.id", index=True)
    started_at: datetime = moment(index=True)
    answered_at: datetime | None = moment_or_none()
    bridged_at: datetime | None = moment_or_none()
    ended_at: datetime | None = moment_or_none(index=True)
    end_reason: str | None = None
    rating: int | None = None
    recording_refused_at: datetime | None = moment_or_none()
    recording_refused_by: str | None = None
    is_lawyer_muted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    node: str = ""
    flow_version: str = ""
    packets_received: int | None = None
    packets_lost: int | None = None
    frames_late: int | None = None
    jitter_ms: float | None = None
    rtt_ms: float | None = None
    mos: float | None = None


class Leg(SQLModel, table=True):
    """A lawyer's audio in a call: where the gateway finds the engine, and the token that opens it.

    `state` is wanted (accepted, engine not ready), ready (host and port are set), closed.
    `role` is lawyer (the call's own), second (a colleague who joined) or supervisor; `medium` is
    browser or phone (a telephone that we dial, which needs no token).
    """

    __tablename__ = "legs"

    id: str = Field(primary_key=True)
    call_id: str = Field(foreign_key="calls.id", index=True)
    lawyer_id: str = Field(foreign_key="users.id", index=True)
    token_hash: str
    state: str = Field(default="wanted", index=True)
    role: str = Field(default="lawyer", sa_column_kwargs={"server_default": "lawyer"})
    medium: str = Field(default="browser", sa_column_kwargs={"server_default": "browser"})
    rtp_host: str = ""
    rtp_port: int = 0
    created_at: datetime = moment()
    closed_at: datetime | None = moment_or_none()
