"""The people who call; everything that names them is sealed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment


class Caller(SQLModel, table=True):
    """One telephone number and what is known of the person behind it.

    `number_index` is the vault's blind index of the normalised number.
    """

    __tablename__ = "callers"

    id: str = Field(primary_key=True)
    number_index: str = Field(unique=True)
    number_sealed: bytes
    name_sealed: bytes | None = None
    identity_sealed: bytes | None = None
    created_at: datetime = moment()
