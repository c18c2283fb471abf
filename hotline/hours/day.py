"""What the line does at a moment, with the reason: asked by administrators beforehand. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class DayReason(StrEnum):
    """Why a day has the openings it has, the stronger first."""

    EXCEPTION = "exception"
    """Administrators entered openings for just this day."""
    WORKDAY = "workday"
    """A weekend day worked in exchange for a longer holiday: Monday's openings."""
    HOLIDAY = "holiday"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class OpeningAt:
    """The answer.

    Attributes:
        is_open: Callers are taken at the moment.
        timetable: The name of the timetable in force.
        reason: Why the day is as it is.
        openings: Those that begin on the day, such as 09:00-18:00.
        is_staffed: False where the rules ask for a seat on the rota and nobody has one then.
    """

    is_open: bool
    timetable: str
    reason: DayReason
    openings: tuple[str, ...]
    is_staffed: bool = True
