"""The gateway's process: `python -m agent_console.gateway`."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys

import uvloop
from websockets.asyncio.server import serve

from agent_console.gateway.server import Gateway, answer_probe
from hotline.heartbeat import keep_beating
from hotline.house import House, open_house
from hotline.process import Urgency, hurry, run
from hotline.settings import Settings
from hotline.web.listening import EXIT_PORT_IN_USE, listen, tls_context

log = logging.getLogger(__name__)

NAME = "gateway"

# A browser whose machine sleeps or lost its network is found out this soon, so that the caller
# hears music and not nothing.
_PING_SECONDS = 4.0

# A frame is 320 bytes; nobody needs more than a few of them at once.
_LONGEST_MESSAGE_BYTES = 1024

# Frames kept for a browser that reads slowly are delay: four of them, then they wait in the voice,
# where the oldest are dropped.
_WRITE_LIMIT_BYTES = 4 * 320


def main(settings: Settings) -> int:
    """Runs until SIGTERM.

    Returns:
        The exit code: 0, or 3 when the port is taken.

    Raises:
        NotConfigured: Something that is needed is missing.
    """
    hurry(Urgency.CALLS)
    try:
        listening = listen(settings.host, settings.audio_port_used)
    except OSError as error:
        sys.stderr.write(
            f"The audio port {settings.host}:{settings.audio_port_used} cannot be used "
            f"({error.strerror}); stop what listens there, or choose another with "
            "HOTLINE_AUDIO_PORT.\n"
        )
        return EXIT_PORT_IN_USE
    house = open_house(settings)
    # What is loaded by now stays for good; the collector need not look at it in mid-call.
    gc.freeze()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve_until_stopped(house, listening))
    finally:
        house.close()
    return 0


async def serve_until_stopped(house: House, listening: socket.socket) -> None:
    """Serves on a bound socket until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    gateway = Gateway(house)
    async with serve(
        gateway.serve,
        sock=listening,
        ssl=tls_context(house.settings),
        process_request=answer_probe,
        compression=None,
        max_size=_LONGEST_MESSAGE_BYTES,
        write_limit=_WRITE_LIMIT_BYTES,
        ping_interval=_PING_SECONDS,
        ping_timeout=_PING_SECONDS,
        server_header=None,
    ):
        log.info("gateway serves", extra={"port": house.settings.audio_port_used})
        tasks = [
            asyncio.create_task(gateway.run()),
            asyncio.create_task(keep_beating(house, NAME)),
            asyncio.create_task(stop.wait()),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


if __name__ == "__main__":
    run(NAME, main)
