"""What becomes of one side's words: final ones and gaps are stored, partial ones told."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from asr.desk import Desk
from asr.ear import Missed, Note, Said
from asr.engine import Engine
from asr.normalise import normalise, normalise_partial, plain
from hotline.transcripts import service as transcripts
from hotline.transcripts.answers import hand_words
from hotline.transcripts.rules import StreamState

# Less than this was not missed, it is how long a stream takes to begin.
_TELL_MS = 2000
# What a process that died can have had in its hands.
_IN_HAND_MS = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows of a side when its first datagram comes.

    Attributes:
        age_ms: How long ago the stream was opened.
        known_until_ms: Where its last stored words end on the recording's clock.
        is_resumed: An earlier process has listened to it.
        is_question: The words answer a question of the menus: they are told and kept nowhere.
    """

    stream: int
    call_id: str
    speaker: str
    language: str
    age_ms: int = 0
    known_until_ms: int = 0
    is_resumed: bool = False
    is_question: bool = False

    def missed_before(self, position_ms: int) -> list[Note]:
        """What was said between the stream's opening and our first frame, if we came late."""
        start = max(self.known_until_ms, position_ms - self.age_ms)
        if self.is_resumed:
            start = max(start, position_ms - _IN_HAND_MS)
        return [Missed(start, position_ms)] if position_ms - start >= _TELL_MS else []


class Scribe:
    """Writes down one side of a call."""

    def __init__(self, facts: Facts, desk: Desk) -> None:
        self._facts = facts
        self._desk = desk

    def write(
        self, notes: Sequence[Note], language: str, engine: Engine | None, *, with_partials: bool
    ) -> None:
        """Has notes stored or told.

        Args:
            notes: What the ear has heard or missed.
            language: What it listened for.
            engine: With what it listened.
            with_partials: Whether words are told that are not final.
        """
        if self._facts.is_question:
            self._tell_answer(notes, language, engine)
            return
        for note in notes:
            match note:
                case Said(is_final=True):
                    self._store(note, language, engine)
                case Said():
                    # That earlier words came to nothing is told in any case.
                    if with_partials or not note.text:
                        self._desk.tell("transcript.partial", self._partial_of(note, language))
                case Missed(start_ms, end_ms):
                    self._desk.write(
                        partial(
                            transcripts.mark_gap,
                            stream_id=self._facts.stream,
                            start_ms=start_ms,
                            end_ms=end_ms,
                        )
                    )

    def tell_state(self, state: StreamState, engine: str) -> None:
        """Has it noted how transcription of the side fares."""
        self._desk.write(
            partial(
                transcripts.set_stream_state,
                stream_id=self._facts.stream,
                state=state,
                engine=engine,
            )
        )

    def _tell_answer(self, notes: Sequence[Note], language: str, engine: Engine | None) -> None:
        for note in notes:
            if isinstance(note, Said) and note.is_final:
                tell = partial(
                    hand_words,
                    stream_id=self._facts.stream,
                    text=self._readable(note, language, engine),
                )
                self._desk.write(tell)

    def _store(self, said: Said, language: str, engine: Engine | None) -> None:
        text = self._readable(said, language, engine)
        self._desk.write(
            partial(
                transcripts.add_segment,
                call_id=self._facts.call_id,
                speaker=self._facts.speaker,
                start_ms=said.start_ms,
                end_ms=said.end_ms,
                text=text,
                language=language,
                confidence=said.confidence,
                engine=said.engine or (engine.name if engine else ""),
                model=said.model or (engine.model if engine else ""),
                raw=said.text if text != said.text else None,
                words=plain(said.words),
            )
        )

    @staticmethod
    def _readable(said: Said, language: str, engine: Engine | None) -> str:
        has_marks = engine is not None and engine.sets_marks
        return normalise(said.text, language=language, words=said.words, has_marks=has_marks)

    def _partial_of(self, said: Said, language: str) -> dict[str, object]:
        return {
            "call_id": self._facts.call_id,
            "stream": self._facts.stream,
            "speaker": self._facts.speaker,
            "start_ms": said.start_ms,
            "end_ms": said.end_ms,
            "text": normalise_partial(said.text, language=language),
        }
