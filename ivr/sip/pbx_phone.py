"""The office telephone: pyVoIP's SIP client, phone and call, with what they lack put in.

The only module that knows pyVoIP 1.6.8. Of pyVoIP are the account, the REGISTER and INVITE that it
writes, its book of calls and its dispatch of what comes in. Ours are reading and repeating
messages (`pbx_message`, `pbx_transaction`), the way a call goes (`pbx_leg`), digest, session
descriptions and, through the media engine, all audio: no RTP client of pyVoIP's is ever made.
docs/adr/0012 says why, fault by fault.
"""

import logging
import secrets
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

# First: pyVoIP's modules import each other in a circle that only this one gets into.
import pyVoIP.VoIP
from pyVoIP.RTP import TransmitType
from pyVoIP.SIP import SIPClient, SIPMessageType

from ivr.sip.digest import Credentials
from ivr.sip.pbx_address import PbxPlace
from ivr.sip.pbx_dialog import ALLOWED_METHODS
from ivr.sip.pbx_inbound import InboundPbxLeg
from ivr.sip.pbx_leg import PbxLeg
from ivr.sip.pbx_loop import Address, PbxLoop
from ivr.sip.pbx_message import Message, UnreadableMessage, read_message
from ivr.sip.pbx_proof import prove
from ivr.sip.pbx_transaction import ClientTransaction, Pending, ServerTransaction, Transactions
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy

log = logging.getLogger(__name__)


class PbxClient(SIPClient):
    """pyVoIP's SIP client on a loop of ours.

    Args:
        server: Name or address of the PBX, as it stands in URIs.
        address: Its IP address and UDP port.
        credentials: Extension and password.
        local: IP address that the PBX reaches us at, and our UDP port.
        user_agent: Name shown to the PBX.
        session_policy: What is wanted of session timers.
        phone: Whose client it is.
    """

    def __init__(
        self,
        *,
        server: str,
        address: Address,
        credentials: Credentials,
        local: Address,
        user_agent: str,
        phone: "PbxPhone",
        session_policy: SessionPolicy = DEFAULT_POLICY,
    ) -> None:
        super().__init__(
            server,
            address[1],
            credentials.username,
            "",  # The password stays with `credentials`: pyVoIP's own digest is MD5 without qop.
            phone,
            myIP=local[0],
            myPort=local[1],
        )
        self.default_expires = 0
        self.user_agent = user_agent
        self.session_policy = session_policy
        self._address = address
        self._former_host = address[0]
        self._credentials = credentials
        self._register_call_id = self.gen_call_id()
        self._loop: PbxLoop
        self._transactions: Transactions

    def use(self, loop: PbxLoop) -> None:
        """Names the thread that everything happens in."""
        self._loop = loop
        self._transactions = Transactions(loop, self._hear_request)

    @property
    def local_host(self) -> str:
        """The IP address that the PBX reaches this machine at."""
        return str(self.myIP)

    @property
    def contact(self) -> str:
        """Our Contact."""
        return f"<sip:{self.username}@{self.myIP}:{self.myPort}>"

    # What pyVoIP starts in threads of its own.

    def start(self) -> None:
        """Nothing: `recv_loop` is run in the line's thread, registering is not waited for."""

    def recv_loop(self) -> None:
        """Works until the loop is stopped."""
        self.NSD = True
        self._loop.run()
        self.NSD = False

    def stop(self) -> None:
        """Ends `recv_loop`; whoever stops has unregistered before."""
        self._loop.stop()

    def move(self, place: PbxPlace) -> None:
        """Follows the PBX to where it is by now."""
        if place.address != self._address:
            # What calls were up there may still say goodbye.
            self._former_host = self._address[0]
        self._address, self.myIP = place.address, place.local_host

    def receive(self, data: bytes, source: Address) -> None:
        """Takes a datagram; others' than the PBX's are dropped unread."""
        if source[0] not in (self._address[0], self._former_host):
            return
        try:
            message = read_message(data)
        except UnreadableMessage:
            log.debug("sip message not understood")
            return
        self._transactions.receive(message, source)

    def _hear_request(self, server: ServerTransaction) -> None:
        # In the shape that pyVoIP's dispatch looks at.
        packet: Any = SimpleNamespace(
            type=SIPMessageType.MESSAGE, method=server.request.method, server=server
        )
        self.phone.callback(packet)

    # What pyVoIP makes from counters, so that they are the same after each restart, or keeps for
    # ever to compare with.

    def gen_tag(self) -> str:
        """A tag; 64 random bits need no list of those given before."""
        return secrets.token_hex(8)

    def gen_call_id(self) -> str:
        """A Call-ID that no earlier process has used."""
        return secrets.token_hex(16)

    # `Office` and `Registrar`.

    @property
    def now(self) -> float:
        """Seconds that only go forward."""
        return self._loop.now

    def via(self) -> str:
        """A Via of ours with a fresh branch."""
        return f"SIP/2.0/UDP {self.myIP}:{self.myPort};branch={self.gen_branch()};rport"

    def registration(self, expires_seconds: int) -> Message:
        """The REGISTER of pyVoIP, always of one Call-ID so that the PBX sees the order of them."""
        self.default_expires = expires_seconds
        request = self._mended(self.gen_first_response(deregister=expires_seconds == 0))
        return request.having("call-id", self._register_call_id).having("contact", self.contact)

    def contact_is_ours(self, contact: str) -> bool:
        """Whether a URI in the PBX's list is ours."""
        return contact.lower().startswith(self.contact[1:-1].lower())

    def invitation(self, number: str, description: str) -> Message:
        """The INVITE of pyVoIP, with our session and in the name of the extension."""
        call_id, branch = self.gen_call_id(), self.gen_branch()
        text = self.gen_invite(number, "1", {}, TransmitType.SENDRECV, branch, call_id)
        # pyVoIP remembers one tag per call for ever.
        tag = self.tagLibrary.pop(call_id)
        request = self._mended(text).carrying(description)
        request = request.having("via", self.via()).having("cseq", "1 INVITE")
        return request.having("from", f"<sip:{self.username}@{self.server}>;tag={tag}")

    def authorize(self, request: Message, response: Message) -> Message | None:
        """The request again, with the password shown; None if that was asked for in vain."""
        again = prove(request, response, self._credentials, via=self.via())
        if again is not None and request.method == "REGISTER":
            self.registerCounter.next()
        return again

    def ask(
        self,
        request: Message,
        *,
        hear: Callable[[Message], None],
        miss: Callable[[], None],
        patience_seconds: float,
    ) -> ClientTransaction:
        """Sends a request to the PBX."""
        return self._transactions.ask(
            request, self._address, hear=hear, miss=miss, patience_seconds=patience_seconds
        )

    def tell(self, request: Message) -> None:
        """Sends an ACK."""
        self._loop.send(request.encode(), self._address)

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Pending:
        """Has `function` called after a while."""
        return self._loop.after(seconds, function, *args)

    @property
    def is_waiting(self) -> bool:
        """Whether a request of ours is unanswered."""
        return self._transactions.is_waiting

    def has_invite(self, cancel: Message) -> bool:
        """Whether there is the INVITE that a CANCEL is about."""
        return self._transactions.find(cancel) is not None

    def _mended(self, text: str) -> Message:
        request = read_message(text.encode())
        return request.having("user-agent", self.user_agent).having("allow", ALLOWED_METHODS)


