"""Following events: the loop that every process uses to hear what happened.

A follower remembers the last event it handled, waits for a nudge or a second, reads what is new and
hands it on in order. A lost nudge costs a second, a bus that is away costs a second per look, and a
handler that fails is logged and does not stop the others.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from hotline.bus import BUS_ERRORS, EVENTS_STREAM, LIVE_STREAM, Listener, Live
from hotline.events import Event, last_seq, read_after
from hotline.house import House

log = logging.getLogger(__name__)

# How late an event may be when its nudge was lost.
_LOOK_ANYWAY_SECONDS = 1.0


async def _never_live(_live: Live) -> None:
    return


def _never_due() -> None:
    return None


class Follower:
    """Reads events after a sequence number, for ever."""

    def __init__(
        self,
        house: House,
        on_event: Callable[[Event], Awaitable[None]] | None = None,
        *,
        on_batch: Callable[[Sequence[Event]], Awaitable[None]] | None = None,
        on_live: Callable[[Live], Awaitable[None]] | None = None,
        due_in: Callable[[], float | None] = _never_due,
        after: int | None = None,
    ) -> None:
        """Args:
        house: The process's house.
        on_event: Called in order, once per event, awaited before the next.
        on_batch: Called with all events that were read at once, instead of `on_event`.
        on_live: Called for live words; nobody listens to them if not given.
        due_in: In how many seconds `on_batch` is to be called even if nothing happens; None while
            it need not be.
        after: The last event that is already known; the newest at start if not given.
        """
        self._house = house
        self._on_event = on_event
        self._on_batch = on_batch
        self._on_live = on_live or _never_live
        self._due_in = due_in
        self._seq = after
        streams = (EVENTS_STREAM, LIVE_STREAM) if on_live else (EVENTS_STREAM,)
        self._listener = Listener(house.settings.redis_url_used, streams=streams)

    @property
    def seq(self) -> int:
        """The last event handed on."""
        return self._seq or 0

    async def start(self) -> int:
        """Finds the newest event where none was given; returns where following begins."""
        if self._seq is None:
            self._seq = await asyncio.to_thread(newest, self._house)
        return self._seq

    async def run(self) -> None:
        """Follows until cancelled."""
        await self.start()
        try:
            while True:
                await self._drain()
                for live in await self._wait():
                    await self._hand(self._on_live(live))
        finally:
            await self._listener.close()

    async def _drain(self) -> None:
        try:
            while (events := await asyncio.to_thread(self._read)) or self._is_due():
                await self._hand_on(events)
                self._seq = events[-1].seq if events else self._seq
        except Exception:
            # The database is away for a moment; the next look finds the same events.
            log.exception("events could not be read")
            await asyncio.sleep(_LOOK_ANYWAY_SECONDS)

    async def _hand_on(self, events: Sequence[Event]) -> None:
        if self._on_batch is not None:
            await self._hand(self._on_batch(events))
        if self._on_event is not None:
            for event in events:
                self._seq = event.seq
                await self._hand(self._on_event(event))

    def _is_due(self) -> bool:
        due_in = self._due_in()
        return due_in is not None and due_in <= 0

    async def _wait(self) -> list[Live]:
        due_in = self._due_in()
        seconds = _LOOK_ANYWAY_SECONDS if due_in is None else min(due_in, _LOOK_ANYWAY_SECONDS)
        try:
            return await self._listener.wait(timeout_seconds=seconds)
        except BUS_ERRORS:
            await asyncio.sleep(seconds)
            return []

    async def _hand(self, deed: Awaitable[None]) -> None:
        try:
            await deed
        except Exception:
            log.exception("an event could not be handled")

    def _read(self) -> Sequence[Event]:
        with self._house.database.reading() as session:
            return read_after(session, self.seq)


def newest(house: House) -> int:
    """The number of the newest event; what follows it is news."""
    with house.database.reading() as session:
        return last_seq(session)
