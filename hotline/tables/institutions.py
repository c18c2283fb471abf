"""The directory of institutions that lawyers refer callers to."""

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list


class Institution(SQLModel, table=True):
    """A legal-aid centre, notary, court desk or another hotline."""

    __tablename__ = "institutions"

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    name: str
    region_code: str = ""
    address: str = ""
    phones: list[str] = json_list()
    hours: str = ""
    languages: list[str] = json_list()
