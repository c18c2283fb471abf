"""Messages that callers left instead of waiting, as staff hear and read them."""

from sqlmodel import Session, col, select

from hotline.tables import Callback, Offer, QueueEntry, Recording
from hotline.transcripts import service as transcripts
from hotline.views.reader import Reader, Shape
from hotline.views.words import redacted_texts

_HEARABLE = ("finished", "ready")

# Whoever hangs up right after the tone has left no message.
_SHORTEST_SECONDS = 1.0


class MessageShape(Shape):
    """A message: `audio_url` to hear it, and what was understood of it, numbers masked.

    `text` is empty where nothing was understood, or not yet.
    """

    recording_id: str
    call_id: str
    seconds: float
    audio_url: str
    text: str


def message_shape(reader: Reader, callback: Callback | None) -> MessageShape | None:
    """The message that goes with a wish to be called back.

    None while it is being spoken, where nothing was said, and after the caller refused to be
    recorded.
    """
    message_id = callback.message_id if callback is not None else None
    recording = reader.session.get(Recording, message_id) if message_id else None
    if recording is None or recording.state not in _HEARABLE:
        return None
    seconds = recording.seconds or 0.0
    if seconds < _SHORTEST_SECONDS:
        return None
    segments = transcripts.segments_of(reader.session, recording.call_id)
    return MessageShape(
        recording_id=recording.id,
        call_id=recording.call_id,
        seconds=seconds,
        audio_url=f"/api/v1/recordings/{recording.id}/audio",
        text=" ".join(redacted_texts(segments)),
    )


def may_hear_message(session: Session, lawyer_id: str, recording_id: str) -> bool:
    """Whether a recording is a message to this lawyer: the call back rings there, or was taken."""
    query = (
        select(Callback.id)
        .join(QueueEntry, col(QueueEntry.callback_id) == col(Callback.id))
        .join(Offer, col(Offer.entry_id) == col(QueueEntry.id))
        .where(
            col(Callback.message_id) == recording_id,
            col(Offer.lawyer_id) == lawyer_id,
            col(Offer.state).in_(("open", "accepted")),
        )
    )
    return session.exec(query).first() is not None
