"""Listening to a call's recording after the call: whose speech it is, and in which language."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, String, cast, exists, func, or_
from sqlmodel import Session, col, select

from asr.engine import BYTES_PER_MS, Engine, EngineLostError, Final, Recogniser, Word
from asr.engines import Engines
from asr.normalise import normalise, plain
from asr.recording import CHANNELS, RecordingSide
from asr.segments import Span, Timeline, uncovered
from hotline.errors import NotConfigured
from hotline.house import House
from hotline.tables import Call, Recording, SpeechStream
from hotline.transcripts import repository, service as transcripts
from hotline.transcripts.rules import Purpose, Source

# The recording states in which the audio is complete (recordings.states).
_COMPLETE = ("finished", "ready")

# Engines and voice detectors disagree about edges by up to this; a shorter remain is no speech.
_TOLERANCE_MS = 400
_LEAST_MS = 600
_LONGEST_MS = 12_000
# What an engine hears after the last voiced frame, so that the last consonant is whole.
_TAIL_MS = 300
_PIECE_BYTES = 500 * BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Task:
    """One call to transcribe.

    Attributes:
        language: Which was spoken at the beginning.
        changes: Per speaker, (from_ms, language) where it was changed during the call.
        source: after_call fills what live transcription missed; second_pass hears all anew.
    """

    call_id: str
    recording_id: str
    language: str
    wav: Path
    changes: dict[str, list[tuple[int, str]]]
    source: Source = Source.AFTER_CALL

    @property
    def languages(self) -> set[str]:
        """All that were spoken."""
        changed = (language for changes in self.changes.values() for _, language in changes)
        return {self.language, *changed}

    def language_at(self, speaker: str, position_ms: int) -> str:
        """What a side speaks at a place of the recording."""
        changes = self.changes.get(speaker, [])
        place = bisect_right(changes, position_ms, key=lambda change: change[0])
        return changes[place - 1][1] if place else self.language


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech of one side that is not written yet."""

    span: Span
    speaker: str
    language: str


def find_task(house: House, call_id: str, source: Source) -> Task | None:
    """The call's recording, once it is complete; None when there is none."""
    with house.database.reading() as session:
        call = session.get(Call, call_id)
        query = select(Recording).where(
            Recording.call_id == call_id, col(Recording.state).in_(_COMPLETE)
        )
        recording = session.exec(query.order_by(col(Recording.id).desc())).first()
        if call is None or recording is None:
            return None
        return Task(
            call_id,
            recording.id,
            call.language or house.settings.languages[0],
            house.settings.recordings_dir / recording.path,
            changes=_changes(session, call_id),
            source=source,
        )


def was_spoken(languages: Collection[str], *, otherwise: str) -> ColumnElement[bool]:
    """Whether any of the languages was spoken in a call, be it from the middle on.

    What `Task.languages` says of one call, for queries that look for calls among many.

    Args:
        languages: At least one.
        otherwise: What is spoken in a call of which nothing else is known.
    """
    changes = cast(col(SpeechStream.languages), String)
    changed = exists().where(
        col(SpeechStream.call_id) == col(Call.id),
        col(SpeechStream.purpose) == Purpose.TRANSCRIPT.value,
        or_(*(changes.contains(f'"{language}"', autoescape=True) for language in languages)),
    )
    first = func.coalesce(func.nullif(col(Call.language), ""), otherwise)
    return or_(first.in_(languages), changed)


def work(
    house: House, task: Task, engines: Engines, *, after_ms: int, until: datetime
) -> int | None:
    """Writes what is not written yet.

    Languages for which no engine is set are left out. Where the engine of one cannot be had, the
    others are written all the same.

    Args:
        house: The worker's house.
        task: What to work on.
        engines: What may be listened with.
        after_ms: Speech that begins earlier has been looked at.
        until: When to stop.

    Returns:
        Where to go on; None when all is done.

    Raises:
        NotConfigured: An engine cannot be used; the same again finds what is left.
        EngineLostError: The machines of an engine are away; likewise.
        OSError: The recording cannot be read.
        EOFError: It is empty.
        wave.Error: It is not one of ours.
    """
    failed: dict[str, NotConfigured | EngineLostError] = {}
    rest_ms: int | None = None
    with closing(_Listeners(task, engines)) as listeners:
        for stretch in _missing(house, task):
            if stretch.span.start_ms < after_ms or not engines.is_set(stretch.language):
                continue
            if house.clock.now() >= until:
                rest_ms = stretch.span.start_ms
                break
            if stretch.language in failed:
                continue
            try:
                listener = listeners.of(stretch)
                for final in listener.hear(stretch.span):
                    _store(house, task, listener.engine, stretch, final)
            except (NotConfigured, EngineLostError) as error:
                failed[stretch.language] = error
    if failed:
        raise next(iter(failed.values()))
    return rest_ms


