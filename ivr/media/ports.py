"""Which UDP ports the engine's legs get."""

import socket
from collections import deque

from ivr.media.errors import NoPortFree

# Expedited forwarding, the class for voice (RFC 4594 section 4.1), in the upper six bits.
_TYPE_OF_SERVICE = 0xB8


class PortPool:
    """Hands out bound sockets on the even ports of a range.

    Ports go round: one that was just given back is the last to be given out again, so that what the
    network still delivers of an ended call does not reach the next one.

    Raises:
        OSError: The host is not an address of this machine.
    """

    def __init__(self, *, host: str, ports: range) -> None:
        self._host = host
        self._free = deque(port for port in ports if port % 2 == 0)
        self._ports = len(self._free)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))

    def __len__(self) -> int:
        """How many ports there are, free or not."""
        return self._ports

    def open(self) -> socket.socket:
        """A non-blocking UDP socket bound to the next free port.

        Raises:
            NoPortFree: All are taken, by us or by another program.
        """
        for _ in range(len(self._free)):
            port = self._free.popleft()
            opened = self._bind(port)
            if opened is not None:
                return opened
            self._free.append(port)
        raise NoPortFree("Every RTP port of the range is in use.")

    def _bind(self, port: int) -> socket.socket | None:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.bind((self._host, port))
        except OSError:
            opened.close()
            return None
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _TYPE_OF_SERVICE)
        return opened

    def give_back(self, opened: socket.socket) -> None:
        """Closes a socket that `open` gave, and lets its port be used again."""
        port = opened.getsockname()[1]
        opened.close()
        self._free.append(port)
