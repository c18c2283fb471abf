"""What scanners, floods and broken messages do to the trunk line: nothing."""

import asyncio
import logging
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

import pytest

from ivr.sip.admission import SourceLimit
from ivr.sip.listening import open_socket
from ivr.sip.sippy_port import TrunkPort, Trunks
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.sipp.listener import Desk
from tests.sipp.peer import Peer
from tests.sipp.run import place_call

_SECONDS = 60.0
MESSAGE = """\
INVITE sip:12348@127.0.0.1 SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK{number};rport\r
Max-Forwards: 70\r
From: "x" <sip:13800001234@127.0.0.1>;tag={number}\r
To: <sip:12348@127.0.0.1>\r
Call-ID: {number}@127.0.0.1\r
CSeq: 1 INVITE\r
Contact: <sip:13800001234@127.0.0.1:5999>\r
User-Agent: {agent}\r
Require: x-nothing\r
Content-Type: application/sdp\r
Content-Length: 0\r
\r
"""


def message(number: int, agent: str = "telephone") -> bytes:
    return MESSAGE.format(number=number, agent=agent).encode()


def make_line(*networks: str) -> TrunkLine:
    return TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=one_trunk([ip_network(network) for network in networks]),
        max_calls=10,
        calls_per_second=100,
        user_agent="hotline test",
    )


@pytest.fixture
async def line() -> AsyncIterator[TrunkLine]:
    line = make_line("127.0.0.1/32")
    await line.start(Desk().take)
    yield line
    await line.stop()


@pytest.fixture
def peer(line: TrunkLine) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.connect(("127.0.0.1", line.port))
        peer.settimeout(_SECONDS)
        yield peer


async def answer(peer: socket.socket, *, to: bytes) -> bytes:
    """Sends a good message after whatever was sent, and gives the first answer that comes."""
    peer.send(to)
    return await asyncio.to_thread(peer.recv, 65_535)


class TestScanners:
    async def test_scanner__gets_nothing_even_from_a_trunks_address(
        self, line: TrunkLine, peer: socket.socket
    ) -> None:
        for number, agent in enumerate(["friendly-scanner", "sipcli/v1.8", "VaxSIPUserAgent/3.5"]):
            peer.send(message(number, agent))

        first = await answer(peer, to=message(99))

        assert b"Call-ID: 99@" in first
        assert line.statistics.scanners == 3


class TestSize:
    async def test_oversized__is_dropped_and_counted(
        self, line: TrunkLine, peer: socket.socket
    ) -> None:
        peer.send(message(1) + b"a" * 60_000)
        peer.send(message(2).replace(b"Max-F", b"X: y\r\n" * 500 + b"Max-F"))
        peer.send(b"")

        first = await answer(peer, to=message(99))

        assert b"Call-ID: 99@" in first
        assert (line.statistics.oversized, line.statistics.noise) == (2, 1)


class TestFlood:
    async def test_flood__source_is_cut_off_and_others_are_heard(self) -> None:
        heard: list[bytes] = []
        limit = SourceLimit(per_second=0.001, burst=3, most_sources=8, clock=time.monotonic)
        port = TrunkPort(
            open_socket("127.0.0.1", 0), trunks=Trunks([ip_network("127.0.0.0/8")]), limit=limit
        )
        port.receive = lambda data, *_: heard.append(data)
        try:
            for source, count in (("127.0.0.1", 10), ("127.0.0.2", 1)):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    sender.bind((source, 0))
                    for number in range(count):
                        sender.sendto(message(number), ("127.0.0.1", port.number))
                    port.read()
        finally:
            port.close()

        assert len(heard) == 3 + 1
        assert port.flood_count == 7

    async def test_flood__of_more_than_a_carrier_sends_is_dropped_unread_for_a_while(self) -> None:
        line = make_line("127.0.0.1/32", "127.0.0.2/32")
        await line.start(Desk().take)
        flooder, other = Peer(line.port), Peer(line.port, host="127.0.0.2")
        try:
            async with asyncio.timeout(_SECONDS):
                while not line.statistics.flooded:
                    # As few as the receiver holds, and so short that they are quickly read.
                    for _ in range(100):
                        flooder.send(b"\r\n\r\n")
                    await asyncio.sleep(0)
            await other.ping()
            await flooder.ping()
        finally:
            flooder.close()
            other.close()
            await line.stop()

        # What was read before is as much as a carrier may send at once.
        assert line.statistics.noise >= 4000


class TestBroken:
    async def test_fuzz__truncated_and_changed_messages_cost_nothing(
        self, line: TrunkLine, peer: socket.socket, caplog: pytest.LogCaptureFixture
    ) -> None:
        chance = random.Random(4475)
        sent = 0
        for number in range(400):
            data = bytearray(message(number))
            for _ in range(chance.randrange(8)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            cut = data[: chance.randrange(len(data))] if number % 3 == 0 else data
            sent += peer.send(bytes(cut))
            if number % 50 == 0:
                # The receiver's buffer is bounded too.
                await asyncio.sleep(0.01)

        await asyncio.to_thread(place_call, "call", port=line.port)
        got = await asyncio.to_thread(receive_all, peer)

        assert got < sent
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def receive_all(peer: socket.socket) -> int:
    """How many bytes have come back until now."""
    peer.settimeout(0.05)
    total = 0
    while True:
        try:
            total += len(peer.recv(65_535))
        except TimeoutError:
            return total
