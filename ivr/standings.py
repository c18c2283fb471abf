"""Keeps callers told of their place in the queue and of how long it will take."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Protocol

from hotline.house import House
from hotline.queueing import forecasts
from hotline.queueing.forecasts import Standing
from ivr.expectation import expected_of
from ivr.flow.expected import Expected
from ivr.flow.inputs import Input, PositionChanged

log = logging.getLogger(__name__)

# One look serves all that happened since the last one; more often nobody needs to be told anew.
_PAUSE_SECONDS = 1.0
# Talks grow longer without anything happening, and forecasts with them.
_EVERY_SECONDS = 15.0


class Caller(Protocol):
    """A call of this process, as far as its place in the queue goes."""

    @property
    def call_id(self) -> str:
        """The call's id."""

    @property
    def is_queued(self) -> bool:
        """Whether the caller holds a place."""

    @property
    def position(self) -> int | None:
        """The place as the flow last heard it; None before it is confirmed."""

    @property
    def expected(self) -> Expected | None:
        """The expected wait as the flow last heard it."""

    def post(self, event: Input) -> None:
        """Tells the flow what happened."""


class Standings:
    """Looks at the queue after what happens there and tells the calls whose standing changed."""

    def __init__(
        self,
        house: House,
        calls: Mapping[str, Caller],
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._house = house
        self._calls = calls
        self._spawn = spawn
        self._is_due = False
        self._not_before = 0.0
        self._again: asyncio.TimerHandle | None = None

    def update_soon(self) -> None:
        """Something happened in the queue or on duty."""
        if self._is_due or not any(runner.is_queued for runner in self._calls.values()):
            return
        self._is_due = True
        loop = asyncio.get_running_loop()
        pause = max(self._not_before - loop.time(), 0.0)
        loop.call_later(pause, lambda: self._spawn(self._update()))

    async def _update(self) -> None:
        self._is_due = False
        loop = asyncio.get_running_loop()
        self._not_before = loop.time() + _PAUSE_SECONDS
        # A place that is not confirmed yet has its first forecast with the confirmation.
        waiting = [one.call_id for one in self._calls.values() if one.position is not None]
        try:
            standings = await asyncio.to_thread(self._look, waiting)
        except Exception:
            log.exception("standings could not be read")
            return
        for standing in standings:
            self._tell(standing)
        if self._again is not None:
            self._again.cancel()
        self._again = loop.call_later(_EVERY_SECONDS, self.update_soon)

    def _tell(self, standing: Standing) -> None:
        runner = self._calls.get(str(standing.call_id))
        if runner is None or not runner.is_queued or runner.position is None:
            return
        expected = expected_of(standing)
        if (runner.position, runner.expected) != (standing.position, expected):
            runner.post(PositionChanged(standing.position, expected))

    def _look(self, call_ids: Collection[str]) -> list[Standing]:
        with self._house.database.reading() as session:
            found = forecasts.look(session, self._house).values()
            own = [one for one in found if one.call_id in call_ids]
        if any(one.is_news for one in own):
            with self._house.database.session() as session:
                forecasts.keep(session, self._house, own)
        return own
