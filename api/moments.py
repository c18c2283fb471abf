"""Days and moments as requests name them: with their offset, and in a time that clocks know.

At the ends of the calendar every sum and every change of zone overflows.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

_FIRST, _LAST = 2000, 2199

Day = Annotated[date, Field(ge=date(_FIRST, 1, 1), le=date(_LAST, 12, 31))]
At = Annotated[
    AwareDatetime,
    Field(ge=datetime(_FIRST, 1, 1, tzinfo=UTC), le=datetime(_LAST, 12, 31, tzinfo=UTC)),
]

MONTH = r"^2[01]\d{2}-\d{2}$"
"""A month of that time, such as 2026-11."""
