"""One TCP connection with a peer of a trunk; everything runs in sippy's thread, nothing waits."""

import errno
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ivr.sip.message_stream import PING, PONG, MessageStream, StreamBroken
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_port import Address

log = logging.getLogger(__name__)

# So that one connection leaves time for others: some twenty ordinary messages.
_READ_BYTES = 16_384
# 200 answers that a peer does not take; then it is of no use.
_MOST_UNSENT_BYTES = 262_144
# Contacts that one peer was called at lately.
_MOST_CARRIED = 256
# A peer whose machine is gone says no goodbye: the kernel asks after a minute of silence.
_KEEPALIVE = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 15), (socket.TCP_KEEPCNT, 4))


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may take, in seconds.

    Attributes:
        connect: Until the peer takes it; less than a call waits before it tries another trunk.
        message: From the first byte of a message to its last, and until the peer takes what is
            sent.
        idle: Without a byte in either direction. RFC 5626 has peers ask every two minutes.
        connections_of_one: How many one address may have open.
        connections: How many all may have.
    """

    connect: float = 3.0
    message: float = 10.0
    idle: float = 900.0
    connections_of_one: int = 64
    connections: int = 512


DEFAULT_PATIENCE = Patience()


class Connection:
    """One connection.

    Args:
        sock: Connected, or about to be; non-blocking, and belongs to the connection from now on.
        remote: Whom with.
        patience: How long it may take.
        deliver: Told each message.
        on_end: Told once that it is over.

    Attributes:
        remote: Whom with.
        is_closed: Whether it is over.
        is_broken: Whether the peer sent what cannot be cut into messages.
        has_heard: Whether the peer ever said anything.
        carried: Whom requests were meant for that were sent by it.
    """

    def __init__(
        self,
        sock: socket.socket,
        remote: Address,
        *,
        is_connected: bool,
        patience: Patience,
        deliver: "Callable[[Connection, bytes], None]",
        on_end: "Callable[[Connection], None]",
    ) -> None:
        self.remote = remote
        self.is_closed = False
        self.is_broken = False
        self.has_heard = False
        self.carried: set[Address] = set()
        self._socket = sock
        self._is_connected = is_connected
        self._patience = patience
        self._deliver = deliver
        self._on_end = on_end
        self._stream = MessageStream()
        self._unsent = bytearray()
        self._active_at = time.monotonic()
        # Since when a message is unfinished, and since when nothing of what is unsent was taken.
        self._unfinished_at: float | None = None
        self._stuck_at: float | None = None if is_connected else self._active_at
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEPALIVE:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
        LOOP.watch(sock.fileno(), self._ready)
        LOOP.want_room(sock.fileno(), not is_connected)

    @property
    def local_host(self) -> str:
        """Our IP address that the peer knows."""
        return str(self._socket.getsockname()[0])

    def carry(self, data: bytes, address: Address) -> None:
        """Sends a request that is meant for this address."""
        if len(self.carried) >= _MOST_CARRIED:
            self.carried.clear()
        self.carried.add(address)
        self.send(data)

    def send(self, data: bytes) -> None:
        """Sends a message as soon as the peer takes it."""
        if self.is_closed:
            return
        self._unsent += data
        if len(self._unsent) > _MOST_UNSENT_BYTES:
            self.close("the peer takes nothing")
        elif self._is_connected:
            self._flush()

    def check(self, now: float) -> None:
        """Closes the connection if its time is over."""
        if self._overdue(now) is None:
            return
        # The machine may have stood still, and not the peer.
        self._ready()
        reason = self._overdue(now)
        if reason is not None:
            self.close(reason)

    def _overdue(self, now: float) -> str | None:
        allowed = self._patience.message if self._is_connected else self._patience.connect
        if self._stuck_at is not None and now - self._stuck_at > allowed:
            return "the peer takes nothing"
        if self._unfinished_at is not None and now - self._unfinished_at > self._patience.message:
            return "a message was not finished in time"
        if now - self._active_at > self._patience.idle:
            return "nothing was said for long"
        return None

    def close(self, reason: str) -> None:
        """Ends the connection."""
        if self.is_closed:
            return
        self.is_closed = True
        LOOP.forget(self._socket.fileno())
        self._socket.close()
        log.debug("sip connection closed", extra={"reason": reason})
        self._on_end(self)

    def _ready(self) -> None:
        if not self._is_connected and not self._finish_connecting():
            return
        self._flush()
        self._read()

    def _finish_connecting(self) -> bool:
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self.close(os.strerror(error))
            return False
        try:
            self._socket.getpeername()
        except OSError:
            # An event of whoever had this descriptor before.
            return False
        self._is_connected = True
        return True

    def _flush(self) -> None:
        if self.is_closed:
            return
        sent = 0
        try:
            sent = self._socket.send(self._unsent) if self._unsent else 0
        except BlockingIOError:
            pass
        except OSError as error:
            self.close(errno.errorcode.get(error.errno or 0, "error"))
            return
        del self._unsent[:sent]
        now = time.monotonic()
        if sent:
            self._active_at = now
        if not self._unsent:
            self._stuck_at = None
        elif sent or self._stuck_at is None:
            self._stuck_at = now
        LOOP.want_room(self._socket.fileno(), bool(self._unsent))

    def _read(self) -> None:
        if self.is_closed:
            return
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self.close(errno.errorcode.get(error.errno or 0, "error"))
            return
        if not data:
            self.close("the peer has closed it")
            return
        self.has_heard = True
        self._active_at = time.monotonic()
        try:
            self._take(data)
        except StreamBroken as error:
            self.is_broken = True
            self.close(str(error))

    def _take(self, data: bytes) -> None:
        with_end = False
        for message in self._stream.take(data):
            with_end = True
            if message == PING:
                self.send(PONG)
            else:
                self._deliver(self, message)
            if self.is_closed:
                return
        if not self._stream.is_unfinished:
            self._unfinished_at = None
        elif with_end or self._unfinished_at is None:
            self._unfinished_at = self._active_at


def connect(local_host: str, remote: Address) -> socket.socket | None:
    """A socket that is about to be connected, None if there is no way there.

    Args:
        local_host: IP address to speak from, the unspecified one for any of this machine's.
        remote: Where to.
    """
    host = remote[0].strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with suppress(OSError):
        sock = socket.socket(
            family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        )
        try:
            sock.bind((local_host, 0))
            if sock.connect_ex((host, remote[1])) in (0, errno.EINPROGRESS):
                return sock
            sock.close()
        except OSError:
            sock.close()
    return None
