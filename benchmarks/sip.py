"""How quickly calls are answered, what they cost, what a flood does: `python -m benchmarks.sip`.

The line and the media engine without the database, every call recorded; beside Asterisk when
`asterisk` is found on PATH. The goals are those of issue 3; Asterisk's figures of 2026-11-21 stand
in docs/adr/0004.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.media import cpu_seconds

_TIMEOUT_SECONDS = 120.0
_TALK_SECONDS = 2.0
_FLOOD_RATE = 200
# What stands in the settings, so that the flood meets the same caps as in operation.
_DEFAULT_CAPS = ("--max-calls", "200", "--calls-per-second", "30")


class NotMeasured(Exception):
    """What is to be measured beside us does not work here."""


@dataclass(frozen=True, slots=True)
class Server:
    """Something that is called.

    Attributes:
        name: For the table.
        port: Its UDP port on 127.0.0.1.
        processes: Ids of its processes.
    """

    name: str
    port: int
    processes: tuple[int, ...]

    def cpu_seconds(self) -> list[float]:
        """User and system time of each of its processes."""
        return [cpu_seconds(process) for process in self.processes]

    def memory_kb(self) -> list[int]:
        """Memory of each of its processes that nobody else has."""
        return [private_kb(process) for process in self.processes]


def private_kb(process: int) -> int:
    """Anonymous memory of a process."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    return 0


def _growth(before: Sequence[float], after: Sequence[float], *, factor: float) -> str:
    """What came to be, in all and by process."""
    parts = [(b - a) * factor for a, b in zip(before, after, strict=True)]
    split = " + ".join(f"{part:.1f}" for part in parts)
    return f"{sum(parts):.1f}" + (f" ({split}: line, engine)" if len(parts) > 1 else "")


@contextmanager
def hotline(*options: str) -> Iterator[Server]:
    """Our own telephone side."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sip_server", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ids = json.loads(process.stdout.readline())
        try:
            yield Server("hotline", ids["port"], (ids["line"], ids["engine"]))
        finally:
            process.stdin.close()
            process.wait(_TIMEOUT_SECONDS)


_ASTERISK_FILES = {
    # Without `astetcdir` all other files are those of the package, whatever -C says.
    "asterisk.conf": """\
[directories]
astetcdir => {d}
astrundir => {d}
astlogdir => {d}
astspooldir => {d}
astdbdir => {d}
""",
    "modules.conf": "[modules]\nautoload=yes\n",
    "rtp.conf": "[general]\nrtpstart=46000\nrtpend=49000\n",
    "pjsip.conf": """\
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[peer]
type=endpoint
context=bench
disallow=all
allow=alaw
direct_media=no
[peer]
type=identify
endpoint=peer
match=127.0.0.1
""",
    "extensions.conf": """\
[bench]
exten => 12348,1,Answer()
 same => n,MixMonitor({d}/${{UNIQUEID}}.wav)
 same => n,Playtones(425/1000)
 same => n,Wait(3600)
""",
}
_ASTERISK_PORT = 15_060


@contextmanager
def asterisk(program: str) -> Iterator[Server]:
    """Asterisk, answering and recording as ours does.

    Raises:
        NotMeasured: It does not run, or takes no call.
    """
    with tempfile.TemporaryDirectory() as name:
        for file, text in _ASTERISK_FILES.items():
            (Path(name) / file).write_text(text.format(d=name, port=_ASTERISK_PORT))
        process = subprocess.Popen(
            [program, "-f", "-C", f"{name}/asterisk.conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            # Until it answers: the load repeats its first INVITE, and that call is not counted.
            first = order_load(_ASTERISK_PORT, rate=1, seconds=1, talk_seconds=0.1, speaks=False)
            if process.poll() is not None:
                raise NotMeasured(f"{program} ended at once with status {process.returncode}")
            if not first["answered"]:
                raise NotMeasured(f"{program} answered no call within some seconds")
            yield Server("Asterisk", _ASTERISK_PORT, (process.pid,))
        finally:
            process.terminate()
            process.wait(_TIMEOUT_SECONDS)


@contextmanager
def load(order: dict[str, Any]) -> Iterator["subprocess.Popen[str]"]:
    """The load generator, with its order given."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sip_load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            _write(process, order)
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _write(process: "subprocess.Popen[str]", data: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(data) + "\n")
    process.stdin.flush()


