"""Whether waiting will be so long that a caller is told at once."""

from sqlmodel import Session, col, select

from hotline.agents.rules import LawyerState
from hotline.configuration.service import current
from hotline.hours.configuration import HoursRules
from hotline.tables import Lawyer
from ivr.flow.busy import Busy


def busy(session: Session, position: int) -> Busy | None:
    """Why waiting will be long for a caller at this position, 1 being the next; None if it may not.

    A lawyer whose connection is lost for a moment is still there.
    """
    rules = current(session, HoursRules)
    there = select(Lawyer.user_id).where(col(Lawyer.state) != LawyerState.OFFLINE.value).limit(1)
    if rules.says_unstaffed and session.exec(there).first() is None:
        return Busy.UNSTAFFED
    if rules.busy_above is not None and position - 1 > rules.busy_above:
        return Busy.LONG
    return None
