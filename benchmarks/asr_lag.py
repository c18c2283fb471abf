"""How soon words come with several calls at once: the real process, fed as the fork feeds it."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from asr.fork import Frame, build
from benchmarks.asr_clips import load
from benchmarks.asr_engines import Candidate
from benchmarks.media import cpu_seconds
from benchmarks.sip import private_kb
from hotline import valkey
from hotline.events import Event, EventType
from hotline.follower import Follower
from hotline.g711 import A_LAW
from hotline.house import House, open_house
from hotline.ids import new_id
from hotline.settings import load_settings
from hotline.tables import Call, Segment, SpeechStream
from hotline.transcripts import service as transcripts

_FRAME_SECONDS = 0.02
_SPEAKING = 0.45
_READY_SECONDS = 120.0
_LAST_WORDS_SECONDS = 15.0
# Longer than any sentence of the talk.
_RUN_OUT_SECONDS = 12.0
_SILENCE = bytes([0xD5]) * 160
# The course of the lag is told in so many parts of the run.
_PARTS = 6
_HEADINGS = ("calls", "CPU %", "MB/leg", "finals", "p50 s", "p95 s", "full", "less", "after")
_COURSE = "p95 of each sixth of the run, s"


@dataclass(slots=True)
class _Watch:
    """When the words of each segment were on the wire."""

    house: House
    began: float = 0.0
    # When each segment's speech ended, in seconds of the run, and how long its words took.
    lags: list[tuple[float, float]] = field(default_factory=list)

    async def handle(self, event: Event) -> None:
        if event.type != EventType.SEGMENT_STORED:
            return
        now = time.monotonic()
        with self.house.database.reading() as session:
            row = session.get(Segment, event.data["segment_id"])
            if row is not None and row.source == "live":
                ended = row.end_ms / 1000
                self.lags.append((ended, now - self.began - ended))

    def course(self, seconds: float) -> list[str]:
        """How the lag went from one part of the run to the next; it must not grow and grow."""
        parts: list[list[float]] = [[] for _ in range(_PARTS)]
        for ended, lag in self.lags:
            parts[min(_PARTS - 1, int(ended / seconds * _PARTS))].append(lag)
        return [f"{_percentile(part, 0.95):.1f}" if part else "-" for part in parts]


async def run(speech: Path, *, engines: list[Candidate], counts: list[int], seconds: float) -> None:
    """Prints a row for each engine and number of calls."""
    headings = " ".join(f"{heading:>7}" for heading in _HEADINGS)
    print(f"{'engine':<30} {headings}  {_COURSE}")
    for candidate in engines:
        if candidate.is_beside:
            print(f"{candidate.name:<30.30} not measured: a server is another machine's work")
            continue
        for count in counts:
            row = await _measured(speech, candidate, count, seconds)
            cells = " ".join(f"{value:>7}" for value in row[: len(_HEADINGS)])
            print(f"{candidate.name:<30.30} {cells}  {' '.join(row[len(_HEADINGS) :])}", flush=True)


async def pacing(speech: Path, candidate: Candidate, *, calls: int, seconds: float) -> None:
    """Prints the media engine's table without and with speech recognition at work."""
    print("media engine alone:", flush=True)
    await _media(seconds)
    print(f"media engine beside {calls} transcribed calls, its own forked too:", flush=True)
    port = _free_port()
    beside = asyncio.create_task(_measured(speech, candidate, calls, seconds * 2, port=port))
    await _media(seconds, "--fork-port", str(port))
    await beside


async def _media(seconds: float, *options: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.media", "--calls", "20", "--kinds", "bridge"),
        *("--seconds", str(seconds), *options),
    )
    await process.wait()


async def _measured(
    speech: Path, candidate: Candidate, calls: int, seconds: float, *, port: int | None = None
) -> list[str]:
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings(
            Path(directory), asr_port=port or _free_port(), asr_engines=candidate.setting
        )
        with valkey.running(settings) as url:
            settings = settings.model_copy(update={"redis_url": url})
            house = open_house(settings)
            house.database.migrate()
            async with _recognition(house, candidate.setting) as process:
                return await _fed(
                    house, process.pid, payload_of(speech), calls, seconds, candidate.language
                )


