"""How much the media engine costs and how evenly it sends: `python -m benchmarks.media`.

Prints one table: the engine with calls that hear a prompt while both channels of a recording are
filled (one leg a call), the engine with bridged calls (two legs, caller and lawyer hear each other,
both are recorded), and pyVoIP 1.6.8's RTP as the measure.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.media_floor import measure_floor
from benchmarks.media_load import Measured
from ivr.media.client import MediaEngine
from ivr.media.control import Codec

_FIRST_PORT = 40_000
_LAST_PORT = 45_998
_PYVOIP_CALLS = (10, 60, 200)
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_ANSWER_SECONDS = 30.0
# Beyond every stream that a database of ours has: the fork is sent, and nobody's words are written.
_FIRST_STREAM = 1 << 30

# Given the remote ports, opens the legs; returns (local port, which remote) of each.
Opener = Callable[[list[int]], Awaitable[list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    calls: int
    cpu_ms: float
    measured: Measured
    memory_kb: float | None = None


def cpu_seconds(process_id: int) -> float:
    """User and system time of a process with all its threads."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


async def load(
    *, process_id: int, opener: Opener, payload_type: int, seconds: float
) -> tuple[float, Measured]:
    """Puts the load on a process; returns its CPU seconds and what the telephones measured."""
    generator = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.media_load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert generator.stdin is not None
    assert generator.stdout is not None
    try:
        remotes = json.loads(await generator.stdout.readline())
        ports = await opener(remotes)
        order = {"ports": ports, "payload_type": payload_type, "seconds": seconds}
        generator.stdin.write(json.dumps(order).encode() + b"\n")
        await generator.stdout.readline()
        before = cpu_seconds(process_id)
        await generator.stdout.readline()
        spent = cpu_seconds(process_id) - before
        return spent, Measured(**json.loads(await generator.stdout.readline()))
    finally:
        if generator.returncode is None:
            generator.stdin.close()
        await asyncio.wait_for(generator.wait(), _ANSWER_SECONDS)


