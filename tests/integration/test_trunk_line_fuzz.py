"""Broken datagrams sent to a real line for a while: it answers the next good one all the same."""

import logging
import os
import random
import time
from ipaddress import ip_network

import pytest

from ivr.sip.line import LineCall
from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.peer import Peer
from tests.torture.mutation import damaged

# `make fuzz` gives it longer.
SECONDS = float(os.environ.get("HOTLINE_FUZZ_SECONDS", "2"))
_AT_ONCE = 40


def refuse(call: LineCall) -> None:
    call.ring()
    call.reject(486)


async def test_datagrams__damaged_ones_are_survived(caplog: pytest.LogCaptureFixture) -> None:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.0/8")],
        "outbound": None,
        "max_calls": 10,
        "calls_per_second": 1000,
        "user_agent": "hotline test",
    }
    line = TrunkLine(**with_one_trunk(values))  # type: ignore[arg-type]  # a table of arguments
    await line.start(refuse)
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    # Several, so that none sends faster than the line listens to one.
    senders = [Peer(line.port, host=f"127.0.0.{number}") for number in range(3, 11)]
    asker = Peer(line.port, host="127.0.0.2")
    ends_at = time.monotonic() + SECONDS
    count = 0
    while time.monotonic() < ends_at:
        for _ in range(_AT_ONCE):
            sender = senders[count % len(senders)]
            sender.send(damaged(dice, sender.port))
            count += 1
        await asker.ping()
    for peer in (*senders, asker):
        peer.close()
    await line.stop()

    assert count > 100
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors == [], f"seed {seed}: {[vars(record) for record in errors][:3]}"
    assert line.call_count == 0