async def _fed(
    house: House, process_id: int, payload: bytes, calls: int, seconds: float, language: str
) -> list[str]:
    idle_kb = private_kb(process_id)
    streams = _open(house, calls, language)
    watch = _Watch(house)
    follower = Follower(house, watch.handle)
    await follower.start()
    following = asyncio.create_task(follower.run())
    cpu = cpu_seconds(process_id)
    watch.began = time.monotonic()
    sender = threading.Thread(
        target=_send, args=(house.settings.asr_port, streams, payload, watch.began, seconds)
    )
    sender.start()
    await asyncio.sleep(watch.began + seconds - time.monotonic())
    used = cpu_seconds(process_id) - cpu
    memory = private_kb(process_id) - idle_kb
    states = _states(house, streams)
    await asyncio.to_thread(sender.join)
    await asyncio.sleep(_LAST_WORDS_SECONDS)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    lags = [lag for _, lag in watch.lags] or [float("nan")]
    return [
        str(calls),
        f"{100 * used / seconds:.0f}",
        f"{memory / 1024 / len(streams):.1f}",
        str(len(watch.lags)),
        f"{statistics.median(lags):.2f}",
        f"{_percentile(lags, 0.95):.2f}",
        *(str(states.count(state)) for state in ("full", "less", "after")),
        *watch.course(seconds),
    ]


def _percentile(values: list[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _states(house: House, streams: list[int]) -> list[str]:
    """What each side gets at the end: all that its engine can give, less, or nothing yet.

    An engine by utterance never has partial words; less of it is less effort.
    """
    kinds = {"live": "full", "by_utterance": "full", "without_partials": "less"}
    with house.database.reading() as session:
        rows = [session.get_one(SpeechStream, stream) for stream in streams]
        return [kinds.get(row.state, "after") for row in rows]


def _open(house: House, calls: int, language: str) -> list[int]:
    streams: list[int] = []
    with house.database.session() as session:
        for _ in range(calls):
            now = house.clock.now()
            call = Call(id=new_id("call"), direction="inbound", state="talking", started_at=now)
            session.add(call)
            session.flush()
            for speaker in ("caller", "lawyer"):
                row = transcripts.open_stream(
                    session, house, call_id=call.id, leg=speaker, speaker=speaker, language=language
                )
                streams.append(row.id or 0)
    return streams


def _send(port: int, streams: list[int], payload: bytes, began: float, seconds: float) -> None:
    """Every side hears the same talk, each from another place of it.

    When the time is over each finishes its sentence and falls silent: a sentence ends by the
    silence after it, and people do not all stop at the same moment.
    """
    talk = [payload[at : at + 160] for at in range(0, len(payload) - 159, 160)]
    is_silent = [False] * len(streams)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as fork:
        fork.connect(("127.0.0.1", port))
        for number in range(int((seconds + _RUN_OUT_SECONDS) / _FRAME_SECONDS)):
            at = number * _FRAME_SECONDS
            if (wait := began + at - time.monotonic()) > 0:
                time.sleep(wait)
            for place, stream in enumerate(streams):
                audio = talk[(number + place * len(talk) // len(streams)) % len(talk)]
                is_silent[place] |= at >= seconds and audio == _SILENCE
                frame = Frame(
                    stream, number % 65536, number * 20, 8, _SILENCE if is_silent[place] else audio
                )
                with suppress(ConnectionRefusedError):
                    fork.send(build(frame))


def payload_of(speech: Path) -> bytes:
    """Clips with pauses, so that somebody speaks 45 % of the time."""
    pieces: list[bytes] = []
    for clip in load(speech / "zh_8k", most=20):
        pieces += [clip.pcm, bytes(int(len(clip.pcm) / 2 * (1 / _SPEAKING - 1)) * 2)]
    return bytes(A_LAW.encode(np.frombuffer(b"".join(pieces), "<i2")))


@asynccontextmanager
async def _recognition(house: House, setting: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {
        "HOTLINE_DATA_DIR": str(house.settings.data_dir),
        "HOTLINE_REDIS_URL": house.settings.redis_url_used,
        "HOTLINE_ASR_PORT": str(house.settings.asr_port),
        "HOTLINE_ASR_ENGINES": setting,
    }
    process = subprocess.Popen(  # noqa: ASYNC220 - takes a moment, and nothing runs yet
        [sys.executable, "-m", "asr"], env=environment, stderr=subprocess.PIPE, process_group=0
    )
    try:
        await asyncio.to_thread(_await_ready, process)
        yield process
    finally:
        process.terminate()
        process.wait(_LAST_WORDS_SECONDS)
        house.close()


def _await_ready(process: "subprocess.Popen[bytes]") -> None:
    """Waits until it listens and its models are loaded; goes on emptying its log."""
    assert process.stderr is not None
    wanted = {b"speech recognition listens", b"speech model is"}
    deadline = time.monotonic() + _READY_SECONDS
    for line in process.stderr:
        wanted = {phrase for phrase in wanted if phrase not in line}
        if not wanted or time.monotonic() > deadline:
            break
    threading.Thread(target=process.stderr.read, daemon=True).start()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
