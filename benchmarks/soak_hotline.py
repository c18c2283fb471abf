"""Thousands of calls, and what is left of them everywhere: `python -m benchmarks.soak_hotline`.

As `benchmarks.soak`, with everything that `hotline up` starts: callers choose a person, wait and
talk or give up, lawyers on the console's web socket take them, what is recorded is written, those
who gave up are called back. After a warm-up and again after the calls, once nobody is on the line
and SIP has forgotten them, each process is looked at: its memory, descriptors, threads and UDP
ports. Lawyers stay on duty all the time, so their connections are in both pictures. 2,000 calls
take about ten minutes.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import func, select

from benchmarks.queue_lawyer import LiveLawyer
from benchmarks.queue_live import drain, hire, house_of, telephones
from benchmarks.sip import private_kb
from benchmarks.soak import FORGETTING_SECONDS, udp_ports
from hotline.house import House
from hotline.queueing.repository import entries_to_offer
from hotline.tables import Call, Leg, Recording
from tests.e2e.stack import Stack
from tests.sipp.run import Sipp

_PROGRAMS = (
    *("ivr", "ivr.media", "hotline.web", "agent_console.gateway", "hotline.dispatcher"),
    *("hotline.worker", "asr"),
)
_AT_ONCE = 60
_LAWYERS = 12
_WARM_UP_PART = 3
# How often memory is looked at on the way: what grows with each call grows in every part, what is
# room kept for the busiest moment does not.
_PARTS = 4
# What a slow machine may need for a call, at 60 at a time.
_SECONDS_PER_CALL = 2.0
# Python's and malloc's own breathing, in each process, and what may come with so many calls: the
# pages' ring of messages and the caches of statements were full after the warm-up.
_ALLOWED_KB = 3000
_ALLOWED_KB_PER_THOUSAND = 1000
# Pools of threads and of connections still grow when more is asked at once than ever before; what
# one call in two hundred did not give back would be more.
_ALLOWED_OF_POOLS = 10
_ALLOWED_MORE = {"descriptors": _ALLOWED_OF_POOLS, "threads": _ALLOWED_OF_POOLS, "udp_ports": 0}
# Those who gave up are called back, a dozen at a time.
_CALLED_BACK_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Holding:
    """What one process holds."""

    memory_kb: int
    descriptors: int
    threads: int
    udp_ports: int

    @classmethod
    def of(cls, process: int) -> "Holding":
        """Looks at a process."""
        return cls(
            memory_kb=private_kb(process),
            descriptors=len(os.listdir(f"/proc/{process}/fd")),
            threads=len(os.listdir(f"/proc/{process}/task")),
            udp_ports=udp_ports(process),
        )


def look(stack: Stack) -> dict[str, Holding]:
    """What each program of the hotline holds now."""
    ids = {name: stack.process(name) for name in _PROGRAMS}
    return {name: Holding.of(process) for name, process in ids.items() if process is not None}


def going_on(house: House) -> dict[str, int]:
    """What the rows say is going on."""
    with house.database.reading() as session:
        questions = {
            "calls": select(func.count()).where(Call.state != "ended"),
            "legs": select(func.count()).where(Leg.state != "closed"),
            "recordings": select(func.count()).where(Recording.state == "recording"),
        }
        return {name: session.exec(question).one() for name, question in questions.items()}


def place(stack: Stack, house: House, *, count: int) -> tuple[int, list[str]]:
    """Lets so many people call, and waits until the last has hung up and been forgotten.

    Returns:
        How many calls there were, and the places of those whom nobody served though they could.
    """
    before = _calls(house)
    longest = count * _SECONDS_PER_CALL
    with ExitStack() as lines_of:
        lines: list[Sipp] = telephones(stack, at_once=_AT_ONCE, seconds=longest)
        for line in lines:
            lines_of.enter_context(line)
        end = time.monotonic() + longest
        while _calls(house) - before < count and time.monotonic() < end:
            time.sleep(1.0)
        left = drain(house, lines)
    _await_quiet(house)
    return _calls(house) - before, left


def _await_quiet(house: House) -> None:
    """Waits until nobody is on the line, and then for as long as SIP remembers the last call."""
    end = time.monotonic() + _CALLED_BACK_SECONDS
    while time.monotonic() < end:
        if any(going_on(house).values()) or _waits(house):
            time.sleep(1.0)
            continue
        known = _calls(house)
        time.sleep(FORGETTING_SECONDS)
        # Somebody who was not reached may have been called again meanwhile.
        if _calls(house) == known:
            return


def _waits(house: House) -> bool:
    with house.database.reading() as session:
        return bool(entries_to_offer(session, now=house.clock.now(), with_callbacks=True))


def _calls(house: House) -> int:
    with house.database.reading() as session:
        return session.exec(select(func.count()).select_from(Call)).one()


def broken(before: Mapping[str, Holding], after: Mapping[str, Holding], *, calls: int) -> list[str]:
    """What was not given back, in words; prints the table."""
    allowed = _ALLOWED_KB + _ALLOWED_KB_PER_THOUSAND * calls / 1000
    found = [f"{name} is another process, or gone" for name in before if name not in after]
    print(f"{'':<22} {'memory, KB':>19} {'descriptors':>13} {'threads':>11} {'UDP ports':>11}")
    for name, one in before.items():
        two = after.get(name, one)
        print(
            f"{name:<22} {one.memory_kb:>8} -> {two.memory_kb:>7} "
            f"{one.descriptors:>5} -> {two.descriptors:>4} {one.threads:>4} -> {two.threads:>3} "
            f"{one.udp_ports:>4} -> {two.udp_ports:>3}"
        )
        if two.memory_kb - one.memory_kb > allowed:
            found.append(f"{name} has grown by {two.memory_kb - one.memory_kb} KB")
        found += [
            f"{name} holds more {what}"
            for what, allowed_more in _ALLOWED_MORE.items()
            if getattr(two, what) > getattr(one, what) + allowed_more
        ]
    return found


def show_course(looks: Sequence[Mapping[str, Holding]], placed: Sequence[int]) -> None:
    """Prints what memory did on the way."""
    print(f"{'memory, KB, after calls':<24}" + "".join(f"{count:>9}" for count in placed))
    for name in looks[0]:
        course = (f"{look[name].memory_kb:>9}" if name in look else " " * 9 for look in looks)
        print(f"{name:<24}" + "".join(course))


def run(directory: Path, *, calls: int) -> int:
    """One run; returns 1 if something was not given back."""
    with ExitStack() as stack_of:
        called_back = stack_of.enter_context(
            Sipp("callee_answers", calls=1_000_000, timeout_seconds=calls * 8 + 1200)
        )
        stack = Stack(
            directory,
            HOTLINE_ASR_ENGINES="zh=none",
            HOTLINE_RTP_PORTS="20000-20599",
            HOTLINE_TRUNK_OUTBOUND=f"127.0.0.1:{called_back.sip_port}",
            HOTLINE_WRAP_UP_SECONDS="2",
            HOTLINE_LOG_LEVEL="INFO",
        )
        stack_of.callback(stack.stop)
        stack.start()
        stop = threading.Event()
        stack_of.callback(stop.set)
        for name in hire(stack, _LAWYERS):
            lawyer = LiveLawyer(stack, name, random.Random(name), stop)
            stack_of.enter_context(lawyer).begin()
        house = house_of(stack)
        stack_of.callback(house.close)
        place(stack, house, count=calls // _WARM_UP_PART)
        looks, counts, left = [look(stack)], [0], list[str]()
        for _ in range(_PARTS):
            placed, left_now = place(stack, house, count=-(-calls // _PARTS))
            looks.append(look(stack))
            counts.append(counts[-1] + placed)
            left += left_now
        placed = counts[-1]
        show_course(looks, counts)
        found = broken(looks[0], looks[-1], calls=placed)
        found += [f"{count} {what} go on" for what, count in going_on(house).items() if count]
        found += [f"{entry_id} is due and lawyers are free" for entry_id in left]
        stop.set()
    print(f"{placed} calls; not given back: {'; '.join(found) or 'nothing'}")
    return 1 if found or placed < calls else 0


def main() -> int:
    """Runs it; returns 1 when something was not given back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000, help="how many (default 2000)")
    given = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="soak-"))
    status = run(directory, calls=given.calls)
    if status == 0:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"look at {directory}")
    return status


if __name__ == "__main__":
    sys.exit(main())
