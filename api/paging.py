"""Lists in pages: newest first, the cursor is the last id of the page before."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

_MOST_ROWS = 200

Limit = Annotated[int, Query(ge=1, le=_MOST_ROWS, description="Rows at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=64, pattern=r"^[a-z0-9_]+$", description="`next_cursor` of the page before."),
]

DEFAULT_LIMIT = 50

Row = TypeVar("Row", bound=BaseModel)


class Page(BaseModel, Generic[Row]):
    """Part of a list; `next_cursor` is None on the last page and on lists that have no pages."""

    items: list[Row]
    next_cursor: str | None = None


def page(rows: Sequence[Row], ids: Sequence[str], *, limit: int) -> Page[Row]:
    """A page of rows that were asked for with `limit` + 1.

    Args:
        rows: What was found.
        ids: The id of each row.
        limit: How many were wanted; one more found means that there is a next page.
    """
    if len(rows) <= limit:
        return Page(items=list(rows))
    return Page(items=list(rows[:limit]), next_cursor=ids[limit - 1])
