"""What becomes of a call when it arrives: written down, open or closed, which announcements are on.

Being open by the clock and having somebody to talk to are two questions; administrators may ask
both, and an hour without a shift is then out of hours.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from callback import service as callbacks
from hotline.announcements import service as announcements
from hotline.announcements.service import Place
from hotline.callers import service as callers
from hotline.calls import service as calls
from hotline.configuration.service import current
from hotline.hours.configuration import HoursRules
from hotline.house import House
from hotline.tables import Announcement
from ivr.flow.definition import FlowDefinition
from ivr.flow.errors import FlowDefinitionError
from ivr.opening import is_taken
from ivr.staffing import may_promise

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a call meets; announcements are prompt keys."""

    is_open: bool
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def begin(house: House, *, number: str | None, called: str, node: str, flow_version: str) -> str:
    """Writes a call that has come in; returns its id."""
    with house.database.session() as session:
        caller = callers.find_or_create(session, house, number) if number else None
        call = calls.begin(
            session,
            house,
            caller_id=caller.id if caller else None,
            called=called,
            node=node,
            flow_version=flow_version,
        )
        if caller is not None:
            callbacks.hold_back(session, house, caller)
        return call.id


def look(house: House, flow: FlowDefinition) -> Arrival:
    """Looks at clock, rules and announcements; blocks. What cannot be read closes nothing."""
    try:
        with house.database.reading() as session:
            rules = current(session, HoursRules)
            told = announcements.now_on(session, house.clock.now())
            is_staffed = may_promise(session, rules, house.clock.now())
    except Exception:
        log.exception("opening hours could not be read, those of the flow count")
        rules, told, is_staffed = HoursRules(), (), True
    return Arrival(
        is_open=is_staffed and _is_open(house, flow, rules),
        before=_keys(told, Place.BEFORE),
        after=_keys(told, Place.AFTER),
    )


def _is_open(house: House, flow: FlowDefinition, rules: HoursRules) -> bool:
    settings = house.settings
    local = house.clock.now().astimezone(settings.zone)
    try:
        return is_taken(flow, rules, local, hours=settings.hours)
    except FlowDefinitionError:
        # A flow without the timetable in force was activated before the settings changed.
        log.exception("the timetable in force is missing, so calls are taken")
        return True


def _keys(told: Sequence[Announcement], place: Place) -> tuple[str, ...]:
    return tuple(
        f"{each.prompt}@{language}"
        for each in told
        if each.place == place
        for language in each.languages
    )
