"""The gateway's server: browsers come, are let in by their token, talk, are lost and come back."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from agent_console.gateway.legs import Herald, LegRow, open_leg, read_leg
from agent_console.gateway.rtp import FRAME_BYTES
from agent_console.gateway.voice import Voice
from agent_console.protocol import CloseCode
from hotline.events import Event, EventType
from hotline.follower import Follower
from hotline.house import House

log = logging.getLogger(__name__)

PATH = "/ws/audio/"

# How long the engine may take to be ready for a leg that was accepted.
_READY_SECONDS = 10.0

# How long a browser may be gone (reload, Wi-Fi) before its leg's socket is given back.
GRACE_SECONDS = 20.0

_NORMAL_CLOSE = 1000
_TRY_AGAIN_LATER = 1013


class _Seat:
    """A leg in this process: its voice, and the browser that holds it now."""

    def __init__(self, leg: LegRow) -> None:
        self.leg = leg
        self.voice: Voice | None = None
        self.holder: ServerConnection | None = None
        self.changed = asyncio.Event()
        self.is_closed = False
        self.farewell: asyncio.TimerHandle | None = None

    @property
    def is_settled(self) -> bool:
        """Whether there is a voice, or never will be."""
        return self.voice is not None or self.is_closed


class Gateway:
    """All legs whose browsers come to this process."""

    def __init__(
        self,
        house: House,
        *,
        grace_seconds: float = GRACE_SECONDS,
        ready_seconds: float = _READY_SECONDS,
    ) -> None:
        self._house = house
        self._grace_seconds = grace_seconds
        self._ready_seconds = ready_seconds
        self._seats: dict[str, _Seat] = {}
        self._herald = Herald(house)

    def __len__(self) -> int:
        return len(self._seats)

    async def run(self) -> None:
        """Follows events until cancelled; browsers are served by `serve` meanwhile."""
        follower = Follower(self._house, self._on_event)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(follower.run())
                tasks.create_task(self._herald.run())
        finally:
            for leg_id in list(self._seats):
                self._give_up(leg_id)

    async def serve(self, connection: ServerConnection) -> None:
        """Serves one browser from its first byte to its last."""
        address = urlsplit(connection.request.path if connection.request else "")
        leg_id = address.path.removeprefix(PATH)
        token = parse_qs(address.query).get("token", [""])[0]
        leg = await asyncio.to_thread(open_leg, self._house, leg_id, token)
        if leg is None:
            await connection.close(CloseCode.NOT_SIGNED_IN, "not your leg")
        elif leg.is_closed:
            await _end(connection)
        else:
            await self._seat(connection, leg)

    async def _seat(self, connection: ServerConnection, leg: LegRow) -> None:
        seat = self._seats.setdefault(leg.id, _Seat(leg))
        with self._holding(seat, connection):
            voice = await self._voice(seat)
            if seat.holder is not connection:
                return
            if seat.is_closed:
                await _end(connection)
            elif voice is None:
                log.warning("engine was not ready in time", extra={"leg_id": leg.id})
                await connection.close(_TRY_AGAIN_LATER, "not ready")
            else:
                await self._talk(seat, connection, voice)

    @contextlib.contextmanager
    def _holding(self, seat: _Seat, connection: ServerConnection) -> Iterator[None]:
        """The browser holds the leg; whoever held it before is sent away."""
        before, seat.holder = seat.holder, connection
        if before is not None:
            _close_soon(before, CloseCode.TAKEN_OVER, "taken over")
        if seat.farewell is not None:
            seat.farewell.cancel()
            seat.farewell = None
        try:
            yield
        finally:
            if seat.holder is connection:
                seat.holder = None
                self._await_return(seat)

    def _await_return(self, seat: _Seat) -> None:
        if seat.is_closed:
            return
        loop = asyncio.get_running_loop()
        seat.farewell = loop.call_later(self._grace_seconds, self._give_up, seat.leg.id)

    async def _voice(self, seat: _Seat) -> Voice | None:
        """The seat's voice; waits until the engine is ready, None when it does not become so."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._ready_seconds):
                while not seat.is_settled:
                    # Cleared before looking: what happens while we look is not missed.
                    seat.changed.clear()
                    await self._look(seat)
                    if not seat.is_settled:
                        await seat.changed.wait()
        return seat.voice

    async def _look(self, seat: _Seat) -> None:
        row = await asyncio.to_thread(read_leg, self._house, seat.leg.id)
        if row is None or row.is_closed:
            self._close(seat)
        elif row.engine is not None and seat.voice is None and not seat.is_closed:
            seat.voice = Voice(engine=row.engine, source=row.source)
            seat.changed.set()

    async def _talk(self, seat: _Seat, connection: ServerConnection, voice: Voice) -> None:
        voice.open()
        self._herald.connected(seat.leg)
        playing = asyncio.create_task(_play(connection, voice))
        try:
            async for message in connection:
                if isinstance(message, bytes) and len(message) == FRAME_BYTES:
                    voice.say(message)
        except ConnectionClosed:
            pass
        finally:
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
            # After a take-over the voice is the next browser's already.
            if seat.holder is connection and not seat.is_closed:
                voice.pause()
                self._herald.disconnected(seat.leg)

    async def _on_event(self, event: Event) -> None:
        seat = self._seats.get(str(event.data.get("leg_id")))
        if seat is None:
            return
        if event.type == EventType.LEG_READY:
            seat.changed.set()
        elif event.type == EventType.LEG_CLOSED:
            self._close(seat)

    def _close(self, seat: _Seat) -> None:
        """The leg is over: the browser is told so, the socket goes."""
        seat.is_closed = True
        seat.changed.set()
        holder = seat.holder
        self._give_up(seat.leg.id)
        if holder is not None:
            _run_soon(_end(holder))

    def _give_up(self, leg_id: str) -> None:
        seat = self._seats.pop(leg_id, None)
        if seat is None:
            return
        if seat.farewell is not None:
            seat.farewell.cancel()
        if seat.voice is not None:
            seat.voice.close()


async def _play(connection: ServerConnection, voice: Voice) -> None:
    """Sends what the engine says until cancelled or the browser is gone."""
    with contextlib.suppress(ConnectionClosed):
        await connection.send('{"type":"ready"}')
        while True:
            await connection.send(await voice.heard())


async def _end(connection: ServerConnection) -> None:
    """Tells a browser that its call is over."""
    with contextlib.suppress(ConnectionClosed):
        await connection.send('{"type":"ended"}')
        await connection.close(_NORMAL_CLOSE, "ended")


_running: set[asyncio.Task[None]] = set()


def _close_soon(connection: ServerConnection, code: int, reason: str) -> None:
    async def close() -> None:
        await connection.close(code, reason)

    _run_soon(close())


def _run_soon(deed: Coroutine[Any, Any, None]) -> None:
    """Runs a deed on the side; the set keeps it from being collected half done."""
    task = asyncio.get_running_loop().create_task(deed)
    _running.add(task)
    task.add_done_callback(_running.discard)


def answer_probe(connection: ServerConnection, request: Request) -> Response | None:
    """Answers what is no web socket for a leg: the health probe, and nothing else."""
    if request.path == "/healthz":
        return connection.respond(HTTPStatus.OK, "alive\n")
    if not request.path.startswith(PATH):
        return connection.respond(HTTPStatus.NOT_FOUND, "no such address\n")
    return None
