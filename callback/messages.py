"""Messages: what callers said to whoever will call them back.

A message is a recording of the call in which it was left, and the wish to be called back names it.
Who may hear it is in hotline.views.messages.
"""

from sqlmodel import Session

from callback.repository import open_of, tell
from hotline.house import House
from hotline.tables import Call, Callback, Caller


def attach(session: Session, house: House, call: Call, recording_id: str) -> Callback | None:
    """Puts the message with the caller's open wish; a later one takes the place of an earlier.

    Returns:
        The wish; None when it has ended in the meantime.
    """
    caller = session.get(Caller, call.caller_id) if call.caller_id else None
    callback = open_of(session, caller) if caller is not None else None
    if callback is not None:
        callback.message_id = recording_id
        session.add(callback)
        tell(session, house, callback)
    return callback
