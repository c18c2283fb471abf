"""Thousands of calls one after the other, and what is left of them: `python -m benchmarks.soak`.

The line and the media engine, as in `benchmarks.sip`. After a warm-up, memory, file descriptors,
threads and what the line and the engine still hold are compared; growth is printed for each
thousand calls; a call that fails and anything that is not given back make the run fail. A run of
2,000 calls takes four minutes, of which more than two are waiting for what SIP has to remember.
What a day of timers leaves behind is in the suite, on clocks of its own (`tests/unit/ivr/sip`).
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.sip import order_load, private_kb

_TIMEOUT_SECONDS = 120.0
_TALK_SECONDS = 0.2
# sippy keeps refused and ended transactions for 32 s, and answers for up to 64 (RFC 3261 section
# 17.1.1.2, timer D).
FORGETTING_SECONDS = 70.0
# Python's and malloc's own breathing: two runs of the same differ by 1 MB, however long they are.
_ALLOWED_KB = 1000
_ALLOWED_KB_PER_THOUSAND = 500
_WARM_UP_HASTE = 2
_SAME = ("fds", "threads", "udp_ports", "calls", "legs", "recordings")


class Server:
    """`benchmarks.sip_server`, asked from time to time how it is doing."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sip_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ids = self._read()
        self.port: int = ids["port"]
        self._ids = (ids["line"], ids["engine"])

    def state(self) -> dict[str, int]:
        """What it holds now."""
        assert self._process.stdin is not None
        self._process.stdin.write("how\n")
        self._process.stdin.flush()
        told = self._read()
        return {
            "line_kb": private_kb(self._ids[0]),
            "engine_kb": private_kb(self._ids[1]),
            "fds": sum(len(os.listdir(f"/proc/{process}/fd")) for process in self._ids),
            "threads": sum(len(os.listdir(f"/proc/{process}/task")) for process in self._ids),
            "udp_ports": sum(udp_ports(process) for process in self._ids),
            **{name: told[name] for name in ("calls", "legs", "recordings")},
        }

    def stop(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_TIMEOUT_SECONDS)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


def udp_ports(process: int) -> int:
    """How many UDP ports a process has."""
    rows = Path("/proc/net/udp").read_text().splitlines()[1:]
    all_sockets = {f"socket:[{row.split()[9]}]" for row in rows}
    count = 0
    for descriptor in os.listdir(f"/proc/{process}/fd"):
        # A descriptor may be closed while we look.
        with contextlib.suppress(FileNotFoundError):
            count += os.readlink(f"/proc/{process}/fd/{descriptor}") in all_sockets
    return count


def _calls(server: Server, *, count: int, rate: float) -> int:
    """Places calls; returns how many failed."""
    result = order_load(
        server.port, rate=rate, seconds=count / rate, talk_seconds=_TALK_SECONDS, speaks=True
    )
    if result["answered"] < count or result["failed"]:
        print(f"  {result['answered']} of {count} answered, {result['failed']} failed")
    return max(count - int(result["answered"]), int(result["failed"]))


def main() -> int:
    """Runs it; returns 1 when a call failed or something was not given back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000, help="how many (default 2000)")
    parser.add_argument("--rate", type=float, default=40.0, help="new calls per second")
    arguments = parser.parse_args()
    server = Server()
    try:
        # As many calls as sippy remembers, or as follow, and more of them at a time: then each
        # cache and table has been fuller than it gets, for malloc keeps what it once had.
        warm_up = min(arguments.calls, round(FORGETTING_SECONDS * arguments.rate))
        failed = _calls(server, count=warm_up, rate=_WARM_UP_HASTE * arguments.rate)
        time.sleep(FORGETTING_SECONDS)
        before = server.state()
        failed += _calls(server, count=arguments.calls, rate=arguments.rate)
        time.sleep(FORGETTING_SECONDS)
        after = server.state()
    finally:
        server.stop()
    for name, value in before.items():
        print(f"{name:10} {value:7} before, {after[name]:7} after {arguments.calls} calls")
    grown = after["line_kb"] + after["engine_kb"] - before["line_kb"] - before["engine_kb"]
    per_thousand = grown * 1000 / arguments.calls
    left = [name for name in _SAME if after[name] > before[name]]
    allowed = _ALLOWED_KB + _ALLOWED_KB_PER_THOUSAND * arguments.calls / 1000
    print(
        f"{grown} KB grown, {per_thousand:.0f} for each thousand calls (allowed: {allowed:.0f} in "
        f"all); not given back: {left or 'nothing'}; calls that failed: {failed}"
    )
    return 1 if failed or left or grown > allowed else 0


if __name__ == "__main__":
    sys.exit(main())
