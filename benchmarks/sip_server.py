"""The hotline's telephone side alone, to be measured: `python -m benchmarks.sip_server`.

The real line and the real media engine; every call is answered, hears a prompt and is recorded.
It prints its port and the ids of its processes as JSON, and for each line that it reads how it is
doing; it ends with its standard input.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import sys
import tempfile
from collections.abc import Coroutine
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.media import write_prompt
from hotline.errors import HotlineError
from hotline.process import Urgency, hurry, settle
from ivr.media.client import MediaEngine
from ivr.media.control import Codec
from ivr.sip.line import EndReason, LineCall, RemoteMedia
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk

_RTP_PORTS = range(40_000, 45_999)


class Guest:
    """One call (`ivr.sip.line.CallListener`)."""

    def __init__(self, host: "Host", call: LineCall) -> None:
        self._host = host
        self._call = call

    async def welcome(self) -> None:
        """Answers, plays and records; the order in which the platform does it."""
        call, engine = self._call, self._host.engine
        media = call.media
        port = await engine.open_leg(
            call.id,
            codec=media.codec if media else Codec.PCMA,
            telephone_event=media.telephone_event if media else None,
            remote=(media.host, media.port) if media else None,
        )
        call.answer(host="127.0.0.1", port=port)
        await engine.start_recording(call.id, path=self.path, left=call.id, right=None)
        await engine.play(call.id, play=1, paths=[self._host.prompt], loop=True)

    async def leave(self) -> None:
        """Lets go of what the call had."""
        engine = self._host.engine
        for letting_go in (engine.stop_recording(self._call.id), engine.close_leg(self._call.id)):
            with contextlib.suppress(HotlineError):
                await letting_go

    @property
    def path(self) -> Path:
        """Where the call is recorded."""
        return self._host.directory / f"{self._call.id}.wav"

    def call_ringing(self) -> None:
        """Of no concern, as everything up to the end."""

    def early_media(self, media: RemoteMedia) -> None:
        """Of no concern."""

    def call_answered(self, media: RemoteMedia) -> None:
        """Of no concern."""

    def media_changed(self, media: RemoteMedia) -> None:
        """Of no concern."""

    def digit_pressed(self, digit: str) -> None:
        """Of no concern."""

    def call_ended(self, _: EndReason) -> None:
        """Leaves."""
        self._host.begin(self.leave())


class Host:
    """Takes all calls."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.prompt = directory / "prompt.wav"
        write_prompt(self.prompt)
        self.engine: MediaEngine
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, call: LineCall) -> None:
        """Takes a call, as the line's `on_call`."""
        guest = Guest(self, call)
        call.listen(guest)
        self.begin(guest.welcome())

    def begin(self, deed: Coroutine[Any, Any, None]) -> None:
        """Does something meanwhile."""
        task = asyncio.ensure_future(deed)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(task.exception(), HotlineError):
            return
        if not task.cancelled() and task.exception():
            print(task.exception(), file=sys.stderr)


async def serve(*, max_calls: int, calls_per_second: float) -> None:
    """Serves until standard input ends."""
    with tempfile.TemporaryDirectory() as name:
        host = Host(Path(name))
        host.engine = await MediaEngine.start(
            host="127.0.0.1", ports=_RTP_PORTS, on_event=lambda _: None, asr_address=None
        )
        line = TrunkLine(
            host="127.0.0.1",
            port=0,
            trunks=one_trunk([ip_network("127.0.0.1/32")]),
            max_calls=max_calls,
            calls_per_second=calls_per_second,  # type: ignore[arg-type]  # any number
            user_agent="hotline bench",
        )
        await line.start(host.take)
        settle()
        ids = {"port": line.port, "line": os.getpid(), "engine": host.engine.process_id}
        print(json.dumps(ids), flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(await _state(line, host)), flush=True)
        await line.stop()
        await host.engine.stop()


async def _state(line: TrunkLine, host: Host) -> dict[str, object]:
    gc.collect()
    statistics = await host.engine.statistics()
    return {
        "calls": line.call_count,
        "legs": statistics.legs,
        "recordings": statistics.recordings,
        "counters": line.counters,
    }


def main() -> None:
    """Reads the options and serves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--max-calls", type=int, default=2000)
    parser.add_argument("--calls-per-second", type=float, default=1000)
    arguments = parser.parse_args()
    hurry(Urgency.CALLS)
    serving = serve(max_calls=arguments.max_calls, calls_per_second=arguments.calls_per_second)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serving)


if __name__ == "__main__":
    main()
