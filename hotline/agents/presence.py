"""Whether a duty lawyer's page is there, and what coming and going does to the lawyer's state."""

from sqlmodel import Session

from hotline.agents.rules import LawyerState, Reason
from hotline.agents.service import change
from hotline.house import House
from hotline.tables import Lawyer

# Lost for these, a lawyer is available again as soon as the page shows that it is there.
_MENDED_BY_THE_PAGE = (Reason.CONNECTION_LOST, Reason.UNACKNOWLEDGED)


def connected(session: Session, house: House, lawyer_id: str) -> None:
    """A page of the lawyer's has come (again)."""
    lawyer = session.get(Lawyer, lawyer_id)
    if lawyer is None:
        return
    lawyer.connected_at, lawyer.disconnected_at = house.clock.now(), None
    mend(session, house, lawyer)


def mend(session: Session, house: House, lawyer: Lawyer) -> None:
    """The page has come anew, or shown an offer after all: who was lost for want of it is back.

    A page that is merely still connected proves nothing: a frozen one is, and would lose each
    caller anew. Who was lost with a call's audio asks for the next caller.
    """
    if lawyer.state != LawyerState.LOST or lawyer.state_reason not in _MENDED_BY_THE_PAGE:
        return
    reason = Reason.CONNECTION_BACK.value
    change(session, house, lawyer, LawyerState.AVAILABLE, by="system", reason=reason)


def disconnected(session: Session, house: House, lawyer_id: str) -> None:
    """The lawyer's last page is gone; the dispatcher counts the grace from here."""
    lawyer = session.get(Lawyer, lawyer_id)
    if lawyer is not None and lawyer.disconnected_at is None:
        lawyer.disconnected_at = house.clock.now()
