"""The UDP socket of the trunk line: who may speak to us, and where we may speak to.

It stands where sippy has its own UDP server with six threads. A datagram of a stranger, of a
scanner or of a flood is dropped before anything reads it, and nothing is ever sent to an address
that is not a trunk's, whatever a Contact or Via header says. Trunks that are spoken with by TCP
have `ivr.sip.sippy_streams` behind the same port.
"""

import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from sippy.Network_server import Remote_address
from sippy.Time.MonoTime import MonoTime

from ivr.sip.admission import SourceLimit
from ivr.sip.screening import LARGEST_MESSAGE_BYTES, Unwelcome, screen

if TYPE_CHECKING:
    from ivr.sip.sippy_streams import Streams

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network
Address = tuple[str, int]

# One byte more than is read, so that what is too long is seen to be.
_READ_BYTES = LARGEST_MESSAGE_BYTES + 1
# So that a flood on the socket leaves time for timers and posted calls.
_DATAGRAMS_PER_TURN = 64
# 200 new calls a second are 1,000 datagrams.
_DATAGRAMS_PER_SECOND = 2000
_DATAGRAMS_AT_ONCE = 4000
_SOURCES_REMEMBERED = 1024
# Trunks are few; the bound only keeps forged sources from filling the memory.
_REMEMBERED_HOSTS = 4096


class Trunks:
    """The addresses that SIP is spoken with.

    Args:
        groups: The networks of each trunk; trunks are known by their place, from 0.
        by_tcp: The places of those that are spoken with by TCP, and not by UDP.
    """

    def __init__(self, *groups: Sequence[Network], by_tcp: Collection[int] = ()) -> None:
        self._by_tcp = frozenset(by_tcp)
        self._networks = [
            (network, place) for place, group in enumerate(groups) for network in group
        ]
        self._known: dict[str, int | None] = {}

    def include(self, host: str) -> bool:
        """Whether this is the IP address of a trunk; a name never is."""
        return self.owner(host) is not None

    def speak(self, host: str, transport: str) -> bool:
        """Whether this is the IP address of a trunk with that transport, ``udp`` or ``tcp``."""
        owner = self.owner(host)
        return owner is not None and (owner in self._by_tcp) == (transport == "tcp")

    def owner(self, host: str) -> int | None:
        """Which trunk has this IP address: the smallest network says it; None if none has."""
        if host in self._known:
            return self._known[host]
        if len(self._known) >= _REMEMBERED_HOSTS:
            self._known.clear()
        owner = self._known[host] = self._look(host)
        return owner

    def add(self, host: str, owner: int = 0) -> None:
        """Makes one address a trunk's."""
        added = (ip_network(host.strip("[]")), owner)
        if added not in self._networks:
            self._networks.append(added)
            self._known.clear()

    def _look(self, host: str) -> int | None:
        try:
            address = ip_address(host.strip("[]"))
        except ValueError:
            return None
        found = [pair for pair in self._networks if address in pair[0]]
        return max(found, key=lambda pair: pair[0].prefixlen)[1] if found else None


