"""After the call: what live transcription missed is found in the recording and written down.

A job works for a while and then hands the rest of a long call on, so that other jobs get a turn.
Every utterance is written as soon as it is understood, and only if nobody wrote it meanwhile:
running a job twice, or two at once, adds nothing.
"""

import logging
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from asr.engine import BYTES_PER_MS, Engine, Final, Recogniser
from asr.engines import Engines
from asr.inventory import choices
from asr.recording import CHANNELS, RecordingSide
from asr.segments import Span, Timeline, uncovered
from hotline.errors import NotConfigured
from hotline.house import House
from hotline.jobs import enqueue
from hotline.settings import Settings
from hotline.tables import Call, Recording
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import Source

log = logging.getLogger(__name__)

JOB = "asr.jobs.transcribe_missing"

# The recording states in which the audio is complete (recordings.states).
_COMPLETE = ("finished", "ready")

# Engines and voice detectors disagree about edges by up to this; a shorter remain is no speech.
_TOLERANCE_MS = 400
_LEAST_MS = 600
_LONGEST_MS = 12_000
# What an engine hears after the last voiced frame, so that the last consonant is whole.
_TAIL_MS = 300
_PIECE_BYTES = 500 * BYTES_PER_MS

# How long one job works before it hands the rest on.
_TURN = timedelta(seconds=120)

# A recording that nobody has transcribed so long after its end has lost its job.
_LOST_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Task:
    """One call to complete."""

    call_id: str
    recording_id: str
    language: str
    wav: Path


@dataclass(frozen=True, slots=True)
class _Stretch:
    span: Span
    speaker: str


def transcribe_missing(house: House, call_id: str, after_ms: int = 0) -> None:
    """Completes the transcript of a call that is over.

    A language without engine, or audio that cannot be read, leaves the transcript as it is.

    Args:
        house: The worker's house.
        call_id: The call.
        after_ms: Speech that begins earlier has been looked at by the job before this one.
    """
    task = _task(house, call_id)
    if task is None:
        return
    try:
        rest_ms = _complete(house, task, after_ms=after_ms)
    except NotConfigured as error:
        log.info("call is not transcribed", extra={"call_id": call_id, "remedy": str(error)})
        rest_ms = None
    except (OSError, wave.Error):
        log.warning("recording cannot be read", extra={"call_id": call_id})
        rest_ms = None
    if rest_ms is None:
        _mark_done(house, task)
        return
    enqueue(
        None,
        house,
        JOB,
        {"call_id": call_id, "after_ms": rest_ms},
        unique=f"{call_id}-{rest_ms}",
    )


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


def _task(house: House, call_id: str) -> _Task | None:
    with house.database.reading() as session:
        call = session.get(Call, call_id)
        query = select(Recording).where(
            Recording.call_id == call_id, col(Recording.state).in_(_COMPLETE)
        )
        recording = session.exec(query.order_by(col(Recording.id).desc())).first()
        if call is None or recording is None:
            return None
        return _Task(
            call_id,
            recording.id,
            call.language or house.settings.languages[0],
            house.settings.recordings_dir / recording.path,
        )


def _complete(house: House, task: _Task, *, after_ms: int) -> int | None:
    """Works for one turn; returns where the next one begins, None when all is done."""
    stretches = [stretch for stretch in _missing(house, task) if stretch.span.start_ms >= after_ms]
    if not stretches:
        return None
    engine = _engines(house.settings).of(task.language)
    until = house.clock.now() + _TURN
    listeners = {speaker: _Listener(engine, task, speaker) for speaker in CHANNELS}
    try:
        for stretch in stretches:
            if house.clock.now() >= until:
                return stretch.span.start_ms
            for final in listeners[stretch.speaker].hear(stretch.span):
                _store(house, task, engine, stretch.speaker, final)
    finally:
        for listener in listeners.values():
            listener.close()
    return None


def _missing(house: House, task: _Task) -> list[_Stretch]:
    """Speech that no segment accounts for, in the order in which it was spoken."""
    stretches: list[_Stretch] = []
    for speaker in CHANNELS:
        speech = RecordingSide(task.wav, speaker).speech(longest_ms=_LONGEST_MS)
        with house.database.reading() as session:
            known = _known(session, task.call_id, speaker)
        left = uncovered(speech, known, tolerance_ms=_TOLERANCE_MS, least_ms=_LEAST_MS)
        stretches += [_Stretch(span, speaker) for span in left]
    return sorted(stretches, key=lambda stretch: (stretch.span, stretch.speaker))


def _known(session: Session, call_id: str, speaker: str) -> Sequence[Span]:
    segments = transcripts.segments_of(session, call_id)
    return [Span(row.start_ms, row.end_ms) for row in segments if row.speaker == speaker]


class _Listener:
    """Gives stretches of one side to a recogniser and puts its times back on the recording."""

    def __init__(self, engine: Engine, task: _Task, speaker: str) -> None:
        self._recogniser: Recogniser = engine.open(task.language)
        self._side = RecordingSide(task.wav, speaker)
        self._timeline = Timeline()
        self._fed_bytes = 0

    def hear(self, span: Span) -> Iterator[Final]:
        """What is said in a stretch, on the recording's clock and inside the stretch."""
        self._timeline.jump(self._fed_bytes // BYTES_PER_MS, span.start_ms)
        pcm = self._side.audio(Span(span.start_ms, span.end_ms + _TAIL_MS))
        self._fed_bytes += len(pcm)
        for start in range(0, len(pcm), _PIECE_BYTES):
            yield from self._finals(
                self._recogniser.accept(pcm[start : start + _PIECE_BYTES]), span
            )
        yield from self._finals(self._recogniser.flush(), span)

    def close(self) -> None:
        """Gives the recogniser back."""
        self._recogniser.close()

    def _finals(self, heard: Sequence[object], span: Span) -> Iterator[Final]:
        for piece in heard:
            if isinstance(piece, Final):
                start = min(self._timeline.start(piece.start_ms), span.end_ms)
                end = max(start, min(self._timeline.end(piece.end_ms), span.end_ms))
                yield Final(piece.text, start, end, piece.confidence)


def _store(house: House, task: _Task, engine: Engine, speaker: str, final: Final) -> None:
    with house.database.session() as session:
        span = Span(final.start_ms, final.end_ms)
        known = _known(session, task.call_id, speaker)
        if not uncovered([span], known, tolerance_ms=0, least_ms=min(_LEAST_MS, span.length_ms)):
            return
        transcripts.add_segment(
            session,
            house,
            call_id=task.call_id,
            speaker=speaker,
            start_ms=final.start_ms,
            end_ms=final.end_ms,
            text=final.text,
            language=task.language,
            confidence=final.confidence,
            engine=engine.name,
            model=engine.model,
            source=Source.AFTER_CALL,
        )


def _mark_done(house: House, task: _Task) -> None:
    with house.database.session() as session:
        recording = session.get(Recording, task.recording_id)
        if recording is not None:
            recording.transcribed_at = house.clock.now()


def _engines(settings: Settings) -> Engines:
    """The process's engines: a worker that runs several jobs loads a model once."""
    key = (settings.asr_engines, settings.models_dir)
    if key not in _kept:
        _kept.clear()
        _kept[key] = Engines(choices(settings))
    return _kept[key]


_kept: dict[tuple[str, Path], Engines] = {}
