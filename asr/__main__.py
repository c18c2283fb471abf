"""Live transcription: takes the speech fork and says what it hears (`python -m asr`)."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable

from asr.desk import Desk
from asr.engines import Engines
from asr.fork import parse
from asr.inventory import choices
from asr.pool import Pool
from asr.remote_watch import keep_watching
from asr.scheduler import Limits
from asr.transcriber import TICK_SECONDS, Transcriber
from hotline import process
from hotline.configuration import service as configuration
from hotline.errors import NotConfigured
from hotline.events import Event, EventType
from hotline.follower import Follower
from hotline.heartbeat import keep_beating
from hotline.house import House, open_house
from hotline.settings import Settings
from hotline.transcripts.configuration import SpeechRules
from hotline.transcripts.rules import StreamState

log = logging.getLogger(__name__)

# Voices go first when there is not enough of the machine for both.
_NICENESS = 5
_MOST_THREADS = 8

# Whoever listens through a server mostly waits for it.
_SERVER_THREADS = 16

# The fork is local: nobody else has anything to say here.
_HOST = "127.0.0.1"
# A second of two hundred sides, so that a busy moment loses nothing.
_SOCKET_BUFFER_BYTES = 4 << 20
# SO_RCVBUFFORCE, <asm-generic/socket.h>: past the system's own limit, which only root may pass.
_SO_RCVBUFFORCE = 33

# `hotline up` kills after seven seconds.
_LAST_WORDS_SECONDS = 4.0
_LAST_WRITES_SECONDS = 1.5


# What may wait in the socket at the end: as much as its buffer holds.
_MOST_WAITING = 20_000
_LONGEST_DATAGRAM = 2048


class _ForkReceiver(asyncio.DatagramProtocol):
    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - asyncio's signature
        _hear(self._transcriber, data)


def _hear(transcriber: Transcriber, data: bytes) -> None:
    frame = parse(data)
    if frame is not None:
        transcriber.hear(frame)


def _hear_what_waits(fork: socket.socket, transcriber: Transcriber) -> None:
    """Reads what was said before the end and has not been looked at yet."""
    for _ in range(_MOST_WAITING):
        try:
            _hear(transcriber, fork.recv(_LONGEST_DATAGRAM))
        except OSError:
            # Usually BlockingIOError: that was all.
            return


async def serve(
    house: House, engines: Engines, stopping: asyncio.Event, *, listening: Callable[[int], None]
) -> None:
    """Listens until told to stop.

    Args:
        house: The process's house.
        engines: What may be listened with.
        stopping: Set to end; last words are still written.
        listening: Called with the UDP port once frames can come.

    Raises:
        NotConfigured: The port is taken.
    """
    fork = _fork_socket(house.settings.asr_port)
    desk, pool = Desk(house), _pool(is_remote=engines.is_remote)
    transcriber = Transcriber(house, engines=engines, desk=desk, pool=pool)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _ForkReceiver(transcriber), sock=fork
    )
    transcriber.limit(await asyncio.to_thread(_limits, house))
    follower = Follower(house, _event_handler(house, transcriber))
    # Before anybody is told that we listen: what is opened from then on is heard of.
    await follower.start()
    tasks = [
        asyncio.create_task(follower.run()),
        asyncio.create_task(keep_beating(house, "asr")),
        asyncio.create_task(_keep_ticking(transcriber)),
    ]
    if engines.is_remote:
        tasks.append(asyncio.create_task(keep_watching(house, engines)))
    told = asyncio.create_task(stopping.wait())
    listening(fork.getsockname()[1])
    try:
        # A task that ends by itself has failed: the process ends too and is started anew.
        done, _ = await asyncio.wait([told, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        _hear_what_waits(fork, transcriber)
        transport.close()
        for task in (told, *tasks):
            task.cancel()
        await asyncio.gather(told, *tasks, return_exceptions=True)
        transcriber.close_all()
        await asyncio.to_thread(pool.drain, timeout_seconds=_LAST_WORDS_SECONDS)
        await asyncio.to_thread(pool.close, timeout_seconds=_LAST_WRITES_SECONDS)
        await asyncio.to_thread(desk.close, timeout_seconds=_LAST_WRITES_SECONDS)


def main(settings: Settings) -> None:
    """Runs until SIGTERM."""
    os.nice(_NICENESS)
    engines = Engines(choices(settings))
    house = open_house(settings)
    threading.Thread(target=engines.warm_up, name="asr-warm-up", daemon=True).start()
    try:
        asyncio.run(_until_told_to_stop(house, engines))
    finally:
        house.close()


async def _until_told_to_stop(house: House, engines: Engines) -> None:
    stopping = asyncio.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, stopping.set)

    def listening(port: int) -> None:
        log.info("speech recognition listens", extra={"port": port})

    await serve(house, engines, stopping, listening=listening)
    log.info("speech recognition stopped")


def _limits(house: House) -> Limits:
    with house.database.reading() as session:
        rules = configuration.current(session, SpeechRules)
    return Limits(rules.late_ms, rules.too_late_ms)


def _event_handler(house: House, transcriber: Transcriber) -> Callable[[Event], Awaitable[None]]:
    async def handle(event: Event) -> None:
        if event.type == EventType.CONFIGURATION_CHANGED and event.data.get("kind") == "speech":
            transcriber.limit(await asyncio.to_thread(_limits, house))
        stream = event.data.get("stream")
        if not isinstance(stream, int):
            return
        if event.type == EventType.SPEECH_CLOSED:
            transcriber.close(stream)
        elif event.type == EventType.SPEECH_CHANGED:
            _attend(transcriber, stream, event)

    return handle


def _attend(transcriber: Transcriber, stream: int, event: Event) -> None:
    if event.data.get("state") == StreamState.WANTED:
        transcriber.announce(stream)
    language = event.data.get("language")
    if isinstance(language, str):
        transcriber.switch(stream, language)


async def _keep_ticking(transcriber: Transcriber) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        transcriber.tick()


def _fork_socket(port: int) -> socket.socket:
    fork = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fork.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
    with contextlib.suppress(OSError):
        fork.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _SOCKET_BUFFER_BYTES)
    try:
        fork.bind((_HOST, port))
    except OSError as error:
        fork.close()
        raise NotConfigured(
            f"UDP port {port} is taken: stop what uses it, or choose another with HOTLINE_ASR_PORT."
        ) from error
    fork.setblocking(False)
    return fork


def _pool(*, is_remote: bool) -> Pool:
    """Utterances are understood on as many threads as there are processors; one more listens."""
    labourers = max(2, min(_MOST_THREADS, os.cpu_count() or 2))
    return Pool(1 + labourers + (_SERVER_THREADS if is_remote else 0), labourers=labourers)


if __name__ == "__main__":
    process.run("asr", main)
