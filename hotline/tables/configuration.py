"""What administrators have set over the API: every version of it, so that nothing is lost."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_object, moment


class ConfigurationVersion(SQLModel, table=True):
    """One version of one kind of rules; the highest is in force.

    `kind` is a name of hotline.configuration.kinds, `content` what its model made of it.
    """

    __tablename__ = "configuration_versions"
    __table_args__ = (UniqueConstraint("kind", "version", name="one_row_per_version"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    version: int
    content: dict[str, Any] = json_object()
    changed_at: datetime = moment()
    changed_by: str | None = Field(default=None, foreign_key="users.id")
