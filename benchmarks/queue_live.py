"""The whole hotline under fire: `python -m benchmarks.queue_live`.

60 SIPp callers at a time and 12 lawyers on the console's real WebSocket, while ivr, web, worker and
Valkey are killed (kill -9) at random. Callers choose a person, wait, talk or give up; lawyers
accept, decline or do not answer; a telephone answers those who are called back. Afterwards the
database is looked at (`benchmarks.queue_checks`): a broken promise makes the run fail, and its
directory is kept. Printed is the time from the moment at which caller and lawyer were both there to
the offer on the wire.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from benchmarks.queue_checks import Fire, report
from benchmarks.queue_lawyer import LiveLawyer
from hotline.accounts.service import NewUser, create_user
from hotline.calls import service as calls
from hotline.house import House, open_house
from hotline.queueing.repository import entries_to_offer, is_anybody_idle
from hotline.settings import load_settings
from hotline.tables import QueueEntry
from tests.e2e.client import PASSWORD
from tests.e2e.stack import Stack
from tests.postgresql import create_database, running_server
from tests.sipp.run import Sipp

# A third of the callers each is ready to wait so long, in seconds.
_PATIENCE = (10, 25, 60)
_KEY_0 = "/usr/share/sip-tester/dtmf_2833_0.pcap"
_TARGETS = ("ivr", "hotline.web", "hotline.worker", "valkey")
_BETWEEN_KILLS_SECONDS = (8.0, 28.0)
_DRAIN_SECONDS = 120.0
# Nobody who has been due for so long waits beside lawyers who are free.
_DUE = timedelta(seconds=20)

_SCENARIO = """<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:@CALLER@[call_number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

@OFFER@    ]]></send>
  <recv response="100" optional="true"></recv>
  <recv response="180" optional="true"></recv>
  <recv response="200" rtd="true" rrs="true"></recv>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:@CALLER@[call_number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: [len]

    ]]></send>
  <pause milliseconds="4000"/>
  <nop><action><exec play_pcap_audio="@KEY@"/></action></nop>
  <pause milliseconds="5000"/>
  <nop><action><exec play_pcap_audio="@KEY@"/></action></nop>
  <recv request="BYE" timeout="@PATIENCE_MS@" ontimeout="1"></recv>
  <send next="2"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

    ]]></send>
  <label id="1"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:@CALLER@[call_number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: [len]

    ]]></send>
  <recv response="481" optional="true" next="2"></recv>
  <recv response="200" timeout="8000" ontimeout="2"></recv>
  <label id="2"/>
</scenario>
"""


def telephones(stack: Stack, *, at_once: int, seconds: float) -> list[Sipp]:
    """Telephones that call again and again, under numbers that are never the same."""
    share = at_once // len(_PATIENCE)
    return [
        Sipp(
            _SCENARIO,
            port=stack.sip_port,
            variables={
                "CALLER": f"1360{place}000",
                "KEY": _KEY_0,
                "PATIENCE_MS": patience * 1000,
            },
            calls=1_000_000,
            rate=2,
            at_once=share,
            timeout_seconds=seconds + max(_PATIENCE) + _DRAIN_SECONDS,
        )
        for place, patience in enumerate(_PATIENCE)
    ]


def hire(stack: Stack, count: int) -> list[str]:
    """Lawyers who all speak Mandarin and know everything, so that the order can be checked."""
    house = house_of(stack)
    names = [f"live{number:02}" for number in range(count)]
    try:
        with house.database.session() as session:
            for name in names:
                new = NewUser(
                    username=name,
                    display_name=name,
                    password=PASSWORD,
                    roles=("lawyer",),
                    is_demo=True,
                )
                create_user(session, house, new)
    finally:
        house.close()
    return names


def _kill(stack: Stack, name: str) -> bool:
    """kill -9 of one process; False if it was not there just now."""
    pid = stack.process(name)
    if name == "valkey":
        found = stack.processes().items()
        pid = next((one for one, command in found if "valkey-server" in command), None)
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    return True


def _set_fire(
    stack: Stack, fire: Fire, *, seconds: float, chance: random.Random, targets: Sequence[str]
) -> None:
    """Kills one of the targets now and then until the time is over."""
    end = time.monotonic() + seconds
    while True:
        pause = chance.uniform(*_BETWEEN_KILLS_SECONDS)
        if not targets or time.monotonic() + pause >= end:
            time.sleep(max(0.0, end - time.monotonic()))
            return
        time.sleep(pause)
        name = chance.choice(targets)
        if _kill(stack, name):
            fire.kills.append((datetime.now(UTC), name))


def house_of(stack: Stack) -> House:
    """The hotline's database, from outside."""
    url = stack.environment.get("HOTLINE_DATABASE_URL", "")
    return open_house(load_settings(stack.data_dir, database_url=url))


