"""A running web process for tests: real bus, real HTTP and web sockets, in a thread of its own."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic, sleep
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hotline import valkey
from hotline.bus import Bus
from hotline.clock import SystemClock
from hotline.house import House
from hotline.web.app import Mount, create_app
from hotline.web.listening import listen

# Longer than a machine stands still.
WAIT_SECONDS = 60.0


@contextmanager
def with_bus(house: House) -> Iterator[House]:
    """The house with a real bus and the real time."""
    with valkey.running(house.settings) as url:
        live = House(
            settings=house.settings,
            database=house.database,
            vault=house.vault,
            bus=Bus(url),
            clock=SystemClock(),
        )
        try:
            yield live
        finally:
            live.bus.close()


@contextmanager
def serving(house: House, *, mounts: Sequence[Mount] | None = None) -> Iterator[str]:
    """Serves the whole application, or some faces of it; yields host:port."""
    listening = listen("127.0.0.1", 0)
    address = "{}:{}".format(*listening.getsockname())
    config = uvicorn.Config(
        create_app(house, mounts=mounts),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    started = threading.Event()
    announce = server.startup

    async def startup(sockets: Any = None) -> None:
        await announce(sockets)
        started.set()

    server.startup = startup  # type: ignore[method-assign]  # uvicorn has no other way to tell
    thread.start()
    try:
        assert started.wait(WAIT_SECONDS), "the server did not start"
        yield address
    finally:
        server.should_exit = True
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive(), "the server did not stop"


async def until(condition: Callable[[], bool]) -> None:
    """Looks again and again, in a thread, until the condition holds."""

    def look() -> None:
        deadline = monotonic() + WAIT_SECONDS
        while not condition():
            assert monotonic() < deadline, "it did not come to be"
            sleep(0.02)

    await asyncio.to_thread(look)


class Page:
    """A console page of the tests: keeps what it was sent."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[dict[str, Any]] = []

    async def next(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(WAIT_SECONDS):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        self.seen.append(message)
        return message

    async def until(self, type_: str) -> dict[str, Any]:
        """The next message of this type; what comes before is kept in `seen`."""
        while (message := await self.next()).get("type") != type_:
            pass
        return message

    async def say(self, **message: object) -> None:
        """Sends a message."""
        await self.socket.send(json.dumps(message))

    async def close_code(self) -> int:
        """Reads on until the server closes; the code."""
        async with asyncio.timeout(WAIT_SECONDS):
            with suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code or 0


@asynccontextmanager
async def page(
    address: str, token: str, *, after: int | None = None, **options: Any
) -> AsyncIterator[Page]:
    """Opens a console page.

    It takes in whatever it is sent, as a browser does: a client that stops reading when its buffer
    is full never sees the answer to its close, and waits ten seconds for it.
    """
    options = {"max_queue": None, **options}
    query = f"?token={token}" if token else "?"
    query += f"&after={after}" if after is not None else ""
    async with connect(f"ws://{address}/ws/console{query}", **options) as socket:
        yield Page(socket)
