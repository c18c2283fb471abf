"""SIP transactions for the PBX line (RFC 3261 section 17), which pyVoIP has none of.

Without them a lost datagram is a lost call, and a repeated INVITE is a second one. No I/O here:
sending and waiting are given.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from ivr.sip.pbx_message import Message, acknowledgement, respond, stamp

Address = tuple[str, int]

# RFC 3261 table 4: round-trip estimate, the longest pause between repetitions, and the time
# after which a datagram of the transaction can no longer be on its way.
T1_SECONDS = 0.5
T2_SECONDS = 4.0
LIFETIME_SECONDS = 64 * T1_SECONDS
_DEFAULT_PORT = 5060
# A PBX has dozens of calls at a time; the bound keeps a flood from filling the memory.
_MAX_TRANSACTIONS = 4096


class Pending(Protocol):
    """Something that happens later."""

    def cancel(self) -> None:
        """Makes it never happen."""


class Wire(Protocol):
    """Sending and waiting."""

    def send(self, data: bytes, address: Address) -> None:
        """Sends a datagram."""

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Pending:
        """Has `function` called after a while."""


class ClientTransaction:
    """A request of ours until nothing more can come back for it.

    Args:
        request: What is asked.
        address: Whom.
        wire: Sending and waiting.
        hear: Told each response; of an INVITE every 2xx, of others the first final one.
        miss: Told that nothing came back in time.
        patience_seconds: How long to wait for the first response.
    """

    def __init__(
        self,
        request: Message,
        address: Address,
        *,
        wire: Wire,
        hear: Callable[[Message], None],
        miss: Callable[[], None],
        patience_seconds: float = LIFETIME_SECONDS,
    ) -> None:
        self.request = request
        self.is_over = False
        self.has_progress = False
        self._address = address
        self._wire = wire
        self._hear = hear
        self._miss = miss
        self._ack: bytes | None = None
        self._data = request.encode()
        self._wire.send(self._data, address)
        self._repetition = wire.after(T1_SECONDS, self._repeat, 2 * T1_SECONDS)
        self._timeout = wire.after(patience_seconds, self._give_up)

    @property
    def key(self) -> str:
        """What its responses carry."""
        return f"{self.request.branch} {self.request.method}"

    def receive(self, response: Message) -> None:
        """Takes a response."""
        status = response.status or 0
        is_invite = self.request.method == "INVITE"
        if status < 200:
            if not self.is_over and is_invite:
                self._rest()
            self.has_progress = True
            if not self.is_over:
                self._hear(response)
            return
        is_first = not self.is_over
        self.is_over = True
        self._rest()
        if is_invite and status >= 300:
            if self._ack is None:
                self._ack = acknowledgement(self.request, response).encode()
            self._wire.send(self._ack, self._address)
        if is_first or (is_invite and status < 300):
            self._hear(response)

    def _repeat(self, pause: float) -> None:
        self._wire.send(self._data, self._address)
        longest = pause if self.request.method == "INVITE" else T2_SECONDS
        pause = min(pause, longest)
        self._repetition = self._wire.after(pause, self._repeat, 2 * pause)

    def _give_up(self) -> None:
        self._rest()
        if not self.is_over:
            self.is_over = True
            self._miss()

    def _rest(self) -> None:
        self._repetition.cancel()
        self._timeout.cancel()


class ServerTransaction:
    """A request of the peer until nothing of it can come any more.

    Args:
        request: What was asked.
        source: Who asked.
        wire: Sending and waiting.

    Attributes:
        unacknowledged: Called if nobody acknowledges our final response to INVITE.
    """

    def __init__(self, request: Message, source: Address, *, wire: Wire) -> None:
        self.request = stamp(request, source)
        self.unacknowledged: Callable[[], None] = _nothing
        self.status = 0
        self._address = (source[0], _port(request, source))
        self._wire = wire
        self._data: bytes | None = None
        self._repetition: Pending | None = None
        self._timeout: Pending | None = None

    def respond(
        self,
        status: int,
        *,
        tag: str = "",
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> None:
        """Sends a response, a final one to INVITE again and again until it is acknowledged."""
        self.status = status
        response = respond(self.request, status, tag=tag, headers=headers, body=body)
        self._data = response.encode()
        self._wire.send(self._data, self._address)
        if status >= 200 and self.request.method == "INVITE":
            self._repetition = self._wire.after(T1_SECONDS, self._repeat, 2 * T1_SECONDS)
            self._timeout = self._wire.after(LIFETIME_SECONDS, self._give_up)

    def again(self) -> None:
        """The same request came again: so does the response."""
        if self._data is not None:
            self._wire.send(self._data, self._address)

    def acknowledge(self) -> None:
        """The final response has arrived."""
        for pending in (self._repetition, self._timeout):
            if pending is not None:
                pending.cancel()

    def _repeat(self, pause: float) -> None:
        self.again()
        pause = min(pause, T2_SECONDS)
        self._repetition = self._wire.after(pause, self._repeat, 2 * pause)

    def _give_up(self) -> None:
        self.acknowledge()
        self.unacknowledged()


class Transactions:
    """All transactions of a line.

    Args:
        wire: Sending and waiting.
        hear: Told each new request, with the transaction that it is answered through; an ACK of a
            2xx comes with a transaction that nobody answers.
    """

    def __init__(self, wire: Wire, hear: Callable[[ServerTransaction], None]) -> None:
        self._wire = wire
        self._hear = hear
        self._clients: dict[str, ClientTransaction] = {}
        self._servers: dict[str, ServerTransaction] = {}

    def __len__(self) -> int:
        return len(self._clients) + len(self._servers)

    @property
    def is_waiting(self) -> bool:
        """Whether a request of ours is unanswered."""
        return any(not client.is_over for client in self._clients.values())

    def ask(
        self,
        request: Message,
        address: Address,
        *,
        hear: Callable[[Message], None],
        miss: Callable[[], None],
        patience_seconds: float = LIFETIME_SECONDS,
    ) -> ClientTransaction:
        """Sends a request; arguments as of `ClientTransaction`."""
        client = ClientTransaction(
            request,
            address,
            wire=self._wire,
            hear=lambda response: self._pass_on(client, response, hear),
            miss=lambda: self._lose(client, miss),
            patience_seconds=patience_seconds,
        )
        self._clients[client.key] = client
        if request.method == "CANCEL":
            # RFC 3261 section 9.1: an INVITE that gets no 487 ends without one.
            self._wire.after(LIFETIME_SECONDS, self._clients.pop, f"{request.branch} INVITE", None)
        return client

    def receive(self, message: Message, source: Address) -> None:
        """Takes a message."""
        if message.status is not None:
            client = self._clients.get(f"{message.branch} {message.cseq_method}")
            if client is not None:
                client.receive(message)
            return
        known = self._servers.get(_key(message))
        if known is not None and message.method == "ACK":
            known.acknowledge()
            if known.status >= 300:
                return
        elif known is not None:
            known.again()
            return
        self._begin(message, source)

    def find(self, cancel: Message) -> ServerTransaction | None:
        """The INVITE that a CANCEL is about."""
        return self._servers.get(_key(cancel, "INVITE"))

    def _begin(self, request: Message, source: Address) -> None:
        server = ServerTransaction(request, source, wire=self._wire)
        if request.method != "ACK":
            if len(self._servers) >= _MAX_TRANSACTIONS:
                return
            key = _key(request)
            self._servers[key] = server
            self._wire.after(LIFETIME_SECONDS, self._expire, key)
            if request.method == "INVITE":
                server.respond(100)
        self._hear(server)

    def _expire(self, key: str) -> None:
        server = self._servers[key]
        if server.request.method == "INVITE" and server.status < 200:
            # It may ring for as long as it likes.
            self._wire.after(LIFETIME_SECONDS, self._expire, key)
        else:
            del self._servers[key]

    def _pass_on(
        self, client: ClientTransaction, response: Message, hear: Callable[[Message], None]
    ) -> None:
        if client.is_over:
            # Late repetitions of the response must still find it.
            self._wire.after(LIFETIME_SECONDS, self._clients.pop, client.key, None)
        hear(response)

    def _lose(self, client: ClientTransaction, miss: Callable[[], None]) -> None:
        self._clients.pop(client.key, None)
        miss()


def _key(request: Message, method: str | None = None) -> str:
    kind = method or ("INVITE" if request.method == "ACK" else request.method)
    if request.branch.startswith("z9hG4bK"):
        return f"{request.branch} {kind}"
    # A peer of RFC 2543's time (RFC 3261 section 17.2.3).
    return f"{request.call_id} {request.number} {request.from_tag} {kind}"


def _port(request: Message, source: Address) -> int:
    """Where a response goes (RFC 3261 section 18.2.2, RFC 3581)."""
    via = request.first("via")
    sent_by = via.partition(";")[0].split()[-1]
    if ";rport" in via.replace(" ", "").lower():
        return source[1]
    port = sent_by.rpartition(":")[2] if ":" in sent_by and not sent_by.endswith("]") else ""
    return int(port) if port.isdigit() and 0 < int(port) < 65536 else _DEFAULT_PORT


def _nothing() -> None:
    """Nobody minds."""
