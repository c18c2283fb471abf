"""The torture messages of RFC 4475 sent to a real line."""

import re
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

import pytest

from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Desk
from tests.sipp.peer import Peer
from tests.torture.messages import MESSAGES, SILENCE, Torture


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
