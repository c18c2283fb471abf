"""Addresses of the PBX line: where the PBX is, and where it finds us."""

import asyncio
import socket
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from hotline.errors import NotConfigured

_RESOLVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PbxPlace:
    """Where a PBX is.

    Attributes:
        address: Its IP address and UDP port.
        local_host: The IP address that it reaches this machine at.
    """

    address: tuple[str, int]
    local_host: str


class FindPbx(Protocol):
    """Looks a PBX up (`find_pbx`)."""

    def __call__(
        self, name: str, port: int, *, known: tuple[str, int] | None = None
    ) -> Awaitable[tuple[str, int]]:
        """Its IPv4 address and UDP port."""


async def find_pbx(
    name: str, port: int, *, known: tuple[str, int] | None = None
) -> tuple[str, int]:
    """The IPv4 address and UDP port of a PBX.

    Args:
        name: Its name or address.
        port: Its UDP port.
        known: Where it was found before; of several addresses this one is kept to, so that name
            servers which list them in turn do not part us from calls that are up.

    Raises:
        NotConfigured: Its name cannot be resolved.
    """
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(
                name, port, family=socket.AF_INET, type=socket.SOCK_DGRAM
            )
    except (OSError, TimeoutError) as error:
        raise NotConfigured(
            f"The PBX's name {name} cannot be resolved. Check HOTLINE_PBX_SERVER."
        ) from error
    places = [(str(entry[4][0]), port) for entry in found]
    return known if known in places else places[0]


def local_host(host: str, pbx: tuple[str, int]) -> str:
    """The IP address that the PBX reaches this machine at.

    Args:
        host: What is listened on.
        pbx: The PBX's address.
    """
    if host != "0.0.0.0":  # noqa: S104  # compared with, not bound to
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Connecting a UDP socket sends nothing; the kernel only picks the way out.
        probe.connect(pbx)
        return str(probe.getsockname()[0])