def _changes(session: Session, call_id: str) -> dict[str, list[tuple[int, str]]]:
    changes: dict[str, list[tuple[int, str]]] = {}
    for stream in repository.streams_of(session, call_id):
        for from_ms, language in stream.languages or ():
            changes.setdefault(stream.speaker, []).append((int(from_ms), str(language)))
    return {speaker: sorted(found) for speaker, found in changes.items()}


def _missing(house: House, task: Task) -> list[Stretch]:
    """Speech that no segment accounts for, in the order in which it was spoken."""
    stretches: list[Stretch] = []
    for speaker in CHANNELS:
        speech = RecordingSide(task.wav, speaker).speech(longest_ms=_LONGEST_MS)
        with house.database.reading() as session:
            known = _known(session, task, speaker)
        left = uncovered(speech, known, tolerance_ms=_TOLERANCE_MS, least_ms=_LEAST_MS)
        stretches += [
            Stretch(span, speaker, task.language_at(speaker, span.start_ms)) for span in left
        ]
    return sorted(stretches, key=lambda stretch: (stretch.span, stretch.speaker))


def _known(session: Session, task: Task, speaker: str) -> Sequence[Span]:
    is_second = task.source is Source.SECOND_PASS
    return [
        Span(row.start_ms, row.end_ms)
        for row in repository.segments_of(session, task.call_id)
        if row.speaker == speaker and (row.source == Source.SECOND_PASS) is is_second
    ]


class _Listeners:
    """The listeners of a task, one for each side and language."""

    def __init__(self, task: Task, engines: Engines) -> None:
        self._task = task
        self._engines = engines
        self._open: dict[tuple[str, str], _Listener] = {}

    def of(self, stretch: Stretch) -> "_Listener":
        """Whoever hears a stretch."""
        key = (stretch.speaker, stretch.language)
        if key not in self._open:
            engine = self._engines.of(stretch.language)
            self._open[key] = _Listener(engine, self._task, stretch)
        return self._open[key]

    def close(self) -> None:
        """Gives all of them back."""
        for listener in self._open.values():
            listener.close()


class _Listener:
    """Gives stretches of one side to a recogniser and puts its times back on the recording."""

    def __init__(self, engine: Engine, task: Task, stretch: Stretch) -> None:
        self.engine = engine
        self._recogniser: Recogniser = engine.open(stretch.language)
        self._side = RecordingSide(task.wav, stretch.speaker)
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
                words = tuple(self._moved(word) for word in piece.words)
                yield Final(
                    piece.text, start, end, piece.confidence, words, piece.engine, piece.model
                )

    def _moved(self, word: Word) -> Word:
        start, end = self._timeline.start(word.start_ms), self._timeline.end(word.end_ms)
        return Word(word.text, start, end, word.confidence)


def _store(house: House, task: Task, engine: Engine, stretch: Stretch, final: Final) -> None:
    written = normalise(
        final.text, language=stretch.language, words=final.words, has_marks=engine.sets_marks
    )
    with house.database.session() as session:
        span = Span(final.start_ms, final.end_ms)
        known = _known(session, task, stretch.speaker)
        if not uncovered([span], known, tolerance_ms=0, least_ms=min(_LEAST_MS, span.length_ms)):
            return
        transcripts.add_segment(
            session,
            house,
            call_id=task.call_id,
            speaker=stretch.speaker,
            start_ms=final.start_ms,
            end_ms=final.end_ms,
            text=written,
            language=stretch.language,
            confidence=final.confidence,
            engine=final.engine or engine.name,
            model=final.model or engine.model,
            source=task.source,
            raw=final.text if written != final.text else None,
            words=plain(final.words),
        )
