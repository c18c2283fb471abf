"""The dispatcher's process: `python -m hotline.dispatcher`.

It holds the lease, runs a round whenever something happened or something runs out, and sleeps in
between. Several may run for safety: one holds the lease, the others wait for it to lapse.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from datetime import datetime, timedelta

from hotline.agents.rules import LawyerState
from hotline.bus import BUS_ERRORS, Listener
from hotline.events import Event, EventType, last_seq, read_after
from hotline.house import House, open_house
from hotline.process import Urgency, hurry, run, settle
from hotline.queueing import lease
from hotline.queueing.dispatch import run_round
from hotline.queueing.repository import is_anybody_idle
from hotline.settings import Settings

log = logging.getLogger(__name__)

LEASE = "dispatcher"

# A dispatcher that dies is replaced after this long; callers wait no longer than that.
_LEASE_SECONDS = 3.0
# Rounds come at least this often: it renews the lease, and a lost nudge costs no more.
_LONGEST_PAUSE_SECONDS = 1.0


# States of a lawyer that make an offer possible, or run out.
_LAWYERS_NEWS = (LawyerState.AVAILABLE.value, LawyerState.WRAP_UP.value)

# Somebody may be offered now, if a lawyer is free to take them.
_CALLERS_NEWS = frozenset(
    {
        EventType.QUEUE_CHANGED.value,
        EventType.OFFER_CLOSED.value,
        EventType.CALLBACK_CHANGED.value,
        EventType.CALL_ENDED.value,
    }
)


class Dispatcher:
    """Runs rounds under a lease, for ever."""

    def __init__(self, house: House, *, holder: str | None = None) -> None:
        self._house = house
        self._holder = holder or f"{socket.gethostname()}:{os.getpid()}"
        self._listener = Listener(house.settings.redis_url_used)
        self._seen = -1

    async def run(self) -> None:
        """Dispatches until cancelled, then gives the lease back."""
        try:
            while True:
                await asyncio.sleep(0)
                deadline = await self._try_round()
                await self._wait(deadline)
        finally:
            await self._listener.close()
            with contextlib.suppress(Exception):
                self._release()

    async def _try_round(self) -> datetime | None:
        try:
            return await asyncio.to_thread(self.round)
        except Exception:
            # Two lawyers' deeds met the same rows, or the database is away: the next round sees.
            log.exception("round failed")
            return None

    def round(self) -> datetime | None:
        """One round, if the lease is ours; returns when the next thing runs out."""
        with self._house.database.session() as session:
            clock = self._house.clock
            fence = lease.take(session, clock, LEASE, self._holder, seconds=_LEASE_SECONDS)
            deadline = run_round(session, self._house, fence=fence) if fence is not None else None
            session.flush()
            # Nobody else has written since the round began: these are its own events at most.
            self._seen = last_seq(session)
            return deadline

    def has_news(self) -> bool:
        """Whether something has happened since the last round that could change an offer.

        Most of what happens could not, and a round keeps everybody else from writing. What merely
        runs out at another moment is found by the round that comes anyway.
        """
        with self._house.database.reading() as session:
            events = read_after(session, self._seen)
            if events:
                self._seen = events[-1].seq
            if any(_is_lawyers_news(event) for event in events):
                return True
            return any(_is_callers_news(event) for event in events) and is_anybody_idle(session)

    async def _wait(self, deadline: datetime | None) -> None:
        pause = timedelta(seconds=_LONGEST_PAUSE_SECONDS)
        if deadline is not None:
            pause = min(pause, deadline - self._house.clock.now())
        loop = asyncio.get_running_loop()
        end = loop.time() + max(pause.total_seconds(), 0.01)
        while (seconds := end - loop.time()) > 0:
            try:
                await self._listener.wait(timeout_seconds=seconds)
            except BUS_ERRORS:
                await asyncio.sleep(min(seconds, 0.2))
                return
            if await self._try_news():
                return

    async def _try_news(self) -> bool:
        try:
            return await asyncio.to_thread(self.has_news)
        except Exception:
            log.exception("news could not be read")
            return True

    def _release(self) -> None:
        with self._house.database.session() as session:
            lease.release(session, self._house.clock, LEASE, self._holder)


def _is_lawyers_news(event: Event) -> bool:
    """A lawyer can take callers, or the rules have changed."""
    if event.type == EventType.LAWYER_CHANGED:
        return event.data.get("state") in _LAWYERS_NEWS
    return event.type == EventType.CONFIGURATION_CHANGED


def _is_callers_news(event: Event) -> bool:
    """A caller waits, or another one is next."""
    if event.type == EventType.QUEUE_CHANGED:
        return event.data.get("state") == "waiting"
    return event.type in _CALLERS_NEWS


async def _main(house: House) -> None:
    task = asyncio.create_task(Dispatcher(house).run())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    settle()
    log.info("dispatcher started")
    with contextlib.suppress(asyncio.CancelledError):
        await task
    log.info("dispatcher stopped")


def main(settings: Settings) -> None:
    """Opens the house and dispatches until told to stop."""
    hurry(Urgency.OFFERS)
    house = open_house(settings)
    try:
        asyncio.run(_main(house))
    finally:
        house.close()


if __name__ == "__main__":
    run("dispatcher", main)
