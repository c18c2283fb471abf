"""Messages: what callers said to whoever will call them back.

A message is a recording of the call in which it was left, and the wish to be called back names it.
Who may hear it is in hotline.views.messages.
"""

from sqlmodel import Session

from callback.repository import open_of, tell, wish_of
from hotline.house import House
from hotline.tables import Call, Callback, Caller


def attach(
    session: Session,
    house: House,
    call: Call,
    recording_id: str,
    *,
    callback_id: str | None = None,
) -> Callback | None:
    """Puts the message with an open wish; a later one takes the place of an earlier.

    Args:
        session: The deed's session.
        house: The process's house.
        call: In which it is left.
        recording_id: Of the message.
        callback_id: The wish that the call has made, perhaps for a number that the caller typed;
            None for the wish of the number that calls.

    Returns:
        The wish; None when it has ended in the meantime.
    """
    callback = _wish(session, call, callback_id)
    if callback is not None:
        callback.message_id = recording_id
        session.add(callback)
        tell(session, house, callback)
    return callback


def _wish(session: Session, call: Call, callback_id: str | None) -> Callback | None:
    if callback_id is not None:
        callback = session.get(Callback, callback_id)
        return callback if callback is not None and wish_of(callback).is_open else None
    caller = session.get(Caller, call.caller_id) if call.caller_id else None
    return open_of(session, caller) if caller is not None else None
