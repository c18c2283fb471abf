"""Both lines, and pyVoIP as it is, under the same calls: `python -m benchmarks.lines`.

Each line is a process of its own that answers at once and says nothing; only signalling is
measured. The PBX line and pyVoIP are extensions of a small PBX in this process, so their calls go
through it, which costs them a fraction of a millisecond.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

from benchmarks.media import cpu_seconds
from benchmarks.sip import order_load
from ivr.sip.digest import Credentials
from ivr.sip.line import Line, LineCall
from ivr.sip.pbx_line import PbxLine
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.ports import free_port
from tests.sipp.office_pbx import OfficePbx

_KINDS = ("trunk", "pbx", "pyvoip")
_NAMES = {"trunk": "trunk line", "pbx": "PBX line", "pyvoip": "pyVoIP alone"}
_TALK_SECONDS = 1.0
_START_SECONDS = 20.0
_EXTENSION = Credentials("8001", "secret")


def _answer(call: LineCall) -> None:
    call.answer(host="127.0.0.1", port=40_000)


def _line(kind: str, pbx_port: int) -> TrunkLine | PbxLine:
    if kind == "trunk":
        return TrunkLine(
            host="127.0.0.1",
            port=0,
            trunks=one_trunk([ip_network("127.0.0.1/32")]),
            max_calls=1000,
            calls_per_second=1000,
            user_agent="benchmark",
        )
    return PbxLine(
        host="127.0.0.1",
        port=0,
        server=("127.0.0.1", pbx_port),
        credentials=_EXTENSION,
        max_calls=1000,
        user_agent="benchmark",
    )


async def _serve(kind: str, pbx_port: int) -> None:
    line = _line(kind, pbx_port)
    started: Line = line
    await started.start(_answer)
    _say_port(line.port)
    await asyncio.to_thread(sys.stdin.readline)
    await line.stop()


def _serve_pyvoip(pbx_port: int) -> None:
    """pyVoIP 1.6.8 as its documentation shows it."""
    # Only here: it warns of its own deprecated modules, and brings threads of its own.
    from pyVoIP.VoIP import VoIPPhone  # noqa: PLC0415

    warnings.simplefilter("ignore")
    phone = VoIPPhone(
        "127.0.0.1",
        pbx_port,
        _EXTENSION.username,
        _EXTENSION.password,
        myIP="127.0.0.1",
        callCallback=lambda call: call.answer(),
        sipPort=free_port(),
        rtpPortLow=30_000,
        rtpPortHigh=31_999,
    )
    phone.start()
    _say_port(phone.sip.myPort)
    sys.stdin.readline()
    phone.stop()


def _say_port(port: int) -> None:
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()


@contextmanager
def _office() -> Iterator[OfficePbx]:
    """A PBX in a thread of its own."""
    loop = asyncio.new_event_loop()
    # RFC 2069's form of digest is all that pyVoIP knows.
    pbx = OfficePbx(has_qop=False)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(pbx.open(), loop).result(_START_SECONDS)
        yield pbx
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_START_SECONDS)


def measure(kind: str, *, rate: int, seconds: float) -> str:
    """One row of the table."""
    with (
        _office() as pbx,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.lines", "--serve", kind, str(pbx.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        own_port = json.loads(process.stdout.readline())["port"]
        try:
            port = own_port if kind == "trunk" else pbx.port
            before = cpu_seconds(process.pid)
            result = order_load(
                port, rate=rate, seconds=seconds, talk_seconds=_TALK_SECONDS, speaks=False
            )
            cost = (cpu_seconds(process.pid) - before) * 1000 / max(1, result["answered"])
        finally:
            process.stdin.close()
            try:
                process.wait(_START_SECONDS)
            except subprocess.TimeoutExpired:
                # pyVoIP may wait for its threads for ever.
                process.kill()
    return (
        f"{_NAMES[kind]:12} {rate:3} calls/s: {result['answered']:4} answered, "
        f"{result['failed']} failed; INVITE to 200 p50 {result['p50_ms']} ms, "
        f"p99 {result['p99_ms']} ms; {cost:.1f} ms CPU per call of {_TALK_SECONDS:.0f} s"
    )


def main() -> None:
    """Measures, or is the line that is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lines", description=__doc__)
    parser.add_argument("--rate", type=int, default=10, help="calls per second")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve is None:
        for kind in _KINDS:
            print(measure(kind, rate=arguments.rate, seconds=arguments.seconds), flush=True)
    elif arguments.serve[0] == "pyvoip":
        _serve_pyvoip(int(arguments.serve[1]))
    else:
        asyncio.run(_serve(arguments.serve[0], int(arguments.serve[1])))


if __name__ == "__main__":
    main()
