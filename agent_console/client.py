"""One connected page: who it is, and a bounded line of messages to it."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from agent_console.protocol import CloseCode

# A page that is this many messages behind shows nothing true any more; it comes back with
# `?after=` or gets a snapshot.
_LONGEST_LINE = 512

# A peer that takes nothing for this long is gone, whatever TCP believes.
_SEND_SECONDS = 10.0
_CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Member:
    """Who is behind a connection."""

    user_id: str
    roles: frozenset[str]
    token: str


class Client:
    """A page on the line. The hub writes into the line, `run` sends it on."""

    def __init__(self, socket: WebSocket, member: Member) -> None:
        self._socket = socket
        self._line: asyncio.Queue[str] = asyncio.Queue(_LONGEST_LINE)
        self._kicked: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()
        self.member = member
        # The last event that this page has or does not need.
        self.seq = 0

    def send(self, text: str) -> None:
        """Puts a message in line; a page that is too far behind is sent away, not waited for."""
        try:
            self._line.put_nowait(text)
        except asyncio.QueueFull:
            self.kick(CloseCode.TOO_SLOW)

    def kick(self, code: CloseCode) -> None:
        """Ends the connection soon."""
        if not self._kicked.done():
            self._kicked.set_result(code)

    async def run(self) -> CloseCode:
        """Sends what is in line until the page is gone or kicked.

        Returns:
            Why it ended; GOING_AWAY when the page left by itself.
        """
        sending = asyncio.create_task(self._send_on())
        try:
            either: set[asyncio.Future[Any]] = {sending, self._kicked}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
        return self._kicked.result() if self._kicked.done() else CloseCode.GOING_AWAY

    async def _send_on(self) -> None:
        while True:
            text = await self._line.get()
            try:
                async with asyncio.timeout(_SEND_SECONDS):
                    await self._socket.send_text(text)
            except (TimeoutError, WebSocketDisconnect, RuntimeError):
                return


async def close(socket: WebSocket, code: CloseCode, *, seconds: float = _CLOSE_SECONDS) -> None:
    """Closes a connection; a peer that does not answer is not waited for any longer."""
    with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(seconds):
            await socket.close(int(code), code.name.lower())
