"""The other end of a leg's RTP: where it sends from, and so where we send to (symmetric RTP).

Behind NAT a peer's media come from another address than its SDP says. So the sender of the first
valid packets is taken for the peer and kept; anyone else is heard only after the peer has been
silent, and then has to bring the peer's stream or to come from a host of the peer's. Where it is
settled beforehand which synchronisation source the peer has, nobody else is ever heard.

Once the sender is certain the socket is connected to it: then the kernel drops what strangers send
before it costs us anything, and each packet takes a third less time (3.4 us for one in and one out
instead of 4.8, measured 2026-11-22).
"""

import ctypes
import errno
import os
from collections.abc import Callable, Container
from socket import socket

from hotline import rtp
from ivr.media.control import Address

# So many packets from one sender make it certain: half a second of speech.
_PACKETS_TO_CONNECT = 25

# All that the kernel may hold for a socket at its default buffer size, and some more.
_MOST_WAITING = 512

# What may still be under way from the old address when a new one is signalled. Who goes on sending
# from there after that means it: behind NAT the SDP's address may change and the real one not.
_PACKETS_OF_THE_FORMER = 25

# A sockaddr whose family is AF_UNSPEC: connecting to it undoes a connect (connect(2)). Python's
# own socket.connect cannot say that.
_NOBODY = bytes(16)
_LIBC = ctypes.CDLL(None, use_errno=True)

# SDP's old way to say "do not send" (RFC 3264 section 8.4).
_NOWHERE = "0.0.0.0"  # noqa: S104  # compared with, never bound to


class Peer:
    """The way in from and out to one leg's other end.

    Args:
        opened: The leg's socket.
        signalled: The address in the peer's SDP, if it is known.
        source: The synchronisation source that alone is the peer's; None if any may be.
        on_change: Called when `receive` and `send` have become others.

    Attributes:
        receive: Reads one datagram of the peer into a buffer, and returns its size; 0 for a
            datagram that is not the peer's. Raises BlockingIOError when nothing waits.
        send: Sends one packet to the peer. Raises OSError when it cannot be sent, as while nobody
            knows where to.
        payload_types: What valid packets carry; others teach nothing.
        refused: Datagrams that were not the peer's, or not RTP.
    """

    def __init__(
        self,
        opened: socket,
        signalled: Address | None,
        *,
        source: int | None = None,
        on_change: Callable[[], None],
    ) -> None:
        self._socket = opened
        self._signalled = _usable(signalled)
        self._destination = self._signalled
        self._learned: Address | None = None
        self._former: Address | None = None
        self._patience = 0
        self._source = source
        # Host and synchronisation source of a peer that was certain, and has fallen silent.
        self._absent: tuple[str, int] | None = None
        self._may_hear = True
        self._heard = 0
        self._is_connected = False
        self.payload_types: Container[int | None] = ()
        self._on_change = on_change
        self.refused = 0
        self.receive: Callable[[memoryview], int] = self._receive_from_anyone
        self.send: Callable[[memoryview], object] = self._send_unconnected

    @property
    def destination(self) -> Address | None:
        """Where packets are sent to; None while nobody knows, or the peer wants none."""
        return self._destination if self._may_hear else None

    @property
    def is_signalled(self) -> bool:
        """Whether an SDP has named an address."""
        return self._signalled is not None

    def signal(self, address: Address | None) -> None:
        """Takes note of what an SDP says; a new address ends what was learned before.

        One to which nothing may be sent is a hold, and the peer stays who it was.
        """
        address = _usable(address)
        self._may_hear = address is not None
        if address is None or address == self._signalled:
            return
        self._signalled = address
        self._former = self._learned
        self._patience = _PACKETS_OF_THE_FORMER
        self._let_go()
        self._absent = None
        self._destination = address

    def release(self, source: int) -> None:
        """Lets the peer come back from another address; until it does all goes on.

        Args:
            source: The synchronisation source that it had until now.
        """
        if self._learned is not None and self._heard >= _PACKETS_TO_CONNECT:
            self._absent = (self._learned[0], source)
        self._let_go()

    def _let_go(self) -> None:
        self._learned = None
        self._heard = 0
        if not self._is_connected:
            return
        self._is_connected = False
        self.receive = self._receive_from_anyone
        self.send = self._send_unconnected
        self._on_change()
        if _LIBC.connect(self._socket.fileno(), _NOBODY, len(_NOBODY)) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))

    def dissolve(self) -> None:
        """Lets go of itself; nothing is received or sent afterwards."""
        del self.receive, self.send

    def _receive_from_anyone(self, buffer: memoryview) -> int:
        try:
            size, sender = self._socket.recvfrom_into(buffer)
        except BlockingIOError:
            # Only now that nothing waits: what waits may be from anyone, and would be let in.
            if self._learned is not None and self._heard >= _PACKETS_TO_CONNECT:
                self._connect(self._learned)
            raise
        packet = buffer[:size]
        is_voice = rtp.payload_type(packet) in self.payload_types
        if not (is_voice and self._accepts(sender, rtp.source(packet))):
            self.refused += 1
            self._shut_out(buffer)
            return 0
        self._heard += 1
        return int(size)

    def _shut_out(self, buffer: memoryview) -> None:
        """Receives from the certain peer alone from now on, since somebody else sends as well.

        Whoever sends without a pause would otherwise keep the peer's packets from being read. What
        waits is lost, the peer's too: once, and a tick's worth of it as a rule.
        """
        if self._learned is None or self._heard < _PACKETS_TO_CONNECT:
            return
        for _ in range(_MOST_WAITING):
            try:
                self._socket.recv_into(buffer)
            except BlockingIOError:
                self._connect(self._learned)
                return

    def _accepts(self, sender: Address, source: int) -> bool:
        """Whether a sender of valid packets is the peer; the address in the SDP always is."""
        if self._source is not None and source != self._source:
            return False
        if sender == self._learned:
            return True
        if sender == self._former and self._patience:
            self._patience -= 1
            return False
        is_vacant = self._learned is None and self._may_follow(sender, source)
        if not is_vacant and sender != self._signalled:
            return False
        self._learned = self._destination = sender
        self._heard = 0
        return True

    def _may_follow(self, sender: Address, source: int) -> bool:
        """Whether it may be the peer that has fallen silent; anyone before it was certain."""
        if self._absent is None or source == self._absent[1]:
            return True
        hosts = {self._absent[0], self._signalled[0] if self._signalled else None}
        return sender[0] in hosts

    def _connect(self, sender: Address) -> None:
        """Receives from one sender only, from now on."""
        self._socket.connect(sender)
        self._is_connected = True
        self.receive = self._socket.recv_into
        self.send = self._socket.send
        self._on_change()

    def _send_unconnected(self, packet: memoryview) -> None:
        destination = self.destination
        if destination is None:
            raise OSError(errno.EDESTADDRREQ, os.strerror(errno.EDESTADDRREQ))
        self._socket.sendto(packet, destination)


def _usable(address: Address | None) -> Address | None:
    """The address, or None if it says that nothing may be sent."""
    if address is None or address[0] == _NOWHERE or address[1] == 0:
        return None
    return address