def drain(house: House, callers: Sequence[Sipp]) -> list[str]:
    """Lets those on the line come to their end, and the lawyers serve whom they can.

    Returns:
        The places of those who could have been served, and were not.
    """
    for sipp in callers:
        sipp.stop_calling()
    end = time.monotonic() + _DRAIN_SECONDS
    while time.monotonic() < end:
        with house.database.reading() as session:
            on_line = any(call.direction == "in" for call in calls.unended(session))
            if not on_line and not _due(session, house):
                return []
        time.sleep(0.5)
    with house.database.reading() as session:
        return [entry.id for entry in _due(session, house)] if is_anybody_idle(session) else []


def _due(session: Session, house: House) -> Sequence[QueueEntry]:
    """Callers on the line, and call-backs that could have been dialled for some time."""
    moment = house.clock.now() - _DUE
    return entries_to_offer(session, now=moment, with_callbacks=True)


def run(
    directory: Path,
    *,
    database_url: str = "",
    seconds: float,
    callers: int,
    lawyers: int,
    seed: int,
    targets: Sequence[str] = _TARGETS,
) -> int:
    """One run; returns 1 if a promise was broken."""
    chance = random.Random(seed)
    fire = Fire()
    with ExitStack() as stack_of:
        called_back = stack_of.enter_context(
            Sipp("callee_answers", calls=1_000_000, timeout_seconds=seconds + 600)
        )
        stack = Stack(
            directory,
            HOTLINE_ASR_ENGINES="zh=none",
            HOTLINE_RTP_PORTS="20000-20599",
            HOTLINE_TRUNK_OUTBOUND=f"127.0.0.1:{called_back.sip_port}",
            HOTLINE_WRAP_UP_SECONDS="2",
            HOTLINE_LOG_LEVEL="INFO",
            HOTLINE_DATABASE_URL=database_url,
        )
        stack_of.callback(stack.stop)
        stack.start()
        stop = threading.Event()
        staff = [
            stack_of.enter_context(LiveLawyer(stack, name, random.Random(f"{seed}{name}"), stop))
            for name in hire(stack, lawyers)
        ]
        for lawyer in staff:
            lawyer.begin()
        lines = telephones(stack, at_once=callers, seconds=seconds)
        for line in lines:
            stack_of.enter_context(line)
        _set_fire(stack, fire, seconds=seconds, chance=chance, targets=targets)
        house = house_of(stack)
        stack_of.callback(house.close)
        fire.left += drain(house, lines)
        stop.set()
        for lawyer in staff:
            fire.seen |= lawyer.seen
        broken = report(house, fire)
    if broken:
        database = database_url or directory / "data" / "hotline.db"
        print(f"look at {stack.log_path} and {database} (events, offers, queue_entries, calls)")
        for at, name in fire.kills:
            print(f"  {at:%H:%M:%S.%f} UTC: kill -9 {name}")
    return 1 if broken else 0


def main() -> int:
    """Runs it; returns 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue_live", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long processes die")
    parser.add_argument("--callers", type=int, default=60, help="how many call at a time")
    parser.add_argument("--lawyers", type=int, default=12, help="how many are on duty")
    parser.add_argument("--seed", type=int, default=1, help="which accidents happen")
    parser.add_argument("--calm", action="store_true", help="no process is killed")
    parser.add_argument("--keep", type=Path, help="keep the data in this empty directory")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own")
    given = parser.parse_args()
    directory = given.keep or Path(tempfile.mkdtemp(prefix="queue-live-"))
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        url = ""
        if given.postgresql:
            url = create_database(stack.enter_context(running_server()), "hotline")
        status = run(
            directory,
            database_url=url,
            seconds=given.seconds,
            callers=given.callers,
            lawyers=given.lawyers,
            seed=given.seed,
            targets=() if given.calm else _TARGETS,
        )
    if status == 0 and given.keep is None:
        shutil.rmtree(directory, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
