"""What happens to a recording after the call: mended, hashed, encoded, handed on."""

import logging
from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select

from hotline.house import House
from hotline.jobs import enqueue
from hotline.tables import Recording
from recordings import storage, transcode, waveform
from recordings.states import State
from recordings.wave_file import mend, sha256

log = logging.getLogger(__name__)

# By name: capabilities do not import each other.
_TRANSCRIBE_JOB = "asr.jobs.transcribe_missing"

# A finished recording that nothing happened to for so long has lost its job.
_LOST_AFTER = timedelta(seconds=90)


# A call does not last longer, nor does a worker stay away.
_REMEMBERED = timedelta(days=7)


def finish(house: House, recording_id: str) -> None:
    """Makes a finished recording ready: header, SHA-256, mp3, peaks; then its transcript follows.

    Twice is as once. A recording without audio becomes failed.

    Raises:
        NotFound: There is no such recording.
        transcode.EncodingError: The encoder refused; try again.
    """
    with house.database.reading() as session:
        recording = storage.find(session, recording_id)
        is_open, wav = recording.state == State.FINISHED, storage.absolute_path(house, recording)
    if not is_open:
        return
    try:
        seconds = mend(wav)
        digest = sha256(wav)
    except (OSError, ValueError):
        log.error("recording has no audio", extra={"recording_id": recording_id})
        with house.database.session() as session:
            storage.failed(session, house, recording_id, "the audio file cannot be read")
        return
    encoded = wav.with_suffix(transcode.SUFFIX)
    transcode.encode(wav, encoded)
    waveform.write_peaks(wav, wav.with_suffix(waveform.SUFFIX))
    _store(house, recording_id, encoded=encoded, digest=digest, seconds=seconds)


def sweep(house: House) -> None:
    """Finishes what dead processes left, and sends again the jobs that got lost.

    Whatever a process left of audio that nobody may keep is deleted, too.
    """
    _remove_erased(house)
    with house.database.session() as session:
        orphans = storage.finish_orphans(session, house)
        lost_before = house.clock.now() - _LOST_AFTER
        lost = session.exec(
            select(Recording).where(
                Recording.state == State.FINISHED, col(Recording.finished_at) < lost_before
            )
        ).all()
        for recording in lost:
            enqueue(
                session,
                house,
                storage.FINISH_JOB,
                {"recording_id": recording.id},
                unique=recording.id,
            )
    if orphans:
        log.warning("recordings of a dead process were finished", extra={"recordings": orphans})


def _remove_erased(house: House) -> None:
    """Deletes again: a process may have died between the row and the file."""
    since = house.clock.now() - _REMEMBERED
    with house.database.reading() as session:
        query = select(Recording.path).where(
            Recording.state == State.ERASED, col(Recording.started_at) > since
        )
        paths = session.exec(query).all()
    for path in paths:
        storage.remove_files(house, path)


def _store(house: House, recording_id: str, *, encoded: Path, digest: str, seconds: float) -> None:
    root = house.settings.recordings_dir.resolve()
    with house.database.session() as session:
        recording = storage.find(session, recording_id)
        if recording.state == State.ERASED:
            # The caller's wish came while the audio was being encoded.
            storage.remove_files(house, recording.path)
            return
        recording.state = State.READY
        recording.sha256 = digest
        recording.seconds = seconds
        recording.encoded_path = encoded.resolve().relative_to(root).as_posix()
        recording.error = None
        storage.record_change(session, house, recording)
        enqueue(
            session,
            house,
            _TRANSCRIBE_JOB,
            {"call_id": recording.call_id},
            unique=recording.call_id,
        )
