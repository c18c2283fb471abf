"""Broken datagrams sent to a real line for a while: it answers the next good one all the same."""

import logging
import os
import random
import time
from ipaddress import ip_network
from itertools import cycle

import pytest

from ivr.sip.line import LineCall
from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Desk
from tests.sipp.peer import Peer, session
from tests.torture.mutation import damage, damaged

# `make fuzz` gives it longer, and another seed each time unless one is given.
SECONDS = float(os.environ.get("HOTLINE_FUZZ_SECONDS", "2"))
_AT_ONCE = 40
_SEED = 12348
# Several, so that none sends faster than the line listens to one.
_HOSTS = tuple(f"127.0.0.{number}" for number in range(3, 11))

_METHODS = ("INVITE", "UPDATE", "INFO", "PRACK", "OPTIONS", "REFER", "ACK", "NOTIFY")
_HEADERS = (
    "",
    "Session-Expires: 1800;refresher=uac\r\nSupported: timer\r\n",
    "Session-Expires: 91;refresher=uas\r\nAllow: UPDATE\r\n",
    "RAck: 1 1 INVITE\r\n",
    "Content-Type: application/dtmf-relay\r\n",
)


def make_line() -> TrunkLine:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.0/8")],
        "outbound": None,
        "max_calls": 100,
        "calls_per_second": 1000,
        "user_agent": "hotline test",
    }
    return TrunkLine(**with_one_trunk(values))  # type: ignore[arg-type]  # a table of arguments


def refuse(call: LineCall) -> None:
    call.ring()
    call.reject(486)


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """The same each time, but for somebody who asks for what has not been tried."""
    given = pytestconfig.getoption("--hypothesis-seed")
    if given is None:
        is_elsewhere = pytestconfig.getoption("--hypothesis-profile") == "fuzz"
        return random.randrange(2**32) if is_elsewhere else _SEED
    return int(given)


async def test_datagrams__damaged_ones_are_survived(
    caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    line = make_line()
    await line.start(refuse)
    dice = random.Random(seed)
    senders = [Peer(line.port, host=host) for host in _HOSTS]
    asker = Peer(line.port, host="127.0.0.2")
    ends_at = time.monotonic() + SECONDS
    count = 0
    while time.monotonic() < ends_at or count <= 100:
        for _ in range(_AT_ONCE):
            sender = senders[count % len(senders)]
            sender.send(damaged(dice, sender.port))
            count += 1
        await asker.ping()
    for peer in (*senders, asker):
        peer.close()
    await line.stop()

    assert_quiet(caplog, seed)
    assert line.call_count == 0


async def test_calls__damaged_requests_inside_them_are_survived(
    caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    desk = Desk()
    line = make_line()
    await line.start(desk.take)
    dice = random.Random(seed)
    asker = Peer(line.port, host="127.0.0.2")
    ends_at = time.monotonic() + SECONDS
    hosts = cycle(_HOSTS)
    while time.monotonic() < ends_at:
        peer = Peer(line.port, host=next(hosts))
        peer.request("INVITE", 1, body=session())
        await peer.expect("SIP/2.0 200")
        peer.request("ACK", 1)
        for sequence in range(2, 12):
            text = peer.compose(
                dice.choice(_METHODS),
                sequence,
                branch=f"z9hG4bK{sequence}",
                headers=dice.choice(_HEADERS),
                body=dice.choice(("", session(dice.choice((4000, 4002))), "Signal=5")),
            )
            peer.send(damage(dice, text.encode()))
        await asker.ping()
        # A sequence number that none of the damaged ones had, or the end would be out of order.
        peer.request("BYE", 2**31 - 1)
        await peer.expect("SIP/2.0")
        # A damaged INVITE may have begun a call of its own.
        for call in desk.calls:
            call.hang_up()
        desk.calls.clear()
        peer.close()
    asker.close()
    await line.stop()

    assert_quiet(caplog, seed)


def assert_quiet(caplog: pytest.LogCaptureFixture, seed: int) -> None:
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors == [], f"seed {seed}: {[vars(record) for record in errors][:3]}"