def _read(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    result: dict[str, Any] = json.loads(process.stdout.readline())
    return result


def order_load(port: int, **order: object) -> dict[str, Any]:
    """Has calls placed at a rate; arguments as of `benchmarks.sip_load.place_calls`."""
    with load({"host": "127.0.0.1", "port": port, **order}) as process:
        return _read(process)


def measure_answering(server: Server, *, rates: Sequence[int], seconds: float) -> None:
    """INVITE to 200, and what a whole call costs."""
    for rate in rates:
        before = server.cpu_seconds()
        result = order_load(
            server.port, rate=rate, seconds=seconds, talk_seconds=_TALK_SECONDS, speaks=True
        )
        factor = 1000 / max(1, result["answered"])
        cost = _growth(before, server.cpu_seconds(), factor=factor)
        print(
            f"{server.name:9} {rate:3} calls/s: {result['answered']:4} answered, "
            f"{result['failed']} failed; INVITE to 200 p50 {result['p50_ms']} ms, "
            f"p99 {result['p99_ms']} ms, longest {result['max_ms']} ms; "
            f"{cost} ms CPU per call of {_TALK_SECONDS:.0f} s with recording"
        )


def measure_memory(server: Server, *, calls: int) -> None:
    """Memory of each of many calls that go on."""
    # Whatever the first calls bring for good is not counted.
    order_load(server.port, rate=20, seconds=1, talk_seconds=0.5, speaks=True)
    before = server.memory_kb()
    order = {"steady": calls, "quiet_seconds": 0, "flood_rate": 0, "seconds": 0}
    with load({"host": "127.0.0.1", "port": server.port, **order}) as process:
        _read(process)
        each = _growth(before, server.memory_kb(), factor=1 / calls)
        _write(process, {})
        _read(process)
    print(f"{server.name:9} {calls} calls that are recorded: {each} KB of memory each")


def measure_flood(server: Server, *, calls: int, seconds: float) -> None:
    """What calls that go on notice of a flood of INVITEs from a trunk."""
    order = {"steady": calls, "quiet_seconds": 4, "flood_rate": _FLOOD_RATE, "seconds": seconds}
    with load({"host": "127.0.0.1", "port": server.port, **order}) as process:
        _read(process)
        _write(process, {})
        result = _read(process)
    answers = ", ".join(f"{count} x {status}" for status, count in result["answers"].items())
    print(
        f"{server.name:9} {calls} calls, then {_FLOOD_RATE} INVITE/s for {seconds:.0f} s: "
        f"packet gap p99 {result['quiet_p99_ms']} ms before, {result['flood_p99_ms']} ms meanwhile "
        f"(longest {result['flood_max_ms']} ms); answered {answers}; {result['failed']} failed"
    )


def main() -> int:
    """Runs everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each rate (default 6)")
    parser.add_argument("--calls", type=int, default=50, help="that go on in a flood (default 50)")
    parser.add_argument("--rates", type=int, nargs="+", default=[10, 50], metavar="N")
    arguments = parser.parse_args()
    with hotline() as server:
        measure_answering(server, rates=arguments.rates, seconds=arguments.seconds)
    with hotline() as server:
        measure_memory(server, calls=2 * arguments.calls)
    with hotline(*_DEFAULT_CAPS) as server:
        measure_flood(server, calls=arguments.calls, seconds=10.0 * arguments.calls / 50)
    program = shutil.which("asterisk")
    if program is None:
        print("Asterisk   not on PATH, so not measured beside")
        return 0
    try:
        with asterisk(program) as server:
            measure_answering(server, rates=arguments.rates, seconds=arguments.seconds)
            measure_memory(server, calls=2 * arguments.calls)
    except NotMeasured as error:
        print(f"Asterisk   not measured: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
