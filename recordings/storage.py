"""Where recordings are, and what is known of each.

A recording's row is written before its audio begins. Files lie by day, ``2026/03/02/rec_....wav``
in the installation's time zone, readable by the service's user alone; the WAV is the truth, the
encoded copy beside it is for listening.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session, col, select

from hotline.database import after_commit
from hotline.errors import NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.ids import new_id
from hotline.jobs import enqueue
from hotline.settings import Settings
from hotline.tables import Call, Recording
from recordings.states import State
from recordings.wave_file import mend

FINISH_JOB = "recordings.jobs.finish"

_DIRECTORY_MODE = 0o700

# The engine writes every second. A file that rested this long after its call ended has no writer
# left; without the call's end as a witness it takes two minutes to be sure.
_RESTED = timedelta(seconds=5)
_LONG_RESTED = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Audio:
    """A file to listen to."""

    path: Path
    media_type: str
    size_bytes: int


def begin(session: Session, house: House, call_id: str) -> Recording:
    """Writes that a recording begins and makes its directory; the file is the engine's to make."""
    now = house.clock.now()
    recording_id = new_id("rec", house.clock)
    day = now.astimezone(house.settings.zone).strftime("%Y/%m/%d")
    recording = Recording(
        id=recording_id,
        call_id=call_id,
        state=State.RECORDING,
        path=f"{day}/{recording_id}.wav",
        started_at=now,
    )
    directory = absolute_path(house, recording).parent
    directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    session.add(recording)
    session.flush()
    record_change(session, house, recording)
    return recording


def finished(session: Session, house: House, recording_id: str, seconds: float) -> None:
    """Says that the audio is complete; hashing and encoding follow as a job. Twice is as once.

    Where the caller did not want to be recorded, the file is deleted instead.

    Raises:
        NotFound: There is no such recording.
    """
    recording = find(session, recording_id)
    if recording.state == State.ERASED:
        # The engine has closed the file only now.
        after_commit(session, lambda: remove_files(house, recording.path))
    if recording.state != State.RECORDING:
        return
    recording.state = State.FINISHED
    recording.seconds = seconds
    recording.finished_at = house.clock.now()
    record_change(session, house, recording)
    enqueue(session, house, FINISH_JOB, {"recording_id": recording.id}, unique=recording.id)


def failed(session: Session, house: House, recording_id: str, error: str) -> None:
    """Says that there is no audio and why.

    Raises:
        NotFound: There is no such recording.
    """
    recording = find(session, recording_id)
    recording.state = State.FAILED
    recording.error = error
    recording.finished_at = recording.finished_at or house.clock.now()
    record_change(session, house, recording)


def erase(session: Session, house: House, call_id: str) -> None:
    """Deletes the call's audio and all that was made of it, because the caller wishes so.

    The rows stay and say so. A file that the engine still writes is deleted now, which takes it
    from everybody's sight, and again by `finished`. Idempotent.
    """
    for recording in of_call(session, call_id):
        path = recording.path
        after_commit(session, partial(remove_files, house, path))
        if recording.state == State.ERASED:
            continue
        recording.state = State.ERASED
        recording.sha256 = recording.encoded_path = recording.seconds = recording.error = None
        recording.finished_at = recording.finished_at or house.clock.now()
        record_change(session, house, recording)


def remove_files(house: House, relative: str) -> None:
    """Deletes a recording's WAV and what was made of it, as far as they are there."""
    wav = inside(house.settings, relative)
    for path in wav.parent.glob(f"{wav.stem}.*"):
        path.unlink(missing_ok=True)


def finish_orphans(session: Session, house: House) -> int:
    """Finishes recordings whose engine died, with the audio that reached the disk.

    Returns:
        How many there were.
    """
    rows = session.exec(
        select(Recording, Call)
        .join(Call, col(Call.id) == col(Recording.call_id))
        .where(Recording.state == State.RECORDING)
    ).all()
    orphans = [recording for recording, call in rows if _has_no_writer(house, recording, call)]
    for recording in orphans:
        try:
            finished(session, house, recording.id, mend(absolute_path(house, recording)))
        except (OSError, ValueError):
            failed(session, house, recording.id, "no audio reached the disk")
    return len(orphans)


def find(session: Session, recording_id: str) -> Recording:
    """The recording.

    Raises:
        NotFound: There is no such recording.
    """
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound(f"There is no recording {recording_id}.")
    return recording


def of_call(session: Session, call_id: str) -> Sequence[Recording]:
    """The call's recordings, oldest first; nearly always one."""
    query = select(Recording).where(Recording.call_id == call_id)
    return session.exec(query.order_by(col(Recording.id))).all()


def absolute_path(house: House, recording: Recording) -> Path:
    """Where the recording's WAV is, or will be."""
    return inside(house.settings, recording.path)


def open_audio(house: House, recording: Recording) -> Audio:
    """The file to listen to: the encoded copy once there is one, the WAV until then.

    Raises:
        NotFound: The files are not there.
    """
    for relative, media_type in (
        (recording.encoded_path, "audio/mpeg"),
        (recording.path, "audio/wav"),
    ):
        path = inside(house.settings, relative) if relative else None
        if path is not None and path.is_file():
            return Audio(path, media_type, path.stat().st_size)
    raise NotFound(f"The audio of recording {recording.id} is not on this machine.")


def record_change(session: Session, house: House, recording: Recording) -> None:
    """Tells of the recording's new state."""
    house.record(
        session,
        EventType.RECORDING_CHANGED,
        recording_id=recording.id,
        call_id=recording.call_id,
        state=recording.state,
    )


def inside(settings: Settings, relative: str) -> Path:
    """A path of the recordings directory.

    Raises:
        NotFound: The path would lead outside.
    """
    root = settings.recordings_dir.absolute()
    path = (root / relative).resolve()
    if not path.is_relative_to(root.resolve()):
        raise NotFound("A recording's path leads outside the recordings directory.")
    return path


def _has_no_writer(house: House, recording: Recording, call: Call) -> bool:
    try:
        modified = absolute_path(house, recording).stat().st_mtime
    except OSError:
        touched_at = recording.started_at
    else:
        touched_at = datetime.fromtimestamp(modified, UTC)
    rested = house.clock.now() - touched_at
    return rested >= (_LONG_RESTED if call.ended_at is None else _RESTED)
