"""Looking after the speech servers on other machines, and saying how they are.

What calls see of a server is known from the calls. A server that nobody has asked for a while is
connected to, so that an administrator learns of its loss before the next caller speaks.
"""

import asyncio
import logging
from contextlib import closing

from asr.engines import Engines
from asr.remote_engine import RemoteEngine
from asr.remote_link import Link, ServerFailedError
from asr.remote_servers import Health
from hotline import speech_board
from hotline.heartbeat import BEAT_SECONDS
from hotline.house import House
from hotline.speech_board import ServerNow

log = logging.getLogger(__name__)

# A server that has not been connected to for so long is looked at.
LOOK_SECONDS = 20.0


async def keep_watching(house: House, engines: Engines) -> None:
    """Looks after the servers, and tells how they are, until cancelled."""
    async with asyncio.TaskGroup() as both:
        both.create_task(_keep_telling(house, engines))
        both.create_task(_keep_looking(engines))


def tell(house: House, engines: Engines) -> None:
    """Says how the servers are at this moment."""
    speech_board.tell(
        house,
        [
            _now(language, health)
            for language, engine in _remote(engines)
            for health in engine.servers.health()
        ],
    )


def look(engine: RemoteEngine, *, idle_seconds: float = LOOK_SECONDS) -> None:
    """Connects to the servers that nobody has asked for a while; takes none of them out of turn.

    Whether a server understands speech only calls can tell, so that what a look finds does not
    change whose turn it is.
    """
    servers = engine.servers
    for address in servers.unheard_of(idle_seconds):
        try:
            with closing(Link(address, now=engine.now)):
                servers.reached(address, is_there=True)
        except ServerFailedError:
            servers.reached(address, is_there=False)


async def _keep_telling(house: House, engines: Engines) -> None:
    while True:
        await asyncio.to_thread(tell, house, engines)
        await asyncio.sleep(BEAT_SECONDS)


async def _keep_looking(engines: Engines) -> None:
    while True:
        for _, engine in _remote(engines):
            try:
                await asyncio.to_thread(look, engine)
            except Exception:
                # Recognition goes on without knowing.
                log.exception("speech servers cannot be looked at")
        await asyncio.sleep(BEAT_SECONDS)


def _remote(engines: Engines) -> list[tuple[str, RemoteEngine]]:
    return [
        (language, engine)
        for language, engine in engines.loaded()
        if isinstance(engine, RemoteEngine)
    ]


def _now(language: str, health: Health) -> ServerNow:
    return ServerNow(
        language=language,
        url=health.address.shown,
        is_well=health.is_well,
        is_reachable=health.is_reachable,
        sides=health.sides,
        failures=health.failures,
        error=health.error,
        failed_seconds_ago=health.failed_seconds_ago,
    )
