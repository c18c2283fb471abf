"""Messages that callers left instead of waiting, as staff hear and read them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hotline.tables import Callback, Offer, QueueEntry, Recording, Segment
from hotline.transcripts import service as transcripts
from hotline.transcripts.repository import segments_of_calls
from hotline.transcripts.rules import Source, Version
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
    callbacks = [callback] if callback is not None else []
    return next(iter(message_shapes(reader, callbacks).values()), None)


def message_shapes(reader: Reader, callbacks: Sequence[Callback]) -> dict[str, MessageShape]:
    """The messages that go with wishes to be called back, by wish; those that have none are out."""
    wanted = {one.message_id: one.id for one in callbacks if one.message_id is not None}
    if not wanted:
        return {}
    query = select(Recording).where(
        col(Recording.id).in_(wanted),
        col(Recording.state).in_(_HEARABLE),
        col(Recording.seconds) >= _SHORTEST_SECONDS,
    )
    recordings = reader.session.exec(query).all()
    texts = _texts(reader.session, [recording.call_id for recording in recordings])
    return {
        wanted[recording.id]: MessageShape(
            recording_id=recording.id,
            call_id=recording.call_id,
            seconds=recording.seconds or 0.0,
            audio_url=f"/api/v1/recordings/{recording.id}/audio",
            text=texts.get(recording.call_id, ""),
        )
        for recording in recordings
    }


def _texts(session: Session, call_ids: Sequence[str]) -> dict[str, str]:
    """What was understood of calls at best, numbers masked, by call."""
    best = transcripts.best_versions(session, call_ids)
    found: dict[str, list[Segment]] = {}
    for segment in segments_of_calls(session, call_ids):
        is_second = segment.source == Source.SECOND_PASS
        if is_second is (best[segment.call_id] is Version.SECOND):
            found.setdefault(segment.call_id, []).append(segment)
    return {call_id: " ".join(redacted_texts(rows)) for call_id, rows in found.items()}


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
