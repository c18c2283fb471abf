"""What callers answer to questions of the menus: told to the call's flow, and kept nowhere."""

from sqlmodel import Session

from hotline.house import House
from hotline.tables.calls import Call
from hotline.transcripts import repository


def hand_words(session: Session, house: House, *, stream_id: int, text: str) -> None:
    """Tells the call's flow what the caller answered; nothing of it is stored.

    Words of a stream that is closed, and of who does not want to be recorded, are told nobody.

    Raises:
        NotFound: There is no such stream.
    """
    row = repository.stream(session, stream_id)
    call = session.get(Call, row.call_id)
    is_refused = call is not None and call.recording_refused_at is not None
    if row.closed_at is None and not is_refused:
        house.bus.hand_over(words_box(stream_id), text)


def words_box(stream_id: int) -> str:
    """Where on the bus the words of a stream are picked up."""
    return f"words:{stream_id}"
