"""After the call: what live transcription missed is found in the recording and written down.

Where a better engine is set for the language (configuration kind `speech`), it then hears the whole
call anew; both versions stay. A job works for a while and then hands the rest of a long call on, so
that other jobs get a turn. Every utterance is written as soon as it is understood, and only if
nobody wrote it meanwhile: running a job twice, or two at once, adds nothing.
"""

import logging
import wave
from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select

from asr.after_call import Task, find_task, work
from asr.engine import EngineLostError
from asr.engines import Engines
from asr.inventory import choices
from hotline.configuration import service as configuration
from hotline.errors import NotConfigured
from hotline.events import EventType
from hotline.house import House
from hotline.jobs import enqueue
from hotline.settings import Settings
from hotline.tables import Recording
from hotline.transcripts.configuration import SpeechRules
from hotline.transcripts.rules import Source

log = logging.getLogger(__name__)

JOB = "asr.jobs.transcribe_missing"
SECOND_PASS_JOB = "asr.jobs.second_pass"  # noqa: S105 - the name of a job

# How long one job works before it hands the rest on.
_TURN = timedelta(seconds=120)

# A recording that nobody has transcribed so long after its end has lost its job.
_LOST_AFTER = timedelta(hours=1)


def transcribe_missing(house: House, call_id: str, after_ms: int = 0) -> None:
    """Completes the transcript of a call that is over.

    A language without engine, or audio that cannot be read, leaves the transcript as it is.

    Args:
        house: The worker's house.
        call_id: The call.
        after_ms: Speech that begins earlier has been looked at by the job before this one.
    """
    task = find_task(house, call_id, Source.AFTER_CALL)
    if task is None:
        return
    if not _hand_on(house, task, _engines(house.settings, ""), JOB, after_ms):
        _mark_done(house, task)


def second_pass(house: House, call_id: str, after_ms: int = 0) -> None:
    """Transcribes the whole call anew with the better engine of its language.

    Args:
        house: The worker's house.
        call_id: The call.
        after_ms: Speech that begins earlier has been looked at by the job before this one.
    """
    task = find_task(house, call_id, Source.SECOND_PASS)
    setting = _second_engines(house)
    if task is None or not setting:
        return
    engines = _engines(house.settings, setting)
    if not engines.has(task.language):
        log.info("second pass has no engine", extra={"language": task.language})
        return
    if not _hand_on(house, task, engines, SECOND_PASS_JOB, after_ms):
        _mark_second(house, task)


def sweep(house: House) -> None:
    """Sends again the jobs that got lost."""
    with house.database.session() as session:
        lost = session.exec(
            select(Recording).where(
                Recording.state == "ready",
                col(Recording.transcribed_at).is_(None),
                col(Recording.finished_at) < house.clock.now() - _LOST_AFTER,
            )
        ).all()
        for recording in lost:
            enqueue(session, house, JOB, {"call_id": recording.call_id}, unique=recording.call_id)


def _hand_on(house: House, task: Task, engines: Engines, job: str, after_ms: int) -> bool:
    """Works for one turn; returns whether another job does the rest."""
    until = house.clock.now() + _TURN
    try:
        rest_ms = work(house, task, engines, after_ms=after_ms, until=until)
    except (NotConfigured, EngineLostError) as error:
        log.info("call is not transcribed", extra={"call_id": task.call_id, "remedy": str(error)})
        return False
    except (OSError, wave.Error):
        log.warning("recording cannot be read", extra={"call_id": task.call_id})
        return False
    if rest_ms is None:
        return False
    enqueue(
        None,
        house,
        job,
        {"call_id": task.call_id, "after_ms": rest_ms},
        unique=f"{task.call_id}-{rest_ms}",
    )
    return True


def _mark_done(house: House, task: Task) -> None:
    with house.database.session() as session:
        recording = session.get(Recording, task.recording_id)
        if recording is None:
            return
        recording.transcribed_at = house.clock.now()
        rules = configuration.current(session, SpeechRules)
        if task.language in rules.second_pass and recording.second_pass_at is None:
            enqueue(session, house, SECOND_PASS_JOB, {"call_id": task.call_id}, unique=task.call_id)


def _mark_second(house: House, task: Task) -> None:
    with house.database.session() as session:
        recording = session.get(Recording, task.recording_id)
        if recording is None:
            return
        recording.second_pass_at = house.clock.now()
        house.record(
            session,
            EventType.RECORDING_CHANGED,
            recording_id=recording.id,
            call_id=task.call_id,
            state=recording.state,
        )


def _second_engines(house: House) -> str:
    """The second pass's engines, written as HOTLINE_ASR_ENGINES is."""
    with house.database.reading() as session:
        rules = configuration.current(session, SpeechRules)
    return ",".join(f"{language}={engine}" for language, engine in rules.second_pass.items())


def _engines(settings: Settings, setting: str) -> Engines:
    """The process's engines: a worker that runs several jobs loads a model once."""
    key = (setting or settings.asr_engines, settings.models_dir)
    if key not in _kept:
        while len(_kept) > 1:
            _kept.pop(next(iter(_kept)))
        _kept[key] = Engines(choices(settings, setting))
    return _kept[key]


# Those of the first pass and those of the second.
_kept: dict[tuple[str, Path], Engines] = {}
