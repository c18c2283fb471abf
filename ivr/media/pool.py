"""Several media engines, for when one core is not enough: each call lives on one of them.

An engine that dies takes its own calls' audio with it and nobody else's; another one is started in
its place, later and later if it keeps dying.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hotline.errors import HotlineError, NotConfigured
from hotline.restarts import delay_seconds, is_hopeless, recent
from ivr.media.client import MediaEngine
from ivr.media.control import Address
from ivr.media.telling import EngineDied, MediaEvent

log = logging.getLogger(__name__)

# One core is for signalling, the database and all else.
_OTHER_CORES = 1


@dataclass(slots=True)
class _Place:
    """One engine after the other, on the same ports."""

    ports: range
    engine: MediaEngine
    deaths: list[float] = field(default_factory=list)
    is_running: bool = True


@dataclass(frozen=True, slots=True)
class PoolConfiguration:
    """What every engine is started with; see `MediaEngine.start`."""

    host: str
    ports: range
    asr_address: Address | None
    rtp_timeout_seconds: float


class MediaPool:
    """Engines that share a range of ports. Make one with `MediaPool.start`.

    Belongs to the event loop it was made in. Events of all engines are handed to `on_event`;
    `EngineDied` names the process, and comes when nothing more can be asked of it.
    """

    def __init__(
        self, configuration: PoolConfiguration, on_event: Callable[[MediaEvent], None]
    ) -> None:
        self._configuration = configuration
        self._on_event = on_event
        self._places: list[_Place] = []
        self._restarts: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    @classmethod
    async def start(
        cls,
        *,
        count: int,
        configuration: PoolConfiguration,
        on_event: Callable[[MediaEvent], None],
    ) -> "MediaPool":
        """Starts so many engines, and returns when all take commands.

        Raises:
            EngineGone: One did not come up; none runs then.
            NotConfigured: There are fewer pairs of ports than engines.
        """
        pool = cls(configuration, on_event)
        try:
            for number, ports in enumerate(share_ports(configuration.ports, count)):
                engine = await pool._start_engine(number, ports)
                pool._places.append(_Place(ports, engine))
        except BaseException:
            await pool.stop()
            raise
        return pool

    def choose(self) -> MediaEngine:
        """The engine with the fewest legs; if none runs, one that refuses all that is asked."""
        running = [place for place in self._places if place.is_running]
        return min(running or self._places, key=lambda place: place.engine.legs).engine

    @property
    def engines(self) -> tuple[MediaEngine, ...]:
        """Those that run now."""
        return tuple(place.engine for place in self._places if place.is_running)

    async def stop(self) -> None:
        """Ends all engines, which close their recordings; safe to do again."""
        self._is_stopping = True
        for task in self._restarts:
            task.cancel()
        await asyncio.gather(*self._restarts, return_exceptions=True)
        await asyncio.gather(*(place.engine.stop() for place in self._places))

    async def _start_engine(self, number: int, ports: range) -> MediaEngine:
        configuration = self._configuration
        return await MediaEngine.start(
            host=configuration.host,
            ports=ports,
            on_event=partial(self._hear, number),
            asr_address=configuration.asr_address,
            rtp_timeout_seconds=configuration.rtp_timeout_seconds,
        )

    def _hear(self, number: int, event: MediaEvent) -> None:
        if isinstance(event, EngineDied) and number < len(self._places):
            self._lose(self._places[number], number)
        self._on_event(event)

    def _lose(self, place: _Place, number: int) -> None:
        place.is_running = False
        now = time.monotonic()
        place.deaths = [*recent(place.deaths, now), now]
        if is_hopeless(place.deaths, now):
            log.error("media engine keeps dying", extra={"engine": number})
        if not self._is_stopping:
            task = asyncio.get_running_loop().create_task(self._restart(place, number))
            self._restarts.add(task)
            task.add_done_callback(self._restarts.discard)

    async def _restart(self, place: _Place, number: int) -> None:
        """Starts another engine in a place, and tries again until one comes up."""
        while not self._is_stopping:
            await asyncio.sleep(delay_seconds(place.deaths, time.monotonic()))
            try:
                engine = await self._start_engine(number, place.ports)
            except (HotlineError, OSError):
                log.exception("media engine could not be started", extra={"engine": number})
                place.deaths.append(time.monotonic())
                continue
            place.engine, place.is_running = engine, True
            log.warning("media engine started anew", extra={"engine": number})
            return


def share_ports(ports: range, count: int) -> list[range]:
    """A range in so many parts of nearly equal size, each beginning with an even port.

    Raises:
        NotConfigured: There are fewer pairs of ports than parts.
    """
    first = ports.start + ports.start % 2
    pairs = (ports.stop - first) // 2
    if not 1 <= count <= pairs:
        raise NotConfigured("There are fewer RTP ports than media engines.")
    bounds = [first + 2 * (pairs * part // count) for part in range(count + 1)]
    return [range(low, high) for low, high in zip(bounds, bounds[1:], strict=False)]


def engines_wanted(setting: str) -> int:
    """How many engines a setting asks for: a number, or `auto` for one a core but one."""
    if setting != "auto":
        return int(setting)
    return max(1, len(os.sched_getaffinity(0)) - _OTHER_CORES)
