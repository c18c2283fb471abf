"""What administrators set about opening hours, and about saying honestly that nobody is there."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Opening = Annotated[
    str,
    Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d-(([01]?\d|2[0-3]):[0-5]\d|24:00)$"),
]
"""Such as 09:00-18:00; an end at or before its start belongs to the next day."""

_Openings = Annotated[tuple[Opening, ...], Field(max_length=6)]
_Name = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]

ALWAYS_OPEN = "24x7"


class WeekRules(BaseModel):
    """A weekly timetable; a day without openings does not open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    monday: _Openings = ()
    tuesday: _Openings = ()
    wednesday: _Openings = ()
    thursday: _Openings = ()
    friday: _Openings = ()
    saturday: _Openings = ()
    sunday: _Openings = ()
    public_holidays: bool = True
    """Closed on public holidays; open with Monday's hours on weekend days worked in exchange."""


class DayException(BaseModel):
    """A day that is unlike its weekday; without openings it does not open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    openings: _Openings = ()
    note: Annotated[str, Field(max_length=200)] = ""


class HoursRules(BaseModel):
    """When the hotline takes calls, and when it says at once that waiting will be long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    in_force: _Name | None = None
    """The timetable in force: one of these, of the flow, or 24x7. None: that of HOTLINE_HOURS."""
    timetables: dict[_Name, WeekRules] = Field(default_factory=dict)
    """By name; one that the flow has too counts instead of it."""
    exceptions: Annotated[tuple[DayException, ...], Field(max_length=400)] = ()
    """For every timetable, 24x7 too; before holidays and weekdays."""
    holidays: Annotated[tuple[date, ...], Field(max_length=400)] = ()
    """Public holidays that the calendar does not know yet."""
    exchanged_workdays: Annotated[tuple[date, ...], Field(max_length=100)] = ()
    """Weekend days worked in exchange that the calendar does not know yet."""
    busy_above: Annotated[int, Field(ge=1, le=10_000)] | None = 30
    """With more callers than this ahead, callers are told that all lines are busy."""
    needs_rota: bool = False
    """An hour without a lawyer on the rota is out of hours, unless one is signed in."""
    says_unstaffed: bool = True
    """Callers are told when no lawyer is signed in at all."""

    @property
    def needed_of_flow(self) -> str | None:
        """The timetable in force that the flow must bring along; None where it is one of these."""
        return None if self.in_force in self.timetables else self.in_force

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        if ALWAYS_OPEN in self.timetables:
            raise ValueError(f"timetables: {ALWAYS_OPEN} is always there and cannot be set")
        days = [each.day for each in self.exceptions]
        if len(set(days)) < len(days):
            raise ValueError("exceptions: a day stands there twice")
        return self
