"""The torture messages of RFC 4475 sent to a real line."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

import pytest

from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Desk
from tests.torture.messages import MESSAGES, SILENCE, Torture

_WAIT_SECONDS = 5.0


class Peer:
    """A socket that speaks SIP as it is told to."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_WAIT_SECONDS)
        self._line = ("127.0.0.1", port)
        self.port: int = self._socket.getsockname()[1]

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, self._line)

    async def receive(self) -> str:
        """The next message, those left out that only say that more will come."""
        while True:
            text = (await asyncio.to_thread(self._socket.recv, 65_535)).decode()
            if not text.startswith("SIP/2.0 100"):
                return text

    async def ping(self) -> None:
        """Asks whether the line is there; fails if anything but the answer comes."""
        self.send(
            (
                "OPTIONS sip:12348@127.0.0.1 SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bKping\r\n"
                "From: <sip:1@127.0.0.1>;tag=1\r\nTo: <sip:12348@127.0.0.1>\r\n"
                "Call-ID: ping\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            ).encode()
        )
        answer = await self.receive()
        assert answer.startswith("SIP/2.0 200 ")
        assert "Call-ID: ping\r\n" in answer

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
async def line() -> AsyncIterator[TrunkLine]:
    desk = Desk()
    desk.answers = False
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.1/32")],
        "outbound": None,
        "max_calls": 10,
        "calls_per_second": 10,
        "user_agent": "hotline test",
    }
    line = TrunkLine(**with_one_trunk(values))  # type: ignore[arg-type]  # a table of arguments
    await line.start(desk.take)
    yield line
    await line.stop()


@pytest.fixture
def peer(line: TrunkLine) -> Iterator[Peer]:
    peer = Peer(line.port)
    yield peer
    peer.close()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
async def test_message__gets_the_answer_of_the_rfc(peer: Peer, message: Torture) -> None:
    peer.send(message.encode(peer.port))

    if message.status != SILENCE:
        answer = await peer.receive()
        assert answer.startswith(f"SIP/2.0 {message.status} "), answer
        assert re.search(re.escape(message.header), answer), answer
    await peer.ping()


def test_messages__are_all_those_of_the_rfc() -> None:
    sections = [message.section for message in MESSAGES]

    assert sections == [
        *(f"3.1.1.{number}" for number in range(1, 14)),
        *(f"3.1.2.{number}" for number in range(1, 20)),
        "3.2.1",
        *(f"3.3.{number}" for number in range(1, 16)),
        "3.4.1",
    ]
