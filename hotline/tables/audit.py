"""Who looked at or changed what belongs to a caller."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_object, moment


class AuditEntry(SQLModel, table=True):
    """One deed, written in the transaction that does it and never changed."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment(index=True)
    user_id: str | None = Field(default=None, index=True)
    action: str
    subject: str = Field(index=True)
    detail: dict[str, object] = json_object()
