"""The directory of institutions that lawyers refer callers to."""

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list


class Institution(SQLModel, table=True):
    """A legal-aid centre, notary, court desk or another hotline.

    The three columns of the means limit belong together: all or none of them
    (hotline.directory.means).
    """

    __tablename__ = "institutions"

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    name: str
    region_code: str = ""
    address: str = ""
    phones: list[str] = json_list()
    hours: str = ""
    languages: list[str] = json_list()
    means_limit_fen: int | None = None
    means_limit_year: int | None = None
    means_limit_source: str | None = None
