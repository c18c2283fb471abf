"""sippy's user agent with its gaps closed, one per call.

sippy 2.5 leaves UPDATE, PRACK and unknown methods unanswered, has no session timers, ends the call
on REFER, takes a re-INVITE without a session for "hold", and follows any Contact (read in its
source, and measured 2026-11-21).
"""

import time
from collections.abc import Callable
from typing import Any
from weakref import proxy

from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipURL import SipURL
from sippy.Time.Timeout import Timeout
from sippy.UA import UA
from sippy.UacStateCancelling import UacStateCancelling
from sippy.UacStateTrying import UacStateTrying
from sippy.UaStateDisconnected import UaStateDisconnected

from ivr.sip.negotiator import NOBODY, Negotiator
from ivr.sip.reliable import ReliableReceipts
from ivr.sip.session_keeper import SessionKeeper
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_message import (
    ALLOWED_METHODS,
    SUPPORTED,
    header_text,
    make_headers,
    read_description,
    timer_words,
    unsupported_extensions,
)
from ivr.sip.sippy_port import Address, Trunks
from ivr.sip.sippy_reliable import ReliableRinging, acknowledge_ringing
from ivr.sip.sippy_requests import ANSWERS
from ivr.sip.sippy_states import Connected, Trying

# Silence of a trunk for this long means that it is not there: seven INVITEs have gone out.
_NO_REPLY_SECONDS = 10.0


