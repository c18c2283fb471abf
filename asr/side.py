"""One side of one call in this process: an inbox of frames, an ear, and what becomes of its words.

Frames come from the event loop; turns are taken by the pool's threads, one at a time. While whole
utterances of an engine wait to be understood, frames wait in the inbox. A side that falls too far
behind drops its inbox and rests until the machine has caught up: the words are late by seconds at
most, and the after-call job finds the ones that are missing.
"""

import logging
from collections.abc import Callable
from functools import partial

from asr.desk import Desk
from asr.ear import Ear, Note
from asr.engine import FRAME_MS, Effort, Engine, EngineLostError
from asr.engines import Engines
from asr.fork import Frame
from asr.inbox import Inbox
from asr.orders import Item, Order, Switch
from asr.pool import Due, Long, Wish
from asr.progress import Progress
from asr.scheduler import Mode
from asr.scribe import Facts, Scribe
from asr.vad import Cutter, voice_detector
from hotline.errors import NotConfigured
from hotline.transcripts.rules import StreamState

log = logging.getLogger(__name__)

# A second of audio a turn, then the next side.
_TURN_FRAMES = 1000 // FRAME_MS

# An utterance of an engine that does not stream; see whisper_engine.
_LONGEST_UTTERANCE_MS = 12_000

# An engine that fails on a side this often, without any words between, is not asked again there.
_FAILURES = 3


