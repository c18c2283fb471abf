"""Which lawyers have a page open, told to the database in order.

Pages come and go in any order and the database is slow; one worker compares what is so with what
was told last, so that a quick reload can never end as "gone".
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine

from sqlmodel import col, select

from hotline.agents import presence
from hotline.house import House
from hotline.queueing import offers
from hotline.tables import Lawyer

log = logging.getLogger(__name__)

# After a restart of this process the pages need a moment to come back (they try within 8 s).
_RETURN_SECONDS = 10.0
_RETRY_SECONDS = 1.0


class Presence:
    """Counts the pages of each lawyer; tells the database of each that comes and of the last."""

    def __init__(
        self,
        house: House,
        *,
        return_seconds: float = _RETURN_SECONDS,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        """Args:
        house: The process's house.
        return_seconds: How long pages of before may take to come back.
        retry_seconds: When to tell again what the database did not take.
        """
        self._house = house
        self._retry_seconds = retry_seconds
        self._return_seconds = return_seconds
        self._pages: Counter[str] = Counter()
        self._told: dict[str, bool] = {}
        self._changed: set[str] = set()
        self._came: set[str] = set()
        self._wake = asyncio.Event()

    def came(self, user_id: str) -> None:
        """A page of this lawyer is there."""
        self._pages[user_id] += 1
        self._came.add(user_id)
        self._note(user_id)

    def went(self, user_id: str) -> None:
        """A page of this lawyer is gone."""
        self._pages[user_id] -= 1
        if self._pages[user_id] <= 0:
            del self._pages[user_id]
        self._note(user_id)

    async def run(self) -> None:
        """Tells until cancelled; then everyone counts as gone."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell_on())
                tasks.create_task(self._tell_of_those_who_stayed_away())
        finally:
            present = [user_id for user_id, is_here in self._told.items() if is_here]
            # Whoever comes back to this process is told anew.
            self._told.clear()
            await _to_its_end(asyncio.to_thread(self._write, dict.fromkeys(present, False)))

    def _note(self, user_id: str) -> None:
        self._changed.add(user_id)
        self._wake.set()

    async def _tell_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            now = {user_id: self._pages[user_id] > 0 for user_id in self._changed}
            # A page that came is news even beside another, or after one that went just now: it can
            # show offers, whatever became of the other.
            came = {user_id for user_id in self._came if now.get(user_id)}
            self._changed.clear()
            self._came.clear()
            news = {
                user_id: is_here
                for user_id, is_here in now.items()
                if user_id in came or self._told.get(user_id) is not is_here
            }
            try:
                await self._tell(news)
            except Exception:
                # The database is away for a moment; what is so then is told then.
                log.exception("presence could not be told")
                await asyncio.sleep(self._retry_seconds)
                self._came |= came
                for user_id in news:
                    self._note(user_id)

    async def _tell(self, news: dict[str, bool]) -> None:
        """A write that has begun is seen to its end: what it told must be taken back at the end."""

        def write() -> None:
            self._write(news)
            self._told |= news

        await _to_its_end(asyncio.to_thread(write))

    async def _tell_of_those_who_stayed_away(self) -> None:
        """Those who were here before this process died, and have not come back."""
        await asyncio.sleep(self._return_seconds)
        for user_id in await self._ask_until_answered():
            if self._pages[user_id] <= 0:
                self._note(user_id)

    async def _ask_until_answered(self) -> list[str]:
        while True:
            try:
                return await asyncio.to_thread(self._believed_here)
            except Exception:
                # The database is away for a moment.
                log.exception("presence could not be asked for")
                await asyncio.sleep(self._retry_seconds)

    def _believed_here(self) -> list[str]:
        with self._house.database.reading() as session:
            query = select(Lawyer.user_id).where(
                col(Lawyer.connected_at).is_not(None), col(Lawyer.disconnected_at).is_(None)
            )
            return list(session.exec(query))

    def _write(self, news: dict[str, bool]) -> None:
        if not news:
            return
        with self._house.database.session() as session:
            for user_id, is_here in news.items():
                tell = presence.connected if is_here else offers.lawyer_gone
                tell(session, self._house, user_id)


async def _to_its_end(deed: Coroutine[object, object, None]) -> None:
    """Waits for a deed however often it is cancelled meanwhile; then it is cancelled, or fails."""
    task = asyncio.create_task(deed)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as request:
            cancelled = request
    error = task.exception()
    if cancelled is not None:
        raise cancelled
    if error is not None:
        raise error
