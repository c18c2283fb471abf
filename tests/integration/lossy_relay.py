"""A bad network between a phone and the engine: loses, delays, swaps and doubles datagrams."""

import asyncio
import random
import socket
from dataclasses import dataclass
from typing import cast

from ivr.media.control import Address


@dataclass(frozen=True, slots=True)
class Faults:
    """What a network does to each datagram, independently.

    Attributes:
        loss: The share that never arrives.
        jitter_seconds: Each is late by up to this, evenly distributed; so they overtake each other.
        doubled: The share that arrives twice.
    """

    loss: float = 0.0
    jitter_seconds: float = 0.0
    doubled: float = 0.0


class LossyRelay(asyncio.DatagramProtocol):
    """Passes datagrams on to one address, as a network with faults does; one way only."""

    def __init__(self, target: Address, faults: Faults, *, seed: int) -> None:
        self.lost = 0
        self._target = target
        self._faults = faults
        self._random = random.Random(seed)
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, target: Address, faults: Faults, *, seed: int = 1) -> "LossyRelay":
        """A relay on a free port of 127.0.0.1."""
        relay = cls(target, faults, seed=seed)
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind(("127.0.0.1", 0))
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: relay, sock=opened)
        return relay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        faults = self._faults
        if addr == self._target:
            # What the engine sends back is of no interest here.
            return
        if self._random.random() < faults.loss:
            self.lost += 1
            return
        for _ in range(2 if self._random.random() < faults.doubled else 1):
            delay = self._random.uniform(0, faults.jitter_seconds)
            asyncio.get_running_loop().call_later(delay, self._pass_on, data)

    def _pass_on(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, self._target)

    @property
    def address(self) -> Address:
        """Where to send."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return str(host), int(port)

    def close(self) -> None:
        """Ends it; what is under way is lost."""
        if self._transport is not None:
            self._transport.close()
