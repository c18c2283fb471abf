"""Whether somebody can be promised to callers: by the rota, or by being signed in."""

from datetime import datetime

from sqlmodel import Session, col, select

from hotline.agents.rules import LawyerState
from hotline.hours.configuration import HoursRules
from hotline.rota import service as rota
from hotline.tables import Lawyer


def is_somebody_signed_in(session: Session) -> bool:
    """Whether a lawyer is signed in; one whose connection is lost for a moment is still there."""
    there = select(Lawyer.user_id).where(col(Lawyer.state) != LawyerState.OFFLINE.value).limit(1)
    return session.exec(there).first() is not None


def may_promise(session: Session, rules: HoursRules, at: datetime, *, is_now: bool = True) -> bool:
    """Whether a person may be promised at a moment: the one rule of telephone, API and paper.

    Where no rota is kept, or the rules do not ask for it, it closes nothing.

    Args:
        session: A session that reads.
        rules: What administrators set.
        at: The moment.
        is_now: Whoever is signed in counts, too.
    """
    if not rules.needs_rota:
        return True
    if rota.is_staffed(session, at) is not False:
        return True
    return is_now and is_somebody_signed_in(session)