class PbxPhone(pyVoIP.VoIP.VoIPPhone):
    """pyVoIP's phone: which calls there are, and whose a request is.

    Args:
        on_invite: Told each INVITE outside of a call.
        **client: Arguments of `PbxClient`.
    """

    def __init__(self, *, on_invite: Callable[[ServerTransaction], None], **client: Any) -> None:
        super().__init__(client["server"], 0, "", "")
        self._on_invite = on_invite
        self.sip: PbxClient = PbxClient(phone=self, **client)

    def add(self, leg: PbxLeg, call_id: str) -> None:
        """Writes a call into the book."""
        self.calls[call_id] = PbxCallRecord(self, leg, call_id)

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be said to the PBX, or to be confirmed by it."""
        records: Any = self.calls.values()
        return self.sip.is_waiting or any(record.leg.awaits_ack for record in records)

    def forget(self, call_id: str) -> None:
        """Takes a call out of the book."""
        self.calls.pop(call_id, None)

    def callback(self, request: Any) -> None:
        """Hears every request; pyVoIP leaves all but INVITE and BYE unanswered."""
        server: ServerTransaction = request.server
        message = server.request
        if message.method == "CANCEL":
            self._cancel(server)
        elif message.to_tag:
            self._pass_on(server)
        elif message.method == "INVITE":
            super().callback(request)
        elif message.method == "OPTIONS":
            server.respond(200, tag=self.sip.gen_tag(), headers=_ABILITIES)
        elif message.method != "ACK":
            server.respond(405, tag=self.sip.gen_tag(), headers={"allow": ALLOWED_METHODS})

    def _callback_MSG_Invite(self, request: Any) -> None:
        self._on_invite(request.server)

    def _leg(self, server: ServerTransaction) -> PbxLeg | None:
        record: Any = self.calls.get(server.request.call_id)
        return record.leg if record is not None else None

    def _pass_on(self, server: ServerTransaction) -> None:
        leg = self._leg(server)
        if leg is not None and leg.dialog is not None and leg.dialog.includes(server.request):
            leg.receive(server)
        elif server.request.method != "ACK":
            server.respond(481)

    def _cancel(self, server: ServerTransaction) -> None:
        leg = self._leg(server)
        if not self.sip.has_invite(server.request):
            server.respond(481, tag=self.sip.gen_tag())
            return
        server.respond(200, tag=self.sip.gen_tag())
        if isinstance(leg, InboundPbxLeg):
            leg.cancel()

    # Ports of audio are the media engine's; pyVoIP's search for free ones blocks.

    def request_port(self, blocking: bool = True) -> int:  # noqa: ARG002  # pyVoIP's signature
        """No port: the engine has them."""
        return 0

    def release_ports(self, call: Any = None) -> None:
        """Nothing to give back; pyVoIP's own takes a lock that garbage collection may hold."""


class PbxCallRecord(pyVoIP.VoIP.VoIPCall):
    """pyVoIP's entry for a call; how the call goes is its leg's business."""

    def __init__(self, phone: PbxPhone, leg: PbxLeg, call_id: str) -> None:
        request: Any = SimpleNamespace(headers={"Call-ID": call_id}, body={})
        # As if dialled and without media: pyVoIP makes its RTP clients for all others.
        super().__init__(phone, pyVoIP.VoIP.CallState.DIALING, request, 0, phone.myIP, ms={})
        self.leg = leg

    def __del__(self) -> None:
        """Nothing: pyVoIP's own can deadlock the thread during garbage collection."""


_ABILITIES = {"allow": ALLOWED_METHODS, "accept": "application/sdp"}
