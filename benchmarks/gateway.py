"""What a browser's audio costs the gateway: `python -m benchmarks.gateway [--lawyers 12,50]`.

The real gateway process, browsers and engine in this one. A call-second is one lawyer talking and
listening for a second: 50 frames each way. The delay is from the browser's send to the engine's
receive, the load generator's own lateness included.
"""

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from hotline import valkey
from hotline.calls.legs import hash_token
from hotline.events import EventType
from hotline.house import House, open_house
from hotline.ids import new_id
from hotline.settings import load_settings
from hotline.tables import Call, Leg, User

_FRAME_SECONDS = 0.02
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class _Lawyer:
    """One browser and its engine's leg."""

    leg_id: str
    token: str
    engine: socket.socket
    peer: tuple[str, int] | None = None
    sent: dict[int, float] = field(default_factory=dict)
    delays_ms: list[float] = field(default_factory=list)
    heard_by_browser: int = 0
    heard_by_engine: int = 0


def main() -> int:
    """Measures each number of lawyers and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--lawyers", default="12,50", help="numbers of lawyers (12,50)")
    parser.add_argument("--seconds", type=float, default=10.0, help="seconds each (10)")
    # Options of other benchmarks are not ours to judge.
    given, _ = parser.parse_known_args()
    print(f"{'lawyers':>8} {'CPU ms/call-s':>14} {'delay p50 ms':>13} {'p99 ms':>8} {'lost %':>7}")
    for count in (int(text) for text in given.lawyers.split(",")):
        print(_measured(count, given.seconds), flush=True)
    return 0


def _measured(count: int, seconds: float) -> str:
    with tempfile.TemporaryDirectory() as directory:
        port = _free_port()
        settings = load_settings(Path(directory), audio_port=port)
        with valkey.running(settings) as url:
            house = open_house(settings.model_copy(update={"redis_url": url}))
            house.database.migrate()
            lawyers = _make_legs(house, count)
            environment = os.environ | {
                "HOTLINE_DATA_DIR": directory,
                "HOTLINE_AUDIO_PORT": str(port),
                "HOTLINE_REDIS_URL": url,
            }
            process = subprocess.Popen(
                [sys.executable, "-m", "agent_console.gateway"],
                env=environment,
                stderr=subprocess.DEVNULL,
            )
            try:
                _await_port(port)
                cpu = uvloop.run(_talk(process.pid, port, lawyers, seconds))
            finally:
                process.terminate()
                process.wait(10)
            house.close()
    return _line(lawyers, seconds, cpu)


def _line(lawyers: list[_Lawyer], seconds: float, cpu_seconds: float) -> str:
    count = len(lawyers)
    delays = sorted(delay for lawyer in lawyers for delay in lawyer.delays_ms)
    sent = count * seconds / _FRAME_SECONDS
    heard = sum(min(lawyer.heard_by_engine, lawyer.heard_by_browser) for lawyer in lawyers)
    lost = max(0.0, 100 * (1 - heard / sent))
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    cost = 1000 * cpu_seconds / (count * seconds)
    return f"{count:>8} {cost:>14.2f} {p50:>13.2f} {p99:>8.2f} {lost:>7.2f}"


def _make_legs(house: House, count: int) -> list[_Lawyer]:
    lawyers = []
    with house.database.session() as session:
        now = house.clock.now()
        user = User(
            id=new_id("user"),
            username="bench",
            display_name="bench",
            password_hash="!",
            created_at=now,
        )
        session.add(user)
        for _ in range(count):
            engine = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            engine.bind(("127.0.0.1", 0))
            engine.setblocking(False)
            lawyer = _Lawyer(new_id("leg"), secrets.token_urlsafe(16), engine)
            call = Call(id=new_id("call"), started_at=now)
            session.add(call)
            session.flush()
            leg = Leg(
                id=lawyer.leg_id,
                call_id=call.id,
                lawyer_id=user.id,
                token_hash=hash_token(lawyer.token),
                state="ready",
                rtp_host="127.0.0.1",
                rtp_port=engine.getsockname()[1],
                created_at=now,
            )
            session.add(leg)
            house.record(session, EventType.LEG_READY, leg_id=leg.id, call_id=call.id)
            lawyers.append(lawyer)
    return lawyers


async def _talk(pid: int, port: int, lawyers: list[_Lawyer], seconds: float) -> float:
    """Lets everyone talk; the gateway's CPU seconds meanwhile."""
    loop = asyncio.get_running_loop()
    pages = []
    for lawyer in lawyers:
        loop.add_reader(lawyer.engine.fileno(), _engine_hears, lawyer)
        address = f"ws://127.0.0.1:{port}/ws/audio/{lawyer.leg_id}?token={lawyer.token}"
        pages.append(await connect(address, compression=None))
    listening = [
        asyncio.create_task(_browser_hears(page, lawyer))
        for page, lawyer in zip(pages, lawyers, strict=True)
    ]
    await asyncio.sleep(1)
    before = _cpu_seconds(pid)
    await asyncio.gather(
        *(
            _browser_talks(page, lawyer, seconds, offset=number / len(lawyers))
            for number, (page, lawyer) in enumerate(zip(pages, lawyers, strict=True))
        )
    )
    spent = _cpu_seconds(pid) - before
    for task in listening:
        task.cancel()
    await asyncio.gather(*(page.close() for page in pages))
    for lawyer in lawyers:
        loop.remove_reader(lawyer.engine.fileno())
        lawyer.engine.close()
    return spent


async def _browser_talks(
    page: ClientConnection, lawyer: _Lawyer, seconds: float, *, offset: float
) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time() + offset * _FRAME_SECONDS
    for number in range(int(seconds / _FRAME_SECONDS)):
        await asyncio.sleep(max(0.0, begin + number * _FRAME_SECONDS - loop.time()))
        lawyer.sent[number] = time.perf_counter()
        # A loud sample tells our frames from the gateway's own silence, its value which it is.
        await page.send((8192 + 512 * (number % 16)).to_bytes(2, "little") * 160)


async def _browser_hears(page: ClientConnection, lawyer: _Lawyer) -> None:
    async for message in page:
        if isinstance(message, bytes):
            lawyer.heard_by_browser += 1


def _engine_hears(lawyer: _Lawyer) -> None:
    packet, lawyer.peer = lawyer.engine.recvfrom(2048)
    if packet[12] == 0xD5:
        return
    now = time.perf_counter()
    sent = lawyer.sent.get(lawyer.heard_by_engine)
    if sent is not None:
        lawyer.delays_ms.append(1000 * (now - sent))
    lawyer.heard_by_engine += 1
    # What was heard is said back: the other direction costs as much as in a talk.
    lawyer.engine.sendto(packet, lawyer.peer)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the gateway did not start")


if __name__ == "__main__":
    sys.exit(main())
