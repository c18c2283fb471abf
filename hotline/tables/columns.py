"""Columns that several tables share."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from hotline.database import Moment


def moment(*, index: bool = False) -> Any:
    """A moment that must be given."""
    return Field(sa_type=Moment, index=index)


def moment_or_none(*, index: bool = False) -> Any:
    """A moment that may still be to come."""
    return Field(default=None, sa_type=Moment, index=index)


def json_list() -> Any:
    """A list of plain values."""
    return Field(default_factory=list, sa_type=JSON)


def added_json_list() -> Any:
    """The same for a column that older rows do not have yet; empty there."""
    return Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})


def json_object() -> Any:
    """An object of plain values; replace it as a whole, changes inside are not seen."""
    return Field(default_factory=dict, sa_type=JSON)


def levels() -> Any:
    """A small number for each of some keys; replace it as a whole, changes inside are not seen."""
    return Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
