"""After the call: what live transcription missed is found in the recording and written down.

Where a better engine is set for the language (configuration kind `speech`), it then hears the whole
call anew; both versions stay. A job works for a while and then hands the rest of a long call on, so
that other jobs get a turn. Every utterance is written as soon as it is understood, and only if
nobody wrote it meanwhile: running a job twice, or two at once, adds nothing.

A transcript counts as complete only once every engine that is set for the call has heard its part.
A job whose engine is away fails and is tried again, soon at first and then ever more rarely.
"""

import logging
import wave
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, or_, select

from asr.after_call import Task, find_task, was_spoken, work
from asr.engine import EngineLostError
from asr.engines import Engines
from asr.inventory import choices
from asr.second_version import keep_first
from hotline.configuration import service as configuration
from hotline.errors import NotConfigured
from hotline.events import EventType
from hotline.house import House
from hotline.jobs import enqueue
from hotline.settings import Settings
from hotline.tables import Call, Recording
from hotline.transcripts.configuration import SpeechRules
from hotline.transcripts.rules import Source

log = logging.getLogger(__name__)

JOB = "asr.jobs.transcribe_missing"
SECOND_PASS_JOB = "asr.jobs.second_pass"  # noqa: S105 - the name of a job

# How long one job works before it hands the rest on.
_TURN = timedelta(seconds=120)

# How long after it was due an incomplete transcript is tried again: jobs get lost, and engines are
# away for hours sometimes. What is not there after three days stays in the recording.
_TRIED_AGAIN_AFTER_HOURS = (1, 2, 4, 8, 16, 32, 64)
_ONE_HOUR = timedelta(hours=1)

_UNREADABLE = "the audio cannot be read: its transcript is not complete"


def transcribe_missing(house: House, call_id: str, after_ms: int = 0) -> None:
    """Completes the transcript of a call that is over.

    A language for which no engine is set stays as it is. Of a recording that cannot be read the
    row says so.

    Args:
        house: The worker's house.
        call_id: The call.
        after_ms: Speech that begins earlier has been looked at by the job before this one.

    Raises:
        NotConfigured: An engine cannot be used; try again.
        EngineLostError: The machines of an engine are away; try again.
    """
    task = find_task(house, call_id, Source.AFTER_CALL)
    if task is None:
        return
    if _is_complete(house, task, _engines(house.settings, ""), JOB, after_ms):
        _mark_done(house, task)


def second_pass(house: House, call_id: str, after_ms: int = 0) -> None:
    """Transcribes the whole call anew with the better engine of its language.

    What was spoken in languages without a better engine is taken from the first transcript.

    Args:
        house: The worker's house.
        call_id: The call.
        after_ms: Speech that begins earlier has been looked at by the job before this one.

    Raises:
        NotConfigured: An engine cannot be used; try again.
        EngineLostError: The machines of an engine are away; try again.
    """
    task = find_task(house, call_id, Source.SECOND_PASS)
    better = _better_engines(house)
    if task is None or not task.languages & better.keys():
        return
    setting = ",".join(f"{language}={engine}" for language, engine in better.items())
    if _is_complete(house, task, _engines(house.settings, setting), SECOND_PASS_JOB, after_ms):
        _mark_second(house, task, better)


def sweep(house: House) -> None:
    """Sends again the jobs that got lost or came to nothing."""
    with house.database.reading() as session:
        first, second = _incomplete(session, house), _second_incomplete(session, house)
    for call_id in first:
        enqueue(None, house, JOB, {"call_id": call_id}, unique=call_id)
    for call_id in second:
        enqueue(None, house, SECOND_PASS_JOB, {"call_id": call_id}, unique=call_id)


def _incomplete(session: Session, house: House) -> Sequence[str]:
    """The calls whose transcript is not complete, and which are to be tried now."""
    query = select(Recording.call_id).where(
        Recording.state == "ready",
        col(Recording.transcribed_at).is_(None),
        _is_time(house, col(Recording.finished_at)),
    )
    return session.exec(query).all()


def _second_incomplete(session: Session, house: House) -> Sequence[str]:
    """The same of the second transcript, of calls in languages that have a better engine."""
    better = configuration.current(session, SpeechRules).second_pass
    if not better:
        return []
    query = select(Recording.call_id).where(
        Recording.state == "ready",
        col(Recording.second_pass_at).is_(None),
        _is_time(house, col(Recording.transcribed_at)),
        was_spoken(better.keys(), otherwise=house.settings.languages[0]),
    )
    return session.exec(query.join(Call)).all()


def _is_time(house: House, due_since: Mapped[datetime | None]) -> ColumnElement[bool]:
    """Whether one of the hours has come in which another attempt is made.

    Within such an hour the unique name of the job sees to it that it is one attempt.
    """
    now = house.clock.now()
    begins = [now - hours * _ONE_HOUR for hours in _TRIED_AGAIN_AFTER_HOURS]
    return or_(*((due_since <= begin) & (due_since > begin - _ONE_HOUR) for begin in begins))


def _is_complete(house: House, task: Task, engines: Engines, job: str, after_ms: int) -> bool:
    """Works for one turn; returns whether nothing is left to be done."""
    until = house.clock.now() + _TURN
    try:
        rest_ms = work(house, task, engines, after_ms=after_ms, until=until)
    except (NotConfigured, EngineLostError) as error:
        log.warning(
            "call is not transcribed", extra={"call_id": task.call_id, "remedy": str(error)}
        )
        raise
    except (OSError, EOFError, wave.Error):
        log.warning("recording cannot be read", extra={"call_id": task.call_id})
        _mark_unreadable(house, task)
        return False
    if rest_ms is None:
        return True
    enqueue(
        None,
        house,
        job,
        {"call_id": task.call_id, "after_ms": rest_ms},
        unique=f"{task.call_id}-{rest_ms}",
    )
    return False


def _mark_unreadable(house: House, task: Task) -> None:
    with house.database.session() as session:
        recording = session.get(Recording, task.recording_id)
        if recording is not None:
            recording.error = _UNREADABLE


def _mark_done(house: House, task: Task) -> None:
    with house.database.session() as session:
        recording = session.get(Recording, task.recording_id)
        if recording is None:
            return
        recording.transcribed_at = house.clock.now()
        recording.error = None
        better = configuration.current(session, SpeechRules).second_pass
        if task.languages & better.keys() and recording.second_pass_at is None:
            enqueue(session, house, SECOND_PASS_JOB, {"call_id": task.call_id}, unique=task.call_id)


def _mark_second(house: House, task: Task, better: Mapping[str, str]) -> None:
    with house.database.session() as session:
        recording = session.get(Recording, task.recording_id)
        if recording is None or recording.second_pass_at is not None:
            return
        keep_first(session, house, task.call_id, heard_anew=better.keys())
        recording.second_pass_at = house.clock.now()
        recording.error = None
        house.record(
            session,
            EventType.RECORDING_CHANGED,
            recording_id=recording.id,
            call_id=task.call_id,
            state=recording.state,
        )


def _better_engines(house: House) -> Mapping[str, str]:
    """The engine of the second pass by language, as HOTLINE_ASR_ENGINES writes engines."""
    with house.database.reading() as session:
        return configuration.current(session, SpeechRules).second_pass


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
