"""What happened, in order: the transactional outbox."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_object, moment


class EventRow(SQLModel, table=True):
    """One event, written in the transaction that made it true; `seq` grows in commit order."""

    __tablename__ = "events"
    __table_args__ = {"sqlite_autoincrement": True}

    seq: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger().with_variant(Integer, "sqlite"),
    )
    type: str
    at: datetime = moment(index=True)
    data: dict[str, object] = json_object()