class TrunkPort:
    """One bound UDP socket, spoken through one `Endpoint` per local address.

    Args:
        sock: Bound and non-blocking; belongs to the port from now on.
        trunks: Who is listened and spoken to.
        limit: How much one address may send.

    Attributes:
        foreign_count: Datagrams from addresses that are no trunk's.
        flood_count: Datagrams of addresses that sent too fast.
        unwelcome: Datagrams dropped unread, by reason.
        unsent_count: Messages that could not be sent.
        streams: The TCP connections, None if no trunk has any.
    """

    def __init__(self, sock: socket.socket, *, trunks: Trunks, limit: SourceLimit) -> None:
        self._socket = sock
        self._trunks = trunks
        self._limit = limit
        self._endpoints: dict[Address, Endpoint] = {}
        host, port = sock.getsockname()[:2]
        self._is_wildcard = ip_address(host).is_unspecified
        self._local = Endpoint(self, (bracketed(host), port))
        self.receive: Callable[[bytes, Remote_address, Endpoint, MonoTime], object] | None = None
        self.foreign_count = 0
        self.flood_count = 0
        self.unwelcome: Counter[Unwelcome] = Counter()
        self.unsent_count = 0
        self.streams: Streams | None = None

    @property
    def number(self) -> int:
        """The UDP port's number."""
        return self._local.address[1]

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    def close(self) -> None:
        """Lets go of the port; what is sent afterwards is dropped."""
        if self.streams is not None:
            self.streams.close()
        self._socket.close()

    def read(self) -> None:
        """Hands on what has arrived from trunks."""
        for _ in range(_DATAGRAMS_PER_TURN):
            try:
                data, source = self._socket.recvfrom(_READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                log.debug("sip socket reported an error")
                continue
            if not self._trunks.speak(source[0], "udp"):
                self.foreign_count += 1
                continue
            address = (bracketed(source[0]), source[1])
            self.take(data, address, self.endpoint(address))

    def take(self, data: bytes, source: Address, endpoint: "Endpoint") -> None:
        """Hands on a message of a trunk, unless it is not worth reading.

        Args:
            data: The message.
            source: Where it came from.
            endpoint: What answers are sent by.
        """
        if self._is_welcome(data, source[0]) and self.receive is not None:
            self.receive(data, Remote_address(source, endpoint.transport), endpoint, MonoTime())

    def _is_welcome(self, data: bytes, host: str) -> bool:
        if not self._limit.take(host):
            self.flood_count += 1
            return False
        reason = screen(data)
        if reason is not None:
            self.unwelcome[reason] += 1
        return reason is None

    def send(self, data: bytes, address: Address, *, otherwise: Address | None = None) -> None:
        """Sends a datagram to a trunk.

        Args:
            data: What to send.
            address: Where to.
            otherwise: Where it goes if that is no trunk's address; None: nowhere.
        """
        if not self._trunks.speak(address[0], "udp"):
            if otherwise is None or not self._trunks.speak(otherwise[0], "udp"):
                self.unsent_count += 1
                return
            address = otherwise
        try:
            self._socket.sendto(data, (address[0].strip("[]"), address[1]))
        except OSError:
            # SIP repeats what matters until it is answered.
            self.unsent_count += 1

    def endpoint(self, remote: Address) -> "Endpoint":
        """The local address that `remote` can answer to."""
        endpoint = self._endpoints.get(remote)
        if endpoint is None:
            if len(self._endpoints) >= _REMEMBERED_HOSTS:
                self._endpoints.clear()
            host = self._route(remote[0]) if self._is_wildcard else self._local.address[0]
            local = (host, self._local.address[1])
            if self.streams is not None and self._trunks.speak(remote[0], "tcp"):
                endpoint = Endpoint(self.streams, local, remote=remote, transport="tcp")
            else:
                endpoint = Endpoint(self, local, remote=remote)
            self._endpoints[remote] = endpoint
        return endpoint

    def _route(self, remote_host: str) -> str:
        try:
            with socket.socket(self._socket.family, socket.SOCK_DGRAM) as probe:
                # Connecting a UDP socket sends nothing; the kernel only picks the way out.
                probe.connect((remote_host.strip("[]"), 9))
                return bracketed(probe.getsockname()[0])
        except OSError:
            return self._local.address[0]

    # sippy asks its `l4r` for servers by these names.

    def getServer(self, address: Address, is_local: bool = False) -> "Endpoint":
        """What sippy calls `endpoint`."""
        return self._local if is_local else self.endpoint(address)

    def rotateCache(self) -> None:
        """Nothing to do: addresses of trunks do not age."""

    def shutdown(self) -> None:
        """What sippy calls `close`."""
        self.close()


class Sender(Protocol):
    """What sends a message to a trunk; see `TrunkPort.send`."""

    def send(self, data: bytes, address: Address, *, otherwise: Address | None = None) -> None:
        """Sends one message."""


class Endpoint:
    """One local address of a port, in the shape that sippy expects of a UDP server.

    Args:
        sender: What messages go by.
        address: The local address.
        remote: To whom it is spoken from there; what is meant for an address that is no trunk's
            goes to it.
        transport: ``udp`` or ``tcp``, as it stands in Via and Contact.
    """

    def __init__(
        self,
        sender: Sender,
        address: Address,
        *,
        remote: Address | None = None,
        transport: str = "udp",
    ) -> None:
        self._sender = sender
        self.address = address
        self.transport = transport
        self._remote = remote
        # sippy asks `server.uopts.isWildCard()`; an endpoint has one definite address.
        self.uopts = self

    def isWildCard(self) -> bool:
        """Never: the port picks a definite endpoint for each peer."""
        return False

    def getSIPaddr(self) -> tuple[Address, str]:
        """The address written into Via and Contact."""
        return self.address, self.transport

    def addr2str(self, address: Address) -> str:
        """Used by sippy for its log, which is switched off."""
        return f"{address[0]}:{address[1]}"

    def send_to(self, data: bytes | str, address: Address) -> None:
        """Sends one SIP message."""
        content = data.encode() if isinstance(data, str) else data
        self._sender.send(content, address, otherwise=self._remote)


def carriers_limit() -> SourceLimit:
    """How much one address may send where a carrier's whole traffic comes from it."""
    return SourceLimit(
        per_second=_DATAGRAMS_PER_SECOND,
        burst=_DATAGRAMS_AT_ONCE,
        most_sources=_SOURCES_REMEMBERED,
        clock=time.monotonic,
    )


def bracketed(host: str) -> str:
    """An IP address as it stands in SIP."""
    return f"[{host}]" if ":" in host else host
