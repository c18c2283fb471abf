"""All sides that are listened to: who they are, when they begin, and when they are let go.

Lives on the event loop. Frames of a stream it does not know wait while the database is asked whose
they are; streams that the database does not know are not asked about again for a while.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from asr.desk import Desk
from asr.engines import Engines
from asr.fork import Frame
from asr.orders import Order, Switch
from asr.pool import Pool
from asr.scheduler import Limits, Mode, Scheduler
from asr.scribe import Facts
from asr.side import Side
from hotline.errors import NotFound
from hotline.house import House
from hotline.tables import Segment
from hotline.transcripts import repository
from hotline.transcripts.rules import Purpose, StreamState

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5

# A closed stream without a datagram for so long has said all; loopback needs no longer.
_CLOSED_SECONDS = 1.0
# A side whose fork pauses has ended its sentence.
_PAUSED_SECONDS = 2.0
# Whoever forked this stream is dead or forgot to close it.
_ABANDONED_SECONDS = 60.0
# How long a stream that the database does not know is not asked about again.
_UNKNOWN_SECONDS = 5.0
# One side at a time asks again whether its speech servers are back.
_RESUME_SECONDS = 5.0

# What may wait while the database is asked: ten seconds.
_WAITING_FRAMES = 500


@dataclass(slots=True)
class _Place:
    """One stream's place in the table; `side` is None while the database is asked.

    Moments are seconds of the event loop; `resumed_at` is when a side that had lost its servers
    last tried again.
    """

    side: Side | None = None
    waiting: deque[Frame] = field(default_factory=lambda: deque(maxlen=_WAITING_FRAMES))
    heard_at: float = 0.0
    resumed_at: float = 0.0
    is_closed: bool = False
    is_paused: bool = True


class Transcriber:
    """Listens to every stream that is forked to this process."""

    def __init__(self, house: House, *, engines: Engines, desk: Desk, pool: Pool) -> None:
        self._house = house
        self._engines = engines
        self._desk = desk
        self._pool = pool
        self._places: dict[int, _Place] = {}
        self._unknown: dict[int, float] = {}
        self._questions: set[asyncio.Task[None]] = set()
        self._resumed_at = 0.0
        self._scheduler = Scheduler()

    @property
    def sides(self) -> int:
        """How many streams are in the table."""
        return len(self._places)

    def hear(self, frame: Frame) -> None:
        """Takes a frame of any stream."""
        now = asyncio.get_running_loop().time()
        place = self._places.get(frame.stream)
        if place is None:
            if self._unknown.get(frame.stream, 0.0) > now:
                return
            place = self._ask(frame.stream)
        place.heard_at = now
        place.is_paused = False
        if place.side is None:
            place.waiting.append(frame)
        elif place.side.put(frame):
            self._pool.call(place.side)

    def announce(self, stream: int) -> None:
        """A stream was opened: finds out whose it is before its first frame."""
        self._unknown.pop(stream, None)
        if stream not in self._places:
            self._ask(stream)

    def limit(self, limits: Limits) -> None:
        """What lag is too much, from now on."""
        self._scheduler.limits = limits

    def switch(self, stream: int, language: str) -> None:
        """A side is spoken in another language from now on."""
        place = self._places.get(stream)
        if place is not None and place.side is not None:
            place.side.order(Switch(language))
            self._pool.call(place.side)

    def close(self, stream: int) -> None:
        """A stream was closed: lets it go once its last frames are heard."""
        place = self._places.get(stream)
        if place is not None:
            place.is_closed = True

    def tick(self) -> None:
        """Ends sentences, lets go of streams that are over, and wakes sides that rested."""
        now = asyncio.get_running_loop().time()
        for stream, place in list(self._places.items()):
            quiet = now - place.heard_at
            if place.side is None:
                continue
            if quiet >= (_CLOSED_SECONDS if place.is_closed else _ABANDONED_SECONDS):
                self._let_go(stream, place.side, now)
            elif quiet >= _PAUSED_SECONDS and not place.is_paused:
                place.is_paused = True
                place.side.order(Order.PAUSE)
                self._pool.call(place.side)
        self._unknown = {stream: until for stream, until in self._unknown.items() if until > now}
        self._schedule(now)
        self._find_one(now)

    def close_all(self) -> None:
        """Ends every sentence and lets every side go; the pool does what is left to do."""
        now = asyncio.get_running_loop().time()
        for question in self._questions:
            question.cancel()
        for stream, place in list(self._places.items()):
            if place.side is not None:
                self._let_go(stream, place.side, now)

    def _ask(self, stream: int) -> _Place:
        place = self._places[stream] = _Place(heard_at=asyncio.get_running_loop().time())
        question = asyncio.create_task(self._answer(stream, place))
        self._questions.add(question)
        question.add_done_callback(self._questions.discard)
        return place

    async def _answer(self, stream: int, place: _Place) -> None:
        try:
            facts = await asyncio.to_thread(self._read, stream)
        except Exception:
            log.exception("stream cannot be looked up")
            facts = None
        if facts is None:
            self._forget(stream, asyncio.get_running_loop().time() + _UNKNOWN_SECONDS)
            return
        side = place.side = Side(facts, engines=self._engines, desk=self._desk)
        side.schedule(self._scheduler.mode(facts.call_id))
        side.announce()
        waits = [side.put(frame) for frame in place.waiting]
        place.waiting.clear()
        if any(waits):
            self._pool.call(side)

    def _read(self, stream: int) -> Facts | None:
        with self._house.database.reading() as session:
            try:
                row = repository.stream(session, stream)
            except NotFound:
                return None
            if row.closed_at is not None:
                return None
            age = self._house.clock.now() - row.opened_at
            return Facts(
                stream=stream,
                call_id=row.call_id,
                speaker=row.speaker,
                language=row.language,
                age_ms=int(age.total_seconds() * 1000),
                known_until_ms=_known_until_ms(session, row.call_id, row.speaker),
                is_resumed=row.state != StreamState.WANTED,
                is_question=row.purpose == Purpose.QUESTION,
            )

    def _let_go(self, stream: int, side: Side, now: float) -> None:
        side.order(Order.END)
        self._pool.call(side)
        self._forget(stream, now + _UNKNOWN_SECONDS)

    def _forget(self, stream: int, until: float) -> None:
        self._places.pop(stream, None)
        self._unknown[stream] = until

    def _schedule(self, now: float) -> None:
        """Has calls do with less while the machine is behind, and with more when it is not."""
        lag_ms: dict[str, int] = {}
        overrun: set[str] = set()
        for side in self._sides():
            call_id = side.facts.call_id
            lag_ms[call_id] = max(lag_ms.get(call_id, 0), side.lag_ms)
            if side.is_resting and not (side.is_lost or side.is_deaf):
                overrun.add(call_id)
        self._scheduler.forget(set(self._scheduler.calls) - lag_ms.keys())
        changed = self._scheduler.judge(now, lag_ms, overrun=overrun)
        for call_id, mode in changed.items():
            log.warning(
                "transcription was scheduled anew",
                extra={"call_id": call_id, "mode": mode.name.lower(), "calls": len(lag_ms)},
            )
        for side in self._sides():
            if side.facts.call_id in changed:
                side.schedule(changed[side.facts.call_id])

    def _find_one(self, now: float) -> None:
        """Lets a side whose servers were gone try again, one at a time."""
        if now - self._resumed_at < _RESUME_SECONDS:
            return
        lost = [
            (place, side)
            for place in self._places.values()
            if (side := place.side) is not None and side.is_lost and self._may_listen(side)
        ]
        if not lost:
            return
        # Whoever has not been asked for longest: another's servers may be back sooner.
        place, side = min(lost, key=lambda each: each[0].resumed_at)
        self._resumed_at = place.resumed_at = now
        side.resume()

    def _may_listen(self, side: Side) -> bool:
        return self._scheduler.mode(side.facts.call_id) is not Mode.AFTER_CALL

    def _sides(self) -> list[Side]:
        return [place.side for place in self._places.values() if place.side is not None]


def _known_until_ms(session: Session, call_id: str, speaker: str) -> int:
    query = select(func.max(col(Segment.end_ms))).where(
        Segment.call_id == call_id, Segment.speaker == speaker
    )
    return session.exec(query).one() or 0
