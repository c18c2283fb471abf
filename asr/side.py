"""One side of one call in this process: an inbox of frames, an ear, and what becomes of its words.

Frames come from the event loop; turns are taken by the pool's threads, one at a time. A side that
falls too far behind drops its inbox and rests until the machine has caught up: the words are late
by seconds at most, and the after-call job finds the ones that are missing.
"""

import logging
from collections import deque
from dataclasses import dataclass
from enum import Enum
from functools import partial

from asr.desk import Desk
from asr.ear import Ear, Missed, Note, Said
from asr.engine import FRAME_MS, Engine, EngineLostError
from asr.engines import Engines
from asr.fork import Frame
from asr.normalise import normalise, plain
from asr.vad import Cutter, voice_detector
from hotline.errors import NotConfigured
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import StreamState

log = logging.getLogger(__name__)

# Ten seconds behind is not live any more.
INBOX_FRAMES = 10_000 // FRAME_MS
# From here on work is saved: larger pieces, fewer partial words.
_LATE_FRAMES = 1500 // FRAME_MS
# A second of audio a turn, then the next side.
_TURN_FRAMES = 1000 // FRAME_MS

# An utterance of an engine that does not stream; see whisper_engine.
_LONGEST_UTTERANCE_MS = 12_000

# Less than this was not missed, it is how long a stream takes to begin.
_TELL_MS = 2000
# What a process that died can have had in its hands.
_IN_HAND_MS = 20_000

# An engine that fails on a side this often is not asked again there.
_FAILURES = 3