def write_prompt(path: Path) -> None:
    """Ten seconds of a tone."""
    instants = np.arange(80_000)
    samples = (8000 * np.sin(2 * np.pi * 440 * instants / 8000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())


async def measure_engine(
    calls: int, *, seconds: float, bridged: bool, fork_port: int | None = None
) -> Row:
    """One engine with so many calls.

    Args:
        calls: How many.
        seconds: How long they are measured.
        bridged: Whether caller and lawyer talk; else callers hear a prompt.
        fork_port: Where speech recognition takes both voices of bridged calls; None: nowhere.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        prompt = directory / "prompt.wav"
        write_prompt(prompt)
        engine = await MediaEngine.start(
            host="127.0.0.1",
            ports=range(_FIRST_PORT, _LAST_PORT + 1),
            on_event=lambda _: None,
            asr_address=None if fork_port is None else ("127.0.0.1", fork_port),
        )

        idle_bytes = (await engine.statistics()).resident_bytes

        async def open_leg(leg: str, remotes: list[int], number: int) -> tuple[int, int]:
            at = number % len(remotes)
            remote = ("127.0.0.1", remotes[at])
            port = await engine.open_leg(leg, codec=Codec.PCMA, telephone_event=101, remote=remote)
            return port, at

        async def prompted(remotes: list[int]) -> list[tuple[int, int]]:
            names = [f"caller{call}" for call in range(calls)]
            legs = [await open_leg(leg, remotes, call) for call, leg in enumerate(names)]
            for call, leg in enumerate(names):
                await engine.play(leg, play=1, paths=[prompt], loop=True)
                path = directory / f"{call}.wav"
                # The second voice is the neighbour's: what a lawyer's would cost, without the leg.
                await engine.start_recording(
                    f"rec{call}", path=path, left=leg, right=names[call - 1]
                )
            return legs

        async def bridge(remotes: list[int]) -> list[tuple[int, int]]:
            legs = []
            for call in range(calls):
                caller, lawyer = f"caller{call}", f"lawyer{call}"
                legs.append(await open_leg(caller, remotes, 2 * call))
                legs.append(await open_leg(lawyer, remotes, 2 * call + 1))
                await engine.set_gains([(caller, lawyer, 1.0), (lawyer, caller, 1.0)])
                path = directory / f"{call}.wav"
                await engine.start_recording(f"rec{call}", path=path, left=caller, right=lawyer)
                if fork_port is not None:
                    await _fork(engine, call, caller, lawyer)
            return legs

        try:
            spent, measured = await load(
                process_id=engine.process_id,
                opener=bridge if bridged else prompted,
                payload_type=Codec.PCMA,
                seconds=seconds,
            )
            grown = (await engine.statistics()).resident_bytes - idle_bytes
        finally:
            await engine.stop()
    cpu_ms = 1000 * spent / (calls * measured.seconds)
    return Row(
        _kind(bridged=bridged, is_forked=fork_port is not None),
        calls,
        cpu_ms,
        measured,
        memory_kb=grown / calls / 1024,
    )


async def _fork(engine: MediaEngine, call: int, *legs: str) -> None:
    """Has both sides of a call listened to."""
    for stream, leg in enumerate(legs, _FIRST_STREAM + 2 * call):
        await engine.start_fork(leg, stream=stream, recording=f"rec{call}")


def _kind(*, bridged: bool, is_forked: bool) -> str:
    if not bridged:
        return "engine, prompt, 2 sides recorded"
    return "engine, bridged, recorded, forked" if is_forked else "engine, bridged, 2 sides recorded"


async def measure_pyvoip(calls: int, *, seconds: float) -> Row:
    """pyVoIP's RTP with so many calls."""
    target = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.media_pyvoip"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert target.stdin is not None
    assert target.stdout is not None
    stdin, stdout = target.stdin, target.stdout

    async def open_calls(remotes: list[int]) -> list[tuple[int, int]]:
        ways = [call % len(remotes) for call in range(calls)]
        order = {"first_port": _FIRST_PORT, "remotes": [remotes[way] for way in ways]}
        stdin.write(json.dumps(order).encode() + b"\n")
        ports = json.loads(await stdout.readline())
        return list(zip(ports, ways, strict=True))

    try:
        spent, measured = await load(
            process_id=target.pid, opener=open_calls, payload_type=Codec.PCMU, seconds=seconds
        )
    finally:
        # Its threads do not end by themselves in good time.
        target.kill()
        await target.wait()
    return Row(
        "pyVoIP 1.6.8, prompt, 1 side kept",
        calls,
        1000 * spent / (calls * measured.seconds),
        measured,
    )


def print_row(row: Row) -> None:
    """One line of the table."""
    measured = row.measured
    print(
        f"{row.name:<34} {row.calls:>5} {row.cpu_ms:>12.2f} {measured.gap_p50_ms:>8.2f} "
        f"{measured.gap_p99_ms:>8.2f} {measured.gap_max_ms:>8.1f} {measured.send_rate:>10.4f} "
        f"{measured.silent_legs:>6} "
        f"{'' if row.memory_kb is None else f'{row.memory_kb:.0f}':>9}",
        flush=True,
    )


async def run(
    calls: list[int], *, seconds: float, kinds: list[str], fork_port: int | None = None
) -> None:
    """Measures and prints."""
    print(
        f"{'':<34} {'':>5} {'CPU ms per':>12} {'packet gap at the phone, ms':>26} {'sent /':>10} "
        f"{'':>6} {'memory':>9}\n"
        f"{'':<34} {'calls':>5} {'call-second':>12} {'p50':>8} {'p99':>8} {'max':>8} "
        f"{'real time':>10} {'failed':>6} {'KB / call':>9}"
    )
    floor = measure_floor()
    print(
        f"{'the kernel alone, prompt / bridged':<34} {'':>5} "
        f"{f'{floor / 20:.2f} / {floor / 10:.2f}':>12}"
    )
    for count in calls:
        if "prompt" in kinds:
            print_row(await measure_engine(count, seconds=seconds, bridged=False))
    for count in calls:
        if "bridge" in kinds:
            print_row(
                await measure_engine(count, seconds=seconds, bridged=True, fork_port=fork_port)
            )
    for count in _PYVOIP_CALLS:
        if "pyvoip" in kinds:
            print_row(await measure_pyvoip(count, seconds=seconds))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.media", description=__doc__)
    parser.add_argument("--calls", default="10,100,300,500", help="how many calls, as a list")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each is measured")
    parser.add_argument("--kinds", default="prompt,bridge,pyvoip", help="what is measured")
    parser.add_argument(
        "--fork-port", type=int, help="UDP port of speech recognition that hears the bridged calls"
    )
    arguments = parser.parse_args()
    if (os.cpu_count() or 1) > 1:
        # The load generator takes the last one.
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:-1]))
    calls = [int(count) for count in arguments.calls.split(",")]
    asyncio.run(
        run(
            calls,
            seconds=arguments.seconds,
            kinds=arguments.kinds.split(","),
            fork_port=arguments.fork_port,
        )
    )


if __name__ == "__main__":
    main()
