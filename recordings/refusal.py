"""A caller who does not want to be recorded: on record, and nothing of the call is kept."""

from sqlmodel import Session

from hotline.calls import refusal
from hotline.house import House
from hotline.tables import Call, User
from recordings import storage


def refuse(session: Session, house: House, call_id: str, *, by: User | None) -> Call:
    """Writes the refusal down and deletes words and audio of the call. Idempotent.

    A recording that still runs is stopped by the telephone's side; its file is gone already.

    Args:
        session: The deed's session.
        house: The process's house.
        call_id: The call; it may have ended already.
        by: The lawyer whom the caller told; None for the caller's own key.

    Raises:
        NotFound: There is no such call.
    """
    call = refusal.refuse(session, house, call_id, by=by)
    storage.erase(session, house, call_id)
    return call
