"""Recordings as people see them."""

from datetime import datetime

from sqlmodel import col, select

from hotline.tables import Recording
from hotline.views.reader import Reader, Shape


class RecordingShape(Shape):
    """One call's audio; left channel the caller, right the lawyer.

    `state` is recording, finished (complete), ready (hashed and encoded), failed or
    erased (the caller did not want to be recorded). `audio_url` is
    None while the call is still being recorded.
    """

    id: str
    call_id: str
    state: str
    seconds: float | None
    sha256: str | None
    media_type: str
    audio_url: str | None
    error: str | None
    started_at: datetime
    finished_at: datetime | None


class PeaksShape(Shape):
    """How loud both sides of a recording were, 0 to 100, `per_second` times a second."""

    per_second: int
    caller: list[int]
    lawyer: list[int]


def recording_shape(recording: Recording) -> RecordingShape:
    """One recording."""
    is_there = recording.state in ("finished", "ready")
    return RecordingShape(
        id=recording.id,
        call_id=recording.call_id,
        state=recording.state,
        seconds=recording.seconds,
        sha256=recording.sha256,
        media_type="audio/mpeg" if recording.encoded_path else "audio/wav",
        audio_url=f"/api/v1/recordings/{recording.id}/audio" if is_there else None,
        error=recording.error,
        started_at=recording.started_at,
        finished_at=recording.finished_at,
    )


def list_recordings(
    reader: Reader, *, limit: int, before: str | None = None
) -> list[RecordingShape]:
    """All recordings, newest first, from before an id on."""
    query = select(Recording).order_by(col(Recording.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Recording.id) < before)
    return [recording_shape(recording) for recording in reader.session.exec(query)]
