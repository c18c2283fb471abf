"""Recordings: the list, and listening, which leaves a trace."""

from pathlib import Path

from fastapi.responses import FileResponse

from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from hotline.calls import service as calls
from hotline.errors import Conflict, NotFound
from hotline.settings import Settings
from hotline.tables import Recording
from hotline.views.access import WATCHERS, has_role, require_role
from hotline.views.messages import may_hear_message
from hotline.views.reader import Reader, leave_trace
from hotline.views.recordings import (
    PeaksShape,
    RecordingShape,
    list_recordings,
    recording_shape,
)
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy
from recordings import waveform

router = Router(prefix="/recordings", tags=["recordings"])


@router.get("")
def get_recordings(
    reader: ReadBy, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[RecordingShape]:
    """Recordings, newest first; for supervisors."""
    require_role(reader.signed_in, WATCHERS)
    rows = list_recordings(reader, limit=limit + 1, before=cursor)
    return page(rows, [row.id for row in rows], limit=limit)


@router.get("/{recording_id}")
def get_recording(recording_id: str, reader: ReadBy) -> RecordingShape:
    """One recording: supervisors, the lawyer of the call, and who calls back for a message."""
    return recording_shape(_heard(reader, recording_id))


@router.get(
    "/{recording_id}/audio",
    response_class=FileResponse,
    responses={
        206: {"description": "The asked-for range."},
        416: {"description": "No such range."},
    },
)
def get_audio(recording_id: str, reader: ReadBy) -> FileResponse:
    """The audio, MP3 when it has been encoded, else WAV; left the caller, right the lawyer.

    Takes ranges. Every request is written to the audit trail.
    """
    recording = _heard(reader, recording_id)
    path, media_type = _file(reader.house.settings, recording)
    leave_trace(reader, "recording.listened", recording.id)
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": "private, no-store"})


@router.get("/{recording_id}/peaks")
def get_peaks(recording_id: str, reader: ReadBy) -> PeaksShape:
    """The shape of the audio, to draw it without fetching it. Nothing is heard: no trace is left.

    404 until the recording is ready.
    """
    recording = _heard(reader, recording_id)
    path = _inside(reader.house.settings, recording.path)
    path = path.with_suffix(waveform.SUFFIX) if path is not None else None
    if recording.state != "ready" or path is None or not path.is_file():
        raise NotFound(f"Recording {recording_id} has not been drawn.")
    return PeaksShape.model_validate_json(path.read_bytes())


def _heard(reader: Reader, recording_id: str) -> Recording:
    """The recording, if this reader may listen to it.

    Raises:
        NotFound: There is none, or they may not know of it.
    """
    recording = reader.session.get(Recording, recording_id)
    if recording is not None:
        call = calls.find(reader.session, recording.call_id)
        user = reader.signed_in
        if call.lawyer_id == user.id or has_role(user, WATCHERS):
            return recording
        if may_hear_message(reader.session, user.id, recording_id):
            return recording
    raise NotFound(f"There is no recording {recording_id}.")


def _file(settings: Settings, recording: Recording) -> tuple[Path, str]:
    """The best file there is.

    Raises:
        Conflict: The call is still being recorded.
        NotFound: The file is gone.
    """
    if recording.state == "recording":
        raise Conflict("The call is still being recorded.")
    for name, media_type in (
        (recording.encoded_path, "audio/mpeg"),
        (recording.path, "audio/wav"),
    ):
        path = _inside(settings, name)
        if path is not None and path.is_file():
            return path, media_type
    raise NotFound(f"The audio of recording {recording.id} is no longer there.")


def _inside(settings: Settings, name: str | None) -> Path | None:
    """The file of this name among the recordings; None for one elsewhere, or without a name."""
    root = settings.recordings_dir.resolve()
    path = (root / name).resolve() if name else None
    return path if path is not None and path.is_relative_to(root) else None
