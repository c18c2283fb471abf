"""The TCP side of the trunk line's port: who may connect, and which connection a message goes by.

Answers go back by the connection that the request came by, requests by any connection to where
they are meant for (RFC 3261 section 18); one that the peer has made counts as well, known by the
port that the peer's own Via names (the idea of RFC 5923, for the same IP address only).
"""

import errno
import logging
import socket
import time
from collections.abc import Collection
from typing import Protocol

from sippy.Time.Timeout import Timeout

from ivr.sip.message_stream import DEFAULT_PORT, sent_by_port
from ivr.sip.screening import Unwelcome
from ivr.sip.sippy_connection import DEFAULT_PATIENCE, Connection, Patience, connect
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_port import Address, Endpoint, TrunkPort, Trunks, bracketed

log = logging.getLogger(__name__)

_ACCEPTED_PER_TURN = 64
# How late a deadline may be noticed.
_LOOK_SECONDS = 1.0


class Lose(Protocol):
    """Told that a connection is gone; see `ivr.sip.sippy_transactions.Transactions.lose`."""

    def __call__(self, addresses: Collection[Address], *, is_worth_a_try: bool) -> None:
        """Ends or repeats what was sent by it."""


class Streams:
    """All TCP connections of a line; every method runs in sippy's thread.

    Args:
        listener: Listening and non-blocking; belongs to the streams from now on.
        port: Takes the messages, and counts.
        trunks: Who is spoken with.
        patience: With each connection.
    """

    def __init__(
        self,
        listener: socket.socket,
        *,
        port: TrunkPort,
        trunks: Trunks,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._listener = listener
        self._local_host, self._number = listener.getsockname()[:2]
        self._port = port
        self._trunks = trunks
        self._patience = patience
        self._connections: dict[Connection, Endpoint] = {}
        # By where a request is meant for; several may lead to one connection.
        self._ways: dict[Address, Connection] = {}
        self._lose: Lose = _nobody
        self._timer: Timeout | None = None

    def open(self, lose: Lose) -> None:
        """Takes connections from now on.

        Args:
            lose: Told, when whoever sends has returned, of connections that are gone.
        """
        self._lose = lose
        self._timer = Timeout(self._look, _LOOK_SECONDS, -1)
        self._watch()

    def close(self) -> None:
        """Closes all connections and takes no more."""
        if self._timer is not None:
            self._timer.cancel()
            LOOP.forget(self._listener.fileno())
        self._listener.close()
        self._lose = _nobody
        for connection in tuple(self._connections):
            connection.close("the line has stopped")

    def send(self, data: bytes, address: Address, *, otherwise: Address | None = None) -> None:
        """Sends a message to a trunk, by a new connection if there is none.

        Args:
            data: What to send.
            address: Where to.
            otherwise: Where it goes if that is no address of a trunk with TCP; None: nowhere.
        """
        target = address if self._trunks.speak(address[0], "tcp") else otherwise
        if target is None or not self._trunks.speak(target[0], "tcp"):
            self._port.unsent_count += 1
            return
        connection = self._ways.get(target) or self._connect(target)
        if connection is None:
            self._port.unsent_count += 1
            LOOP.post(self._lose, {address}, is_worth_a_try=False)
            return
        connection.carry(data, address)

    def answer(self, data: bytes, connection: Connection) -> None:
        """Sends an answer by the connection that the request came by.

        If that is gone it goes to the port that the peer's Via names, at the address that the
        request came from (RFC 3261 section 18.2.2).
        """
        if not connection.is_closed:
            connection.send(data)
            return
        self.send(data, (connection.remote[0], sent_by_port(data) or DEFAULT_PORT))

    def _watch(self) -> None:
        if self._listener.fileno() >= 0:
            LOOP.watch(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_PER_TURN):
            try:
                sock, source = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                log.warning("a sip connection could not be accepted")
                if error.errno == errno.ECONNABORTED:
                    continue
                # No descriptors are left; the event would come again at once and for ever.
                LOOP.forget(self._listener.fileno())
                Timeout(self._watch, _LOOK_SECONDS, 1)
                return
            address = (bracketed(source[0]), source[1])
            if self._may_connect(address[0]):
                sock.setblocking(False)
                self._keep(sock, address, is_connected=True)
            else:
                sock.close()

    def _may_connect(self, host: str) -> bool:
        if not self._trunks.speak(host, "tcp"):
            self._port.foreign_count += 1
            return False
        of_host = sum(connection.remote[0] == host for connection in self._connections)
        if (
            of_host >= self._patience.connections_of_one
            or len(self._connections) >= self._patience.connections
        ):
            self._port.flood_count += 1
            return False
        return True

    def _connect(self, remote: Address) -> Connection | None:
        sock = connect(self._local_host, remote)
        return None if sock is None else self._keep(sock, remote, is_connected=False)

    def _keep(self, sock: socket.socket, remote: Address, *, is_connected: bool) -> Connection:
        connection = Connection(
            sock,
            remote,
            is_connected=is_connected,
            patience=self._patience,
            deliver=self._deliver,
            on_end=self._ended,
        )
        local = (bracketed(connection.local_host), self._number)
        self._connections[connection] = Endpoint(
            _Answers(self, connection), local, remote=remote, transport="tcp"
        )
        self._ways[remote] = connection
        return connection

    def _deliver(self, connection: Connection, message: bytes) -> None:
        if not message.startswith(b"SIP/"):
            self._name(connection, message)
        self._port.take(message, connection.remote, self._connections[connection])

    def _name(self, connection: Connection, request: bytes) -> None:
        """Remembers where the peer says that it listens, for requests that go there."""
        port = sent_by_port(request)
        address = (connection.remote[0], port or 0)
        if port is None or self._ways.get(address) is connection:
            return
        for known in [way for way, which in self._ways.items() if which is connection]:
            if known != connection.remote:
                # One name for each, or a peer could have us remember any number.
                del self._ways[known]
        self._ways[address] = connection

    def _ended(self, connection: Connection) -> None:
        del self._connections[connection]
        for way in [way for way, which in self._ways.items() if which is connection]:
            del self._ways[way]
        if connection.is_broken:
            self._port.unwelcome[Unwelcome.OVERSIZED] += 1
        if connection.carried:
            # A peer that has spoken may only have thought that nobody needs the connection.
            LOOP.post(self._lose, connection.carried, is_worth_a_try=connection.has_heard)

    def _look(self) -> None:
        now = time.monotonic()
        for connection in tuple(self._connections):
            connection.check(now)


class _Answers:
    """Sends what belongs to requests that came by one connection."""

    def __init__(self, streams: Streams, connection: Connection) -> None:
        self._streams = streams
        self._connection = connection

    def send(self, data: bytes, address: Address, *, otherwise: Address | None = None) -> None:
        """Sends an answer, or a request to where it is meant for."""
        if data.startswith(b"SIP/"):
            self._streams.answer(data, self._connection)
        else:
            self._streams.send(data, address, otherwise=otherwise)


def _nobody(addresses: Collection[Address], *, is_worth_a_try: bool) -> None:
    """Nothing is under way."""
