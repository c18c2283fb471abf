"""Whether waiting will be so long that a caller is told at once."""

from sqlmodel import Session

from hotline.configuration.service import current
from hotline.hours.configuration import HoursRules
from ivr.flow.busy import Busy
from ivr.staffing import is_somebody_signed_in


def busy(session: Session, position: int) -> Busy | None:
    """Why waiting will be long for a caller at this position, 1 being next; None if it may not."""
    rules = current(session, HoursRules)
    if rules.says_unstaffed and not is_somebody_signed_in(session):
        return Busy.UNSTAFFED
    if rules.busy_above is not None and position - 1 > rules.busy_above:
        return Busy.LONG
    return None