class Dialog(UA):
    """One call's signalling.

    Args:
        config: sippy's configuration, shared by the line.
        negotiator: Whom it belongs to.
        user_agent: Name shown to the peer.
        trunks: Addresses that requests may go to.
        peer: Where requests go whose target is not a trunk: to whom we talked first.
        policy: What the line wants of session timers.
        ring_seconds: How long an outbound call may take until it is answered; None if inbound.
    """

    UaStateConnected = Connected
    UasStateTrying = Trying
    rUri: Any
    rTarget: Any
    rAddr: Any
    routes: Any

    def __init__(
        self,
        config: dict[str, Any],
        *,
        negotiator: Negotiator,
        user_agent: str,
        trunks: Trunks,
        peer: Address,
        policy: SessionPolicy = DEFAULT_POLICY,
        ring_seconds: float | None = None,
    ) -> None:
        super().__init__(
            config, event_cb=negotiator.sip_event, nh_address=peer, expire_time=ring_seconds
        )
        self.negotiator = negotiator
        self.rCSeq: int | None = None
        self.no_reply_time = _NO_REPLY_SECONDS
        self.local_ua = user_agent
        # Without a display name: SIPp's [next_url] and some gateways stumble over it.
        self.lContact = SipContact(address=SipAddress(url=SipURL()))
        self.awaits_ack = False
        self.has_given_up = False
        # Of the last response to our INVITE (RFC 3326).
        self.refusal_reason: str | None = None
        # These are told by their timers, which stop with the call; sippy holds the dialog.
        self.session = SessionKeeper[Any](
            proxy(self),
            policy,
            owns_call_id=ring_seconds is not None,
            supported=SUPPORTED,
            read=timer_words,
            clock=time.monotonic,
            start_timer=Timeout,
        )
        self.reliable = ReliableRinging(proxy(self))
        self._receipts = ReliableReceipts()
        self._has_invite_out = False
        self._first_branch: str | None = None
        self._first_sequence = 0
        self._trunks = trunks
        self._peer = peer

    @property
    def has_offer_out(self) -> bool:
        """Whether the peer must wait with an offer of its own (RFC 3261 section 14.2)."""
        return self._has_invite_out or self.negotiator.awaits_answer

    def isYours(
        self, req: Any = None, call_id: Any = None, from_tag: Any = None, to_tag: Any = None
    ) -> Any:
        """Whether a request belongs to this call, also before the call is answered."""
        if req is not None and req.getHFBody("to").getTag() is not None:
            # With a tag of ours it is no copy of the first INVITE, so its branch does not matter.
            self.branch = None
            remote_tag = self.rUri.getTag() if self.rUri is not None else None
            if remote_tag is None and self.lUri is not None:
                ours = str(req.getHFBody("call-id")) == str(self.cId)
                return self if ours and req.getHFBody("to").getTag() == self.lTag else None
        if req is not None and self._is_merged(req):
            return self
        return super().isYours(req, call_id, from_tag, to_tag)

    def recvRequest(self, req: Any, sip_t: Any) -> Any:
        """Handles a request of this call; the result is what sippy's transactions expect."""
        method = req.getMethod()
        if self._is_merged(req):
            return self.reply(req, 482, "Merged Request"), None, None
        if self.state is None:
            self._first_branch = req.getHFBody("via").getBranch()
            self._first_sequence = req.getHFBody("cseq").getCSeqNum()
        unsupported = unsupported_extensions(req)
        if unsupported:
            headers = {"unsupported": unsupported}
            return self.reply(req, 420, "Bad Extension", headers), None, None
        if self._is_for_sippy(method):
            result = super().recvRequest(req, sip_t)
            self.pin_target()
            if result is None and method == "INVITE":
                return None, None, self._end_unconfirmed
            return result
        return self._answer(req), None, None

    def _is_merged(self, req: Any) -> bool:
        """Whether it is the first INVITE once more, come another way (RFC 3261 section 8.2.2.2)."""
        if self._first_branch is None or req.getHFBody("to").getTag() is not None:
            return False
        return bool(
            req.getMethod() == "INVITE"
            and str(req.getHFBody("call-id")) == str(self.cId)
            and req.getHFBody("from").getTag() == self.rUri.getTag()
            and req.getHFBody("cseq").getCSeqNum() == self._first_sequence
            and req.getHFBody("via").getBranch() != self._first_branch
        )

    def _answer(self, req: Any) -> Any:
        """The reply to a request that sippy does not know or gets wrong."""
        number = req.getHFBody("cseq").getCSeqNum()
        if self.rCSeq is not None and self.rCSeq >= number:
            return self.reply(req, 500, "Out Of Order")
        self.rCSeq = number
        method = req.getMethod()
        if self.isDead() or method == "BYE":
            return self.reply(req, 481, "Call Does Not Exist")
        if method in ANSWERS:
            return ANSWERS[method](self, req)
        return self.reply(req, 405, "Method Not Allowed", {"allow": ALLOWED_METHODS})

    def _is_for_sippy(self, method: str) -> bool:
        if self.state is None or isinstance(self.state, UaStateDisconnected):
            return True
        return method not in ANSWERS and method in self.state.recv_request_handlers

    def recvResponse(self, resp: Any, tr: Any) -> None:
        """Handles a response to an INVITE of ours."""
        status = resp.getSCode()[0]
        self.refusal_reason = header_text(resp, "reason")
        if status == 422 and self._ask_longer(resp):
            return
        if 200 <= status < 300 and isinstance(self.state, UacStateCancelling):
            # An answer that crossed our CANCEL: sippy says BYE, and only then sends its ACK.
            LOOP.post(super().recvResponse, resp, tr)
            return
        if 200 <= status < 300 and isinstance(self.state, UacStateTrying):
            self.session.conclude(resp)
        super().recvResponse(resp, tr)
        self.pin_target()
        if 100 < status < 200:
            acknowledge_ringing(self, resp, self._receipts)

    def disconnect(self, rtime: Any = None, origin: Any = None) -> None:
        """Called by sippy's timers: nobody answered, or nobody acknowledged our answer."""
        self.has_given_up = True
        super().disconnect(rtime, origin)

    def cleanup(self) -> None:
        """Called by sippy when the call is forgotten: lets go of whom it belongs to."""
        super().cleanup()
        self.negotiator = NOBODY

    def stop_timers(self) -> None:
        """The call is over."""
        self.session.stop()
        self.reliable.stop()

    def sendUasResponse(self, *args: Any, ack_wait: bool = False, **kwargs: Any) -> None:
        """Sends a response to the last INVITE."""
        self.awaits_ack = ack_wait
        if args[0] >= 200:
            self.reliable.stop()
        super().sendUasResponse(*args, ack_wait=ack_wait, **kwargs)

    def recvACK(self, req: Any) -> None:
        """Handles the acknowledgement of a 200 of ours."""
        self.awaits_ack = False
        super().recvACK(req)

    def reply(self, req: Any, code: int, reason: str, headers: dict[str, str] | None = None) -> Any:
        """A final response, not yet sent."""
        response = req.genResponse(code, reason, server=self.local_ua)
        response.appendHeaders(make_headers(headers or {}))
        return response

    def refresh(
        self, method: str, headers: dict[str, str], on_answer: Callable[[Any], None]
    ) -> None:
        """Sends UPDATE without a session, or INVITE with the session as it is."""
        body = MsgBody(self.negotiator.repeat_description()) if method == "INVITE" else None
        number = self.lCSeq
        allow = {"allow": ALLOWED_METHODS}
        req = self.genRequest(method, body, extra_headers=make_headers({**headers, **allow}))
        # sippy's own handling of INVITE knows only the first one.
        self.reqs.pop(number, None)
        self._has_invite_out = method == "INVITE"

        def answered(resp: Any) -> None:
            if resp.getSCode()[0] >= 200:
                self._has_invite_out = False
            on_answer(resp)

        self.newTransaction(req, resp_cb=answered)

    def prove(self, resp: Any) -> bool:  # noqa: ARG002 - what it proves is in it
        """Takes up a challenge; whether the request is worth sending again."""
        return False

    def refreshed(self, resp: Any) -> None:
        """Takes over what the peer's 2xx to a refresh says."""
        self.refresh_target(resp)
        if resp.getHFBody("cseq").getCSeqMethod() == "INVITE":
            self.negotiator.conclude(read_description(resp))

    def session_lost(self) -> None:
        """The peer is gone, or never acknowledged that it rings."""
        # After the ACK of a refused re-INVITE, which sippy sends when this returns.
        LOOP.post(self.negotiator.session_lost)

    def refresh_target(self, message: Any) -> None:
        """Takes over the peer's new Contact (RFC 3261 section 12.2)."""
        if message.countHFs("contact") and not message.getHFBody("contact").asterisk:
            self.rTarget = message.getHFBody("contact").getUrl().getCopy()
            if not self.routes:
                self.rAddr = self.rTarget.getTAddr()
                self.pin_target()

    def _ask_longer(self, resp: Any) -> bool:
        """Sends the first INVITE once more, with a session interval that the peer can take."""
        number, method = resp.getHFBody("cseq").getCSeq()
        if method != "INVITE" or not isinstance(self.state, UacStateTrying):
            return False
        if number not in self.reqs or not self.session.ask_more(resp):
            return False
        del self.reqs[number]
        # After the ACK, which sippy sends when this returns.
        LOOP.post(self._send_invite)
        return True

    def _send_invite(self) -> None:
        if isinstance(self.state, UacStateTrying):
            headers = make_headers({"allow": ALLOWED_METHODS, **self.session.ask()})
            req = self.genRequest("INVITE", self.lSDP, extra_headers=headers)
            self.newUacTransaction(req, req_extra_headers=headers)

    def _end_unconfirmed(self) -> None:
        if self.awaits_ack:
            self.disconnect()

    def keep_to_peer(self) -> None:
        """Sends everything of this call where its first request went: a phone behind a NAT."""
        self._trunks = Trunks()

    def pin_target(self) -> None:
        """Keeps requests of this call on the trunk it came by, and on UDP."""
        if self.rAddr is None:
            return
        address, _ = self.rAddr
        self.rAddr = (address if self._trunks.include(address[0]) else self._peer, "udp")
