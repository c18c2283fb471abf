"""Where the trunks of a line are: their names, looked up until all are found."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence

from ivr.sip.trunk_desk import Address, TrunkDesk

log = logging.getLogger(__name__)

_LOOK_UP_SECONDS = 5.0
# A name server may be late as well, after a power cut.
_AGAIN_SECONDS = 30.0

Found = Callable[[int, Address], Awaitable[None]]
"""Told about an address: the trunk's place, and where it is."""


class TrunkAddresses:
    """Finds where trunks and their registrars are.

    Args:
        desks: The trunks.
        family: The address family of the line's own socket.
        on_trunk: Told about the address that a trunk is dialled at.
        on_registrar: Told about a registrar's address.
    """

    def __init__(
        self,
        desks: Sequence[TrunkDesk],
        *,
        family: socket.AddressFamily,
        on_trunk: Found,
        on_registrar: Found,
    ) -> None:
        self._desks = desks
        self._family = family
        self._on_trunk = on_trunk
        self._on_registrar = on_registrar
        self._task: asyncio.Task[None] | None = None

    async def find(self) -> None:
        """Looks up what is not known yet, once now and in the background until all is found."""
        if not await self._find_once() and self._task is None:
            self._task = asyncio.create_task(self._find_in_the_end())

    def stop(self) -> None:
        """Looks no further."""
        if self._task is not None:
            self._task.cancel()

    async def _find_in_the_end(self) -> None:
        is_complete = False
        while not is_complete:
            await asyncio.sleep(_AGAIN_SECONDS)
            is_complete = await self._find_once()

    async def _find_once(self) -> bool:
        """Looks up what is not known; whether nothing is missing now."""
        wanted = [
            (place, name, tell)
            for place, desk in enumerate(self._desks)
            for name, known, tell in (
                (desk.trunk.outbound, desk.address, self._on_trunk),
                (_registrar(desk), desk.registrar, self._on_registrar),
            )
            if name is not None and known is None
        ]
        found = await asyncio.gather(*(self._look_up(*name) for _, name, _ in wanted))
        for (place, _, tell), address in zip(wanted, found, strict=True):
            if address is not None:
                await tell(place, address)
        return None not in found

    async def _look_up(self, name: str, port: int) -> Address | None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                found = await loop.getaddrinfo(
                    name, port, family=self._family, type=socket.SOCK_DGRAM
                )
        except (OSError, TimeoutError):
            log.warning("a trunk's name cannot be resolved", extra={"trunk": name})
            return None
        host = str(found[0][4][0])
        return (f"[{host}]" if ":" in host else host, port)


def _registrar(desk: TrunkDesk) -> tuple[str, int] | None:
    return desk.trunk.registrar.address if desk.trunk.registrar else None
