"""The directory of numbers that a call can be transferred to."""

from sqlmodel import Field, SQLModel


class TransferTarget(SQLModel, table=True):
    """An emergency, government or partner line, as the lawyer finds it in the transfer dialog.

    `kind` is emergency, government, legal, interpreter or other; `position` orders the list.
    """

    __tablename__ = "transfer_targets"

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    name: str
    name_en: str = ""
    number: str = Field(unique=True)
    note: str = ""
    position: int = 100
    is_active: bool = True
