"""Which timetables there are: the flow's, and those that administrators enter."""

from sqlmodel import Session

from hotline.errors import InvalidInput
from hotline.flows.judge import judge, text_in_force
from hotline.hours.configuration import ALWAYS_OPEN, HoursRules
from hotline.settings import Settings


def require_known(session: Session, settings: Settings, rules: HoursRules) -> None:
    """Lets only rules pass whose timetable is there: a call that finds none is taken at any hour.

    Raises:
        InvalidInput: There is none of that name; the message lists those there are.
    """
    name = rules.needed_of_flow
    if name is None or name == ALWAYS_OPEN:
        return
    known = {*judge().timetables(text_in_force(session, settings)), *rules.timetables}
    if name not in known:
        names = ", ".join(sorted(known))
        message = f"There is no timetable called {name}; there are: {names}."
        raise InvalidInput(message, fields=[("in_force", message)])
