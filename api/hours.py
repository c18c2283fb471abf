"""Opening hours as they are: the timetable in force, and holidays that nobody knows yet."""

from datetime import datetime

from pydantic import BaseModel

from hotline.configuration.service import current
from hotline.flows.judge import judge, text_in_force
from hotline.hours.calendar import LAST_YEAR, is_known
from hotline.hours.configuration import HoursRules
from hotline.hours.day import DayReason
from hotline.hours.outlook import unknown_year, warning
from hotline.views.access import STAFF, WATCHERS, require_role
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy

router = Router(prefix="/hours", tags=["administration"])


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


class OpeningShape(BaseModel):
    """What the line does at a moment.

    `openings` are those that begin on the day, such as 20:00-02:00; `reason` says why they are as
    they are: exception, workday (in exchange for a holiday), holiday or weekday. `is_year_known`
    says whether the public calendar has the year; `is_staffed` is false where the rules
    ask for a seat on the rota and nobody has one then.
    """

    moment: datetime
    is_open: bool
    timetable: str
    reason: DayReason
    openings: list[str]
    is_staffed: bool
    is_year_known: bool


@router.get("/at")
def get_hours_at(reader: ReadBy, moment: datetime | None = None) -> OpeningShape:
    """Whether a call at this moment is taken, by what is in force now.

    Without a moment it is what a call meets that arrives now: whoever is signed in counts beside
    the rota. A moment without an offset is one of the hotline's own time zone. 422 when the
    timetable in force is not there.
    """
    require_role(reader.signed_in, WATCHERS)
    settings = reader.house.settings
    is_now = moment is None
    moment = moment or reader.house.clock.now()
    is_local = moment.tzinfo is None
    local = moment.replace(tzinfo=settings.zone) if is_local else moment.astimezone(settings.zone)
    text = text_in_force(reader.session, settings)
    rules = current(reader.session, HoursRules)
    found = judge().opening(
        text, rules, local, settings=settings, session=reader.session, is_now=is_now
    )
    return OpeningShape(
        moment=local,
        is_open=found.is_open,
        timetable=found.timetable,
        reason=found.reason,
        openings=list(found.openings),
        is_staffed=found.is_staffed,
        is_year_known=is_known(local.year),
    )
