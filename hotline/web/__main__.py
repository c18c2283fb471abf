"""The web process: `python -m hotline.web`."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from functools import partial

import uvicorn

from hotline.heartbeat import keep_beating
from hotline.house import House, open_house
from hotline.process import Urgency, hurry, run, settle
from hotline.settings import Settings
from hotline.web.app import create_app
from hotline.web.listening import EXIT_PORT_IN_USE, listen, tls_context

NAME = "web"

# A page whose machine went to sleep or lost its network is found out this soon, so that its lawyer
# is not taken for present (ux: shown as lost within 10 s).
_PING_SECONDS = 4.0
_LONGEST_MESSAGE_BYTES = 16 * 1024
_GOODBYE_SECONDS = 3


def main(settings: Settings) -> int:
    """Runs until SIGTERM.

    Returns:
        The exit code: 0, or 3 when the port is taken.

    Raises:
        NotConfigured: Something that is needed is missing.
    """
    hurry(Urgency.OFFERS)
    try:
        listening = listen(settings.host, settings.http_port)
    except OSError as error:
        sys.stderr.write(
            f"The web port {settings.host}:{settings.http_port} cannot be used "
            f"({error.strerror}); stop what listens there, or choose another with "
            "HOTLINE_HTTP_PORT or --http-port.\n"
        )
        return EXIT_PORT_IN_USE
    # uvicorn reads the files itself, but would fail with a page of trace.
    tls_context(settings)
    serve(open_house(settings), listening)
    return 0


def serve(house: House, listening: socket.socket) -> None:
    """Serves on a socket that listens, until SIGTERM or SIGINT."""
    settings = house.settings
    app = create_app(house)
    app.state.lives.append(partial(_beating, house))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_certfile=settings.tls_cert if settings.is_tls else None,
        ssl_keyfile=settings.tls_key if settings.is_tls else None,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_max_size=_LONGEST_MESSAGE_BYTES,
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )
    settle()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        house.close()


@contextlib.asynccontextmanager
async def _beating(house: House) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_beating(house, NAME))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    run(NAME, main)