class Side:
    """Listens to one side of one call."""

    def __init__(self, facts: Facts, *, engines: Engines, desk: Desk) -> None:
        self.facts = facts
        self._engines = engines
        self._scribe = Scribe(facts, desk)
        self._inbox = Inbox()
        self._progress = Progress(facts)
        self._language = facts.language
        self._mode = Mode.LIVE
        self._engine: Engine | None = None
        self._ear: Ear | None = None
        self._failures = 0
        self.is_resting = False
        self.is_lost = False
        self.is_deaf = False

    @property
    def lag_ms(self) -> int:
        """How far words are behind, beyond the pause that ends an utterance.

        It counts from the end of the speech that is to be understood, or from the first audio that
        has not been listened to.
        """
        return self._inbox.waiting_ms + self._progress.owed_ms

    def announce(self) -> None:
        """Says early whether this side will be transcribed."""
        if not self._engines.has(self._language):
            self._give_up(StreamState.UNSUPPORTED)

    def put(self, frame: Frame) -> bool:
        """Takes a frame; returns whether it waits for a turn now."""
        if not (self.is_resting or self.is_deaf) and self._inbox.is_full:
            self._shed()
        if self.is_resting:
            self._drop(frame)
        if self.is_resting or self.is_deaf:
            return False
        self._inbox.put(frame)
        return True

    def order(self, order: Order | Switch) -> None:
        """Has something done after the frames that wait."""
        self._inbox.put(order)

    def schedule(self, mode: Mode) -> None:
        """Does more, or less, at once."""
        before, self._mode = self._mode, mode
        if self.is_deaf:
            return
        if mode is Mode.AFTER_CALL:
            if not self.is_resting:
                self._rest()
        elif self.is_resting and not self.is_lost:
            self.resume()
        elif before is not mode and self._engine is not None and not self.is_resting:
            self._set_state(self._state_of(self._engine), self._engine.name)

    def resume(self) -> None:
        """Listens again after a rest; the ear finds and tells the gap."""
        if self._ear is None:
            # A fresh ear does not know what went before.
            self._tell_lapse()
        self.is_resting = self.is_lost = False
        if self._engine is not None:
            self._set_state(self._state_of(self._engine), self._engine.name)

    def turn(self) -> Wish:
        """Listens to up to a second of audio, or until an utterance has to be understood."""
        if self._ear is not None:
            # Nobody had time for it.
            self._ear.waive()
        for _ in range(_TURN_FRAMES):
            if (item := self._inbox.take()) is None:
                return Due.NOTHING
            self._guarded(partial(self._do, item))
            if (wish := self._wish()) is not None:
                return wish
        return Due.MORE if self._inbox else Due.NOTHING

    def labour(self, *, waiting: int) -> Wish:
        """Understands an utterance that is over, or one that may be."""
        if (ear := self._ear) is not None:
            is_calm = not waiting and self._mode is Mode.LIVE
            effort = Effort.FULL if is_calm else Effort.QUICK
            self._guarded(partial(self._understand, ear, effort))
        self._progress.owe(None)
        return Due.MORE

    def _wish(self) -> Wish | None:
        """What has to be done before the next frame is heard."""
        ear = self._ear
        if ear is None:
            return None
        if ear.owed is not None:
            self._progress.owe(ear.owed.end_ms)
            return Long(self.lag_ms, ear.owed.length_ms)
        return Due.SPARE if ear.may_prepare and self._mode is Mode.LIVE else None

    def _understand(self, ear: Ear, effort: Effort) -> None:
        if ear.owed is not None:
            self._note(ear.settle(effort))
        else:
            ear.prepare()

    def _do(self, item: Item) -> None:
        match item:
            case Frame():
                self._hear(item)
            case Switch(language):
                self._switch(language)
            case Order():
                self._end(item)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except NotConfigured as error:
            log.warning(
                "side is not transcribed",
                extra={"language": self._language, "remedy": str(error)},
            )
            self._give_up(StreamState.UNSUPPORTED)
        except EngineLostError:
            # Told by whoever lost it; the ear asks again after the rest.
            self._lose_utterance()
            self.is_lost = True
            self._rest()
        except Exception:
            log.exception("speech engine failed", extra={"stream": self.facts.stream})
            self._lose_utterance()
            self._failures += 1
            if self._failures >= _FAILURES:
                self._give_up(StreamState.DEGRADED)

    def _hear(self, frame: Frame) -> None:
        if self.is_resting:
            # It was in hand when the rest began.
            self._drop(frame)
        if self.is_resting or self.is_deaf:
            return
        self._note(self._progress.begin(frame))
        ear = self._ear or self._open_ear()
        self._progress.hear(frame)
        is_late = self._mode is not Mode.LIVE or self._inbox.is_late
        self._note(ear.hear(frame, is_late=is_late))

    def _end(self, order: Order) -> None:
        if (ear := self._ear) is not None:
            self._note(ear.end())
            if ear.owed is not None:
                # Its words first.
                self._inbox.put_back(order)
                return
        if order is Order.END:
            # No later frame will show the ear how much is missing.
            self._tell_lapse()
            self._close_ear()

    def _switch(self, language: str) -> None:
        """Ends the sentence in the old language; the next frame is heard in the other one."""
        if language == self._language:
            return
        if (ear := self._ear) is not None and ear.is_hearing:
            self._guarded(lambda: self._note(ear.end()))
            if ear.owed is not None:
                self._inbox.put_back(Switch(language))
                return
        before, self._ear = self._ear, None
        is_given_up, self.is_deaf = self.is_deaf or self.is_lost, False
        self._language = language
        self._failures = 0
        try:
            if not self._engines.has(language):
                self._give_up(StreamState.UNSUPPORTED)
            elif before is not None:
                self._open_ear().succeed(before)
            elif is_given_up:
                self._come_back()
        finally:
            if before is not None:
                before.close()

    def _come_back(self) -> None:
        """What was wrong with one language's engine says nothing of another's."""
        self._engine = None
        if self._mode is Mode.AFTER_CALL:
            self._rest()
        elif self.is_resting:
            self.resume()

    def _open_ear(self) -> Ear:
        engine = self._engine = self._engines.of(self._language)
        longest_ms = None if engine.is_streaming else _LONGEST_UTTERANCE_MS
        is_whole = not engine.is_streaming
        cutter = Cutter(voice_detector(), longest_ms=longest_ms, tells_pauses=is_whole)
        self._ear = Ear(engine.open(self._language), cutter, settles_later=is_whole)
        if not self.is_resting:
            self._set_state(self._state_of(engine), engine.name)
        return self._ear

    def _close_ear(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    def _lose_utterance(self) -> None:
        """Tells of the speech whose words an engine that broke will not give any more."""
        if (ear := self._ear) is not None and ear.due_from_ms is not None:
            self._note(self._progress.lose(ear.due_from_ms))
        self._close_ear()

    def _give_up(self, state: StreamState) -> None:
        """Does not listen any more, unless another language is chosen."""
        self.is_deaf = True
        if state is StreamState.UNSUPPORTED:
            self._tell_lapse()
            self.is_resting = False
            self._inbox.take_frames()
        else:
            self._rest()
        self._set_state(state)

    def _shed(self) -> None:
        log.warning("side is too far behind", extra={"stream": self.facts.stream})
        self._rest()

    def _rest(self) -> None:
        """Leaves what waits and what comes to the after-call job, until it is told to resume."""
        if not self.is_resting:
            self._progress.rest()
            self.is_resting = True
        for frame in self._inbox.take_frames():
            self._drop(frame)
        # The words that are shown as partial will not be completed.
        self._inbox.put(Order.PAUSE)
        self._set_state(StreamState.DEGRADED)

    def _drop(self, frame: Frame) -> None:
        self._note(self._progress.drop(frame))

    def _tell_lapse(self) -> None:
        if self.is_resting:
            self._note(self._progress.lapse)

    def _note(self, notes: list[Note]) -> None:
        if self._progress.understand(notes):
            self._failures = 0
        self._scribe.write(
            notes, self._language, self._engine, with_partials=self._mode is Mode.LIVE
        )

    def _set_state(self, state: StreamState, engine: str = "") -> None:
        self._scribe.tell_state(state, engine)

    def _state_of(self, engine: Engine) -> StreamState:
        if self._mode is not Mode.LIVE:
            return StreamState.WITHOUT_PARTIALS
        return StreamState.LIVE if engine.is_streaming else StreamState.BY_UTTERANCE
