"""Following what is said: every stored segment is read once, for proposals and for the index.

Segments are taken in the order of their ids with the last one done kept beside them, in the
transaction that stores what follows from them: nothing is lost when the process dies, and nothing
is done twice when several processes follow.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from hotline.bus import BUS_ERRORS, Listener
from hotline.house import House
from hotline.insights import service
from hotline.insights.insight import Insight
from hotline.tables import Call, Progress, Segment
from hotline.transcripts import word_index
from hotline.transcripts.search import is_being_renewed, renew

log = logging.getLogger(__name__)

PROGRESS = "insights"

# What is read and written in one transaction; others wait for it.
_AT_ONCE = 50
# Of an index that is filled again, at each look: a few hundredths of a second's work.
_RENEWED_AT_ONCE = 100
# Whoever reads for the first time leaves older calls alone: nobody decides on proposals of talks
# that are long over, and a danger is told of for a day.
_FIRST_LOOK_BACK = timedelta(days=1)
# How late a proposal may be when its nudge was lost.
_LOOK_ANYWAY_SECONDS = 1.0
# Most nudges are about something else, and pages wait for the interpreter while we look: a third of
# the web process's work went into that with 60 callers (measured 2026-11-22).
_NOT_SOONER_SECONDS = 0.2


class InsightFollower:
    """Reads segments for ever."""

    def __init__(
        self, house: House, *, read: Callable[[Segment], list[Insight]] = service.insights_in
    ) -> None:
        """Args:
        house: The process's house.
        read: What a segment tells of the caller.
        """
        self._house = house
        self._read = read
        self._has_begun = False

    async def run(self) -> None:
        """Follows until cancelled."""
        listener = Listener(self._house.settings.redis_url_used)
        try:
            loop = asyncio.get_running_loop()
            while True:
                not_before = loop.time() + _NOT_SOONER_SECONDS
                await self._look()
                await self._wait(listener)
                await asyncio.sleep(max(0.0, not_before - loop.time()))
        finally:
            await listener.close()

    async def _look(self) -> None:
        look = asyncio.create_task(asyncio.to_thread(self.catch_up))
        try:
            await asyncio.shield(look)
        except asyncio.CancelledError:
            # A thread cannot be cancelled; the house must not be closed under it.
            await asyncio.wait([look])
            raise
        except Exception:
            # The database is away for a moment; the next look finds the same segments.
            log.exception("segments could not be read")

    def catch_up(self) -> None:
        """Reads whatever has not been read, and sees to callers in danger who wait.

        An index that was emptied, as by an update, is filled again meanwhile, after that.
        """
        if not self._has_begun:
            self._begin()
            self._has_begun = True
        while rows := self._unread():
            self._store(rows, [(row.call_id, self._noticed(row)) for row in rows])
        with self._house.database.reading() as session:
            is_needed = service.has_priorities_to_raise(session, self._house)
            is_index_short = is_being_renewed(session)
        if is_needed:
            with self._house.database.session() as session:
                service.raise_priorities(session, self._house)
        if is_index_short:
            with self._house.database.session() as session:
                renew(session, at_once=_RENEWED_AT_ONCE)

    def _noticed(self, row: Segment) -> list[Insight]:
        """What a segment tells; nothing where the rules fail, which must not hold up the others."""
        try:
            return self._read(row)
        except Exception as error:
            # Only the class: the text of an error in a rule would quote the words.
            kind = error.__class__.__name__
            log.error("a segment was not understood", extra={"segment_id": row.id, "error": kind})
            return []

    def _begin(self) -> None:
        """Finds where to begin when nothing was ever read here, as after an upgrade."""
        with self._house.database.reading() as session:
            if session.get(Progress, PROGRESS) is not None:
                return
            horizon = self._house.clock.now() - _FIRST_LOOK_BACK
            query = select(func.max(col(Segment.id))).join(Call, col(Call.id) == Segment.call_id)
            passed_over = session.exec(query.where(col(Call.started_at) < horizon)).one() or 0
        with self._house.database.session() as session:
            if session.get(Progress, PROGRESS) is None:
                _advance(session, passed_over)
        if passed_over:
            log.info("nothing is proposed from segments of earlier days")

    def _unread(self) -> Sequence[Segment]:
        with self._house.database.reading() as session:
            position = _position(session)
            query = select(Segment).where(col(Segment.id) > position)
            return session.exec(query.order_by(col(Segment.id)).limit(_AT_ONCE)).all()

    def _store(self, rows: Sequence[Segment], noticed: list[tuple[str, list[Insight]]]) -> None:
        first, last = rows[0].id or 0, rows[-1].id or 0
        with self._house.database.session() as session:
            if _position(session) >= first:
                # Another process was faster.
                return
            ids = [row.id for row in rows]
            kept = session.exec(select(Segment).where(col(Segment.id).in_(ids))).all()
            kept_ids = {row.id for row in kept}
            word_index.add(session, kept)
            for call_id, found in noticed:
                still = [one for one in found if one.segment_id in kept_ids]
                service.propose(session, self._house, call_id, still)
            _advance(session, last)

    async def _wait(self, listener: Listener) -> None:
        try:
            await listener.wait(timeout_seconds=_LOOK_ANYWAY_SECONDS)
        except BUS_ERRORS:
            await asyncio.sleep(_LOOK_ANYWAY_SECONDS)


def _position(session: Session) -> int:
    row = session.get(Progress, PROGRESS)
    return row.position if row is not None else 0


def _advance(session: Session, position: int) -> None:
    row = session.get(Progress, PROGRESS) or Progress(name=PROGRESS)
    row.position = position
    session.add(row)
