"""Call-back requests, as staff see them and as the citizen who asked does."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.queueing.service import positions_of_callbacks
from hotline.tables import Callback
from hotline.views.messages import MessageShape, message_shapes
from hotline.views.reader import Reader, Shape


class CallbackShape(Shape):
    """One wish to be called back.

    `state` is waiting, dialling, connected, cancelled, exhausted or superseded; `source` is key,
    hours, web, lost, abandoned or message; `message` is what the caller said to whoever will call
    back; `closed_reason` is connected, cancelled, exhausted,
    called_again (the person called and was served) or line_failed (dialling failed on our side
    again and again). `number` is masked unless the reader's role
    shows numbers.
    `position` is the place in the queue now, 1 is next in the language; None while it is not due.
    """

    id: str
    state: str
    source: str
    number: str | None
    language: str
    topic: str | None
    window_from: datetime | None
    window_to: datetime | None
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: int
    last_result: str | None
    closed_at: datetime | None
    closed_reason: str | None
    placed_at: datetime
    position: int | None
    message: MessageShape | None = None


def callback_shapes(reader: Reader, callbacks: Sequence[Callback]) -> list[CallbackShape]:
    """Requests as this reader sees them, in the order given."""
    numbers = reader.numbers(callback.caller_id for callback in callbacks)
    is_open = any(callback.state == "waiting" for callback in callbacks)
    messages = message_shapes(reader, callbacks)
    places = positions_of_callbacks(reader.session, reader.house) if is_open else {}
    return [
        _shape(
            callback,
            numbers.get(callback.caller_id),
            places.get(callback.id),
            messages.get(callback.id),
        )
        for callback in callbacks
    ]


def callback_shape(reader: Reader, callback: Callback) -> CallbackShape:
    """One request as this reader sees it."""
    return callback_shapes(reader, [callback])[0]


def list_callbacks(
    reader: Reader,
    *,
    limit: int,
    before: str | None = None,
    state: str | None = None,
    source: str | None = None,
) -> list[CallbackShape]:
    """Requests, newest first, from before an id on."""
    query = select(Callback).order_by(col(Callback.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Callback.id) < before)
    if state is not None:
        query = query.where(col(Callback.state) == state)
    if source is not None:
        query = query.where(col(Callback.source) == source)
    return callback_shapes(reader, reader.session.exec(query).all())


def _shape(
    callback: Callback, number: str | None, position: int | None, message: MessageShape | None
) -> CallbackShape:
    return CallbackShape(
        id=callback.id,
        state=callback.state,
        source=callback.source,
        number=number,
        language=callback.language,
        topic=callback.topic,
        window_from=callback.window_from,
        window_to=callback.window_to,
        created_at=callback.created_at,
        next_attempt_at=callback.next_attempt_at if callback.state == "waiting" else None,
        attempts=callback.attempts,
        last_result=callback.last_result,
        closed_at=callback.closed_at,
        closed_reason=callback.closed_reason,
        placed_at=callback.placed_at,
        position=position,
        message=message,
    )
