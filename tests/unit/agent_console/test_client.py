import asyncio
from collections.abc import Callable
from typing import cast

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent_console.client import Client, Member, close
from agent_console.protocol import CloseCode

LI = Member("user_li", frozenset({"lawyer"}), "token")


class FakeSocket:
    """A page's end of the line; `stuck` never takes anything."""

    def __init__(self, *, stuck: bool = False, gone: bool = False) -> None:
        self.sent: list[str] = []
        self.closed: int | None = None
        self._gate = asyncio.Event()
        self._is_gone = gone
        if not stuck:
            self._gate.set()

    async def send_text(self, text: str) -> None:
        await self._gate.wait()
        if self._is_gone:
            raise WebSocketDisconnect(1006)
        self.sent.append(text)

    async def close(self, code: int, reason: str) -> None:
        await self._gate.wait()
        self.closed = code


def client_on(socket: FakeSocket) -> Client:
    return Client(cast(WebSocket, socket), LI)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come to be")


class TestRun:
    async def test_run__sends_in_order(self) -> None:
        socket = FakeSocket()
        client = client_on(socket)
        running = asyncio.create_task(client.run())
        client.send("1")
        client.send("2")

        await until(lambda: len(socket.sent) == 2)
        client.kick(CloseCode.GOING_AWAY)

        assert await running is CloseCode.GOING_AWAY
        assert socket.sent == ["1", "2"]

    async def test_run__a_page_that_does_not_read_is_sent_away(self) -> None:
        socket = FakeSocket(stuck=True)
        client = client_on(socket)
        running = asyncio.create_task(client.run())
        for number in range(1000):
            client.send(str(number))

        assert await running is CloseCode.TOO_SLOW

    async def test_run__ends_when_the_page_is_gone(self) -> None:
        client = client_on(FakeSocket(gone=True))
        client.send("1")

        assert await client.run() is CloseCode.GOING_AWAY

    async def test_kick__the_first_reason_counts(self) -> None:
        client = client_on(FakeSocket())
        client.kick(CloseCode.NOT_SIGNED_IN)
        client.kick(CloseCode.TOO_SLOW)

        assert await client.run() is CloseCode.NOT_SIGNED_IN


class TestClose:
    async def test_close__carries_the_code(self) -> None:
        socket = FakeSocket()

        await close(cast(WebSocket, socket), CloseCode.NOT_ALLOWED)

        assert socket.closed == 4403

    async def test_close__does_not_wait_for_a_peer_that_does_not_answer(self) -> None:
        await close(cast(WebSocket, FakeSocket(stuck=True)), CloseCode.TOO_SLOW, seconds=0)


@pytest.mark.parametrize("code", list(CloseCode))
def test_close_code__is_one_that_browsers_let_through(code: CloseCode) -> None:
    assert code == 1001 or 4000 <= code < 5000
