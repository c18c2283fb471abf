"""The people who call; everything that names them is sealed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import added_json_list, moment


class Caller(SQLModel, table=True):
    """One telephone number and what is known of the person behind it.

    `number_index` is the vault's blind index of the normalised number. `groups` are those of
    hotline.callers.rules.Group that a lawyer wrote into a ticket; `born_sealed` is the day of birth
    out of an identity number, as YYYY-MM-DD.
    """

    __tablename__ = "callers"

    id: str = Field(primary_key=True)
    number_index: str = Field(unique=True)
    number_sealed: bytes
    name_sealed: bytes | None = None
    identity_sealed: bytes | None = None
    born_sealed: bytes | None = None
    groups: list[str] = added_json_list()
    created_at: datetime = moment()
