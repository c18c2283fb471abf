"""Opening hours as they are: the timetable in force, and holidays that nobody knows yet."""

from fastapi import APIRouter
from pydantic import BaseModel

from hotline.configuration.service import current
from hotline.hours.calendar import LAST_YEAR
from hotline.hours.configuration import HoursRules
from hotline.hours.outlook import unknown_year, warning
from hotline.views.access import STAFF, require_role
from hotline.web.signed_in import ReadBy

router = APIRouter(prefix="/hours", tags=["administration"])


class HoursShape(BaseModel):
    """`warning` says which year's public holidays are missing; None when all is well.

    The rules themselves are the configuration `hours`.
    """

    in_force: str
    calendar_ends_with: int
    warning: str | None


@router.get("")
def get_hours(reader: ReadBy) -> HoursShape:
    """What counts now."""
    require_role(reader.signed_in, STAFF)
    rules = current(reader.session, HoursRules)
    settings = reader.house.settings
    year = unknown_year(rules, reader.house.clock.now().astimezone(settings.zone).date())
    return HoursShape(
        in_force=rules.in_force or settings.hours,
        calendar_ends_with=LAST_YEAR,
        warning=None if year is None else warning(year),
    )
