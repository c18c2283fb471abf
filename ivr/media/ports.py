"""Which UDP ports the engine's legs get."""

import socket
from collections import deque
from dataclasses import dataclass

from ivr.media.errors import NoPortFree

# Expedited forwarding, the class for voice (RFC 4594 section 4.1), in the upper six bits.
_TYPE_OF_SERVICE = 0xB8


@dataclass(frozen=True, slots=True)
class PortPair:
    """Two bound sockets: RTP on an even port, RTCP on the odd one above (RFC 3550 section 11)."""

    voice: socket.socket
    control: socket.socket

    @property
    def port(self) -> int:
        """The even one."""
        return int(self.voice.getsockname()[1])

    def close(self) -> None:
        """Closes both."""
        self.voice.close()
        self.control.close()


class PortPool:
    """Hands out pairs of bound sockets in a range.

    Ports go round: one that was just given back is the last to be given out again, so that what the
    network still delivers of an ended call does not reach the next one.

    Raises:
        OSError: The host is not an address of this machine.
    """

    def __init__(self, *, host: str, ports: range) -> None:
        self._host = host
        self._free = deque(port for port in ports if port % 2 == 0 and port + 1 in ports)
        self._ports = len(self._free)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))

    def __len__(self) -> int:
        """How many ports there are, free or not."""
        return self._ports

    def open(self) -> PortPair:
        """Non-blocking UDP sockets bound to the next free ports.

        Raises:
            NoPortFree: All are taken, by us or by another program.
        """
        for _ in range(len(self._free)):
            port = self._free.popleft()
            pair = self._bind_pair(port)
            if pair is not None:
                return pair
            self._free.append(port)
        raise NoPortFree("Every RTP port of the range is in use.")

    def _bind_pair(self, port: int) -> PortPair | None:
        voice = self._bind(port)
        if voice is None:
            return None
        control = self._bind(port + 1)
        if control is None:
            voice.close()
            return None
        return PortPair(voice, control)

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

    def give_back(self, pair: PortPair) -> None:
        """Closes what `open` gave, and lets its ports be used again."""
        port = pair.port
        pair.close()
        self._free.append(port)