class Order(Enum):
    """What an inbox may hold besides frames."""

    PAUSE = "pause"
    END = "end"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows of a side when its first datagram comes.

    Attributes:
        age_ms: How long ago the stream was opened.
        known_until_ms: Where its last stored words end on the recording's clock.
        is_resumed: An earlier process has listened to it.
    """

    stream: int
    call_id: str
    speaker: str
    language: str
    age_ms: int = 0
    known_until_ms: int = 0
    is_resumed: bool = False


class Side:
    """Listens to one side of one call."""

    def __init__(self, facts: Facts, *, engines: Engines, desk: Desk) -> None:
        self.facts = facts
        self._engines = engines
        self._desk = desk
        self._inbox: deque[Frame | Order] = deque()
        self._engine: Engine | None = None
        self._ear: Ear | None = None
        self._failures = 0
        self._is_first = True
        self._heard_until_ms = 0
        self._dropped = Missed(0, 0)
        self.is_resting = False
        self.is_deaf = False

    @property
    def backlog(self) -> int:
        """How many frames wait."""
        return len(self._inbox)

    def announce(self) -> None:
        """Says early whether this side will be transcribed."""
        if not self._engines.has(self.facts.language):
            self._give_up(StreamState.UNSUPPORTED)

    def put(self, frame: Frame) -> bool:
        """Takes a frame; returns whether it waits for a turn now."""
        if self.is_deaf:
            return False
        if not self.is_resting and len(self._inbox) >= INBOX_FRAMES:
            self._shed()
        if self.is_resting:
            self._dropped = Missed(self._dropped.start_ms, frame.position_ms + FRAME_MS)
            return False
        self._inbox.append(frame)
        return True

    def order(self, order: Order) -> None:
        """Has an utterance, or the listening, ended after the frames that wait."""
        if order is Order.END and self.is_resting:
            # No later frame will show the ear how much is missing.
            self._note([self._dropped])
        self._inbox.append(order)

    def resume(self) -> None:
        """Listens again after a rest; the ear finds and tells the gap."""
        self.is_resting = False
        if self._ear is None and self._dropped.end_ms > self._dropped.start_ms:
            # A fresh ear does not know what went before.
            self._note([self._dropped])
        if self._engine is not None:
            self._set_state(_state_of(self._engine), self._engine.name)

    def turn(self) -> bool:
        """Listens to up to a second of audio; returns whether more waits."""
        for _ in range(_TURN_FRAMES):
            try:
                item = self._inbox.popleft()
            except IndexError:
                return False
            self._do(item)
        return bool(self._inbox)

    def _do(self, item: Frame | Order) -> None:
        try:
            if isinstance(item, Frame):
                self._hear(item)
            elif self._ear is not None:
                self._note(self._ear.end())
                if item is Order.END:
                    self._close_ear()
        except NotConfigured as error:
            log.warning(
                "side is not transcribed",
                extra={"language": self.facts.language, "remedy": str(error)},
            )
            self._give_up(StreamState.UNSUPPORTED)
        except EngineLostError:
            # Told by whoever lost it; the ear asks again after the rest.
            self._close_ear()
            self._rest()
        except Exception:
            log.exception("speech engine failed", extra={"stream": self.facts.stream})
            self._fail()

    def _hear(self, frame: Frame) -> None:
        if self.is_deaf:
            return
        ear = self._ear or self._open_ear()
        if self._is_first:
            self._is_first = False
            self._note(self._missed_before(frame.position_ms))
        self._heard_until_ms = frame.position_ms + FRAME_MS
        self._note(ear.hear(frame, is_late=len(self._inbox) > _LATE_FRAMES))

    def _open_ear(self) -> Ear:
        engine = self._engine = self._engines.of(self.facts.language)
        longest_ms = None if engine.is_streaming else _LONGEST_UTTERANCE_MS
        cutter = Cutter(voice_detector(), longest_ms=longest_ms)
        self._ear = Ear(engine.open(self.facts.language), cutter)
        self._set_state(_state_of(engine), engine.name)
        return self._ear

    def _close_ear(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    def _fail(self) -> None:
        self._failures += 1
        self._close_ear()
        if self._failures >= _FAILURES:
            self._give_up(StreamState.DEGRADED)

    def _give_up(self, state: StreamState) -> None:
        self.is_deaf = True
        self._inbox.clear()
        self._set_state(state)

    def _shed(self) -> None:
        log.warning("side is too far behind", extra={"stream": self.facts.stream})
        self._rest()

    def _rest(self) -> None:
        """Leaves what waits and what comes to the after-call job, until it is told to resume."""
        self._dropped = Missed(self._heard_until_ms, self._heard_until_ms)
        self._inbox.clear()
        # The words that are shown as partial will not be completed.
        self._inbox.append(Order.PAUSE)
        self.is_resting = True
        self._set_state(StreamState.DEGRADED)

    def _missed_before(self, position_ms: int) -> list[Note]:
        """What was said between the stream's opening and our first frame, if we came late."""
        start = max(self.facts.known_until_ms, position_ms - self.facts.age_ms)
        if self.facts.is_resumed:
            start = max(start, position_ms - _IN_HAND_MS)
        return [Missed(start, position_ms)] if position_ms - start >= _TELL_MS else []

    def _note(self, notes: list[Note]) -> None:
        for note in notes:
            match note:
                case Said(is_final=True):
                    self._store(note)
                case Said():
                    self._desk.tell("transcript.partial", self._partial_of(note))
                case Missed(start_ms, end_ms):
                    self._desk.write(
                        partial(
                            transcripts.mark_gap,
                            stream_id=self.facts.stream,
                            start_ms=start_ms,
                            end_ms=end_ms,
                        )
                    )

    def _set_state(self, state: StreamState, engine: str = "") -> None:
        self._desk.write(
            partial(
                transcripts.set_stream_state,
                stream_id=self.facts.stream,
                state=state,
                engine=engine,
            )
        )

    def _store(self, said: Said) -> None:
        engine = self._engine
        written = normalise(
            said.text,
            language=self.facts.language,
            words=said.words,
            has_marks=engine is not None and engine.sets_marks,
        )
        self._desk.write(
            partial(
                transcripts.add_segment,
                call_id=self.facts.call_id,
                speaker=self.facts.speaker,
                start_ms=said.start_ms,
                end_ms=said.end_ms,
                text=written,
                language=self.facts.language,
                confidence=said.confidence,
                engine=said.engine or (engine.name if engine else ""),
                model=said.model or (engine.model if engine else ""),
                raw=said.text if written != said.text else None,
                words=plain(said.words),
            )
        )

    def _partial_of(self, said: Said) -> dict[str, object]:
        return {
            "call_id": self.facts.call_id,
            "stream": self.facts.stream,
            "speaker": self.facts.speaker,
            "start_ms": said.start_ms,
            "end_ms": said.end_ms,
            "text": said.text,
        }


def _state_of(engine: Engine) -> StreamState:
    return StreamState.LIVE if engine.is_streaming else StreamState.BY_UTTERANCE
