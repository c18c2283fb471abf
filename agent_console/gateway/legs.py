"""What the gateway knows of legs: who may open one, and telling the database who is there."""

import asyncio
import hmac
import logging
from dataclasses import dataclass

from hotline.calls.legs import hash_token, voice_source
from hotline.events import EventType
from hotline.house import House
from hotline.tables import Leg

log = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5
_TRIES = 5


@dataclass(frozen=True, slots=True)
class LegRow:
    """A leg as it stands in the database.

    Attributes:
        id: Its id.
        call_id: Its call's.
        is_closed: It is over.
        engine: Where the engine's leg is; None while the engine is not ready.
        source: The one synchronisation source that the engine's leg hears.
    """

    id: str
    call_id: str
    is_closed: bool
    engine: tuple[str, int] | None
    source: int


def read_leg(house: House, leg_id: str) -> LegRow | None:
    """The leg; None when there is none. Blocking."""
    with house.database.reading() as session:
        leg = session.get(Leg, leg_id)
        return _row(house, leg) if leg is not None else None


def open_leg(house: House, leg_id: str, token: str) -> LegRow | None:
    """The leg, if the token is its own; None otherwise, one answer for both. Blocking."""
    with house.database.reading() as session:
        leg = session.get(Leg, leg_id)
        if leg is None or not hmac.compare_digest(leg.token_hash, hash_token(token)):
            return None
        return _row(house, leg)


def _row(house: House, leg: Leg) -> LegRow:
    is_ready = leg.state == "ready" and leg.rtp_port > 0
    return LegRow(
        id=leg.id,
        call_id=leg.call_id,
        is_closed=leg.state == "closed",
        engine=(leg.rtp_host, leg.rtp_port) if is_ready else None,
        source=voice_source(house, leg.id),
    )


class Herald:
    """Tells everyone whose browser has come and gone, in the order in which it happened."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._news: asyncio.Queue[tuple[EventType, LegRow]] = asyncio.Queue()

    def connected(self, leg: LegRow) -> None:
        """The browser's audio of this leg is there."""
        self._news.put_nowait((EventType.LEG_CONNECTED, leg))

    def disconnected(self, leg: LegRow) -> None:
        """The browser's audio of this leg is gone."""
        self._news.put_nowait((EventType.LEG_DISCONNECTED, leg))

    async def run(self) -> None:
        """Tells until cancelled."""
        while True:
            type_, leg = await self._news.get()
            for _ in range(_TRIES):
                try:
                    await asyncio.to_thread(self._record, type_, leg)
                    break
                except Exception:
                    # The database is away for a moment; the order is kept by waiting here.
                    log.exception("leg event could not be written", extra={"leg_id": leg.id})
                    await asyncio.sleep(_RETRY_SECONDS)

    def _record(self, type_: EventType, leg: LegRow) -> None:
        with self._house.database.session() as session:
            self._house.record(session, type_, leg_id=leg.id, call_id=leg.call_id)
