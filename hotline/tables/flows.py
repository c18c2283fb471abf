"""What callers are led by: versions of the call flow, and announcements that come on top."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list, moment, moment_or_none


class FlowVersion(SQLModel, table=True):
    """One version of the call flow as it was uploaded; versions are never changed or deleted.

    `state` is draft, active or retired. While none is active the file holds, which counts as
    version 0. `text` is TOML.
    """

    __tablename__ = "flow_versions"
    __table_args__ = (
        Index(
            "one_active_flow",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    version: int = Field(primary_key=True)
    text: str
    sha256: str
    state: str = "draft"
    note: str = ""
    created_at: datetime = moment()
    created_by: str | None = Field(default=None, foreign_key="users.id")
    activated_at: datetime | None = moment_or_none()
    activated_by: str | None = Field(default=None, foreign_key="users.id")
    retired_at: datetime | None = moment_or_none()


class Announcement(SQLModel, table=True):
    """What every caller hears for a while, such as that a system is down.

    `place` is before or after the recording notice; `prompt` is the key of its audio, said in
    each of `languages` one after the other. It is on from `starts_at` until `ends_at` (None: until
    somebody switches it off, which sets `ended_at`).
    """

    __tablename__ = "announcements"

    id: str = Field(primary_key=True)
    text: str
    prompt: str
    languages: list[str] = json_list()
    place: str = "after"
    starts_at: datetime = moment()
    ends_at: datetime | None = moment_or_none()
    created_at: datetime = moment()
    created_by: str = Field(foreign_key="users.id")
    ended_at: datetime | None = moment_or_none()
    ended_by: str | None = Field(default=None, foreign_key="users.id")
