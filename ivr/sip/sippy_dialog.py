"""sippy's user agent with its gaps closed, one per call.

sippy 2.5 leaves UPDATE and unknown methods unanswered, ends the call on REFER, takes a re-INVITE
without a session for "hold", and follows any Contact (read in its source, and measured 2026-11-21).
"""

import logging
from typing import Any, Protocol

from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipHeader import SipHeader
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.UasStateRinging import UasStateRinging
from sippy.UasStateTrying import UasStateTrying
from sippy.UaStateConnected import UaStateConnected
from sippy.UaStateDisconnected import UaStateDisconnected

from ivr.sip.body import find_description
from ivr.sip.info import DIGIT_TYPES, read_info
from ivr.sip.sdp import UnacceptableOffer
from ivr.sip.sippy_port import Address, Trunks

log = logging.getLogger(__name__)

ALLOWED_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"
# RFC 3261 section 21.5.1 and RFC 3311 section 5.2: "too early" answers name a short while.
_RETRY_SECONDS = "2"
# RFC 3261 section 21.4.13 and RFC 6086 section 4.2.2: what we would take instead.
_INFO_REPLIES: dict[int, tuple[str, dict[str, str]]] = {
    200: ("OK", {}),
    415: ("Unsupported Media Type", {"accept": ", ".join(DIGIT_TYPES)}),
    469: ("Bad Info Package", {"recv-info": ""}),
}
# Silence of a trunk for this long means that it is not there: seven INVITEs have gone out.
_NO_REPLY_SECONDS = 10.0


class Negotiator(Protocol):
    """Who decides about a dialog's media and hears what became of it."""

    def sip_event(self, event: Any, dialog: Any) -> None:
        """One of sippy's call-control events."""

    def renegotiate(self, offer: str | None) -> str:
        """Our description for a new offer, or a new offer of ours if there was none.

        Raises:
            UnacceptableOffer: The session stays as it was.
        """

    def digit_signalled(self, digit: str) -> None:
        """A key came by INFO."""

    def confirm(self, answer: str | None) -> None:
        """Our 200 was acknowledged, with this description if ours was an offer."""


class Dialog(UA):
    """One call's signalling.

    Args:
        config: sippy's configuration, shared by the line.
        negotiator: Whom it belongs to.
        user_agent: Name shown to the peer.
        trunks: Addresses that requests may go to.
        peer: Where requests go whose target is not a trunk: to whom we talked first.
        ring_seconds: How long an outbound call may take until it is answered.
    """

    def __init__(
        self,
        config: dict[str, Any],
        *,
        negotiator: Negotiator,
        user_agent: str,
        trunks: Trunks,
        peer: Address,
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
        self._trunks = trunks
        self._peer = peer
        self._answers = {"UPDATE": self._answer_update, "INFO": self._answer_info}

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
        return super().isYours(req, call_id, from_tag, to_tag)

    def recvRequest(self, req: Any, sip_t: Any) -> Any:
        """Handles a request of this call; the result is what sippy's transactions expect."""
        method = req.getMethod()
        if self._is_for_sippy(method):
            result = super().recvRequest(req, sip_t)
            self._pin_target()
            if result is None and method == "INVITE":
                return None, None, self._end_unconfirmed
            return result
        number = req.getHFBody("cseq").getCSeqNum()
        if self.rCSeq is not None and self.rCSeq >= number:
            return self.reply(req, 500, "Out Of Order"), None, None
        self.rCSeq = number
        answer = self._answers.get(method)
        if answer is not None and not self.isDead():
            return answer(req), None, None
        if not (method == "BYE" or self.isDead()):
            return (
                self.reply(req, 405, "Method Not Allowed", {"allow": ALLOWED_METHODS}),
                None,
                None,
            )
        return self.reply(req, 481, "Call Does Not Exist"), None, None

    def _is_for_sippy(self, method: str) -> bool:
        if self.state is None or isinstance(self.state, UaStateDisconnected):
            return True
        if method in self._answers:
            return False
        return method in self.state.recv_request_handlers

    def recvResponse(self, resp: Any, tr: Any) -> None:
        """Handles a response to a request of ours."""
        super().recvResponse(resp, tr)
        self._pin_target()

    def disconnect(self, rtime: Any = None, origin: Any = None) -> None:
        """Called by sippy's timers: nobody answered, or nobody acknowledged our answer."""
        self.has_given_up = True
        super().disconnect(rtime, origin)

    def sendUasResponse(self, *args: Any, ack_wait: bool = False, **kwargs: Any) -> None:
        """Sends a response to the last INVITE."""
        self.awaits_ack = ack_wait
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

    def refresh_target(self, req: Any) -> None:
        """Takes over the peer's new Contact (RFC 3261 section 12.2.2)."""
        if req.countHFs("contact") and not req.getHFBody("contact").asterisk:
            self.rTarget = req.getHFBody("contact").getUrl().getCopy()
            if not self.routes:
                self.rAddr = self.rTarget.getTAddr()
                self._pin_target()

    def _end_unconfirmed(self) -> None:
        if self.awaits_ack:
            self.disconnect()

    def _pin_target(self) -> None:
        """Keeps requests of this call on the trunk it came by, and on UDP."""
        if self.rAddr is None:
            return
        address, _ = self.rAddr
        self.rAddr = (address if self._trunks.include(address[0]) else self._peer, "udp")

    def _answer_update(self, req: Any) -> Any:
        """The reply to UPDATE (RFC 3311), which also refreshes sessions (RFC 4028)."""
        offer = read_description(req)
        if offer is None:
            self.refresh_target(req)
            return self.reply(req, 200, "OK", {"allow": ALLOWED_METHODS})
        if not self.isConnected() and self.origin == "caller":
            # The first offer is still unanswered.
            return self.reply(req, 500, "Too Early", {"retry-after": _RETRY_SECONDS})
        try:
            description = self.negotiator.renegotiate(offer)
        except UnacceptableOffer:
            return self.reply(req, 488, "Not Acceptable Here")
        self.refresh_target(req)
        response = self.reply(req, 200, "OK", {"allow": ALLOWED_METHODS})
        response.appendHeader(SipHeader(name="contact", body=self.lContact))
        response.setBody(MsgBody(description))
        return response

    def _answer_info(self, req: Any) -> Any:
        """The reply to INFO, which may carry a key."""
        body = req.getBody()
        answer = read_info(
            content_type=None if body is None else str(body.mtype),
            body="" if body is None else str(body),
            package=next((str(value) for value in req.getHFBodys("info-package")), None),
        )
        if answer.digit is not None:
            self.negotiator.digit_signalled(answer.digit)
        return self.reply(req, answer.status, *_INFO_REPLIES[answer.status])


class _Connected(UaStateConnected):
    """A call that is up: re-INVITE is answered at once, REFER does not end it."""

    def _answer_invite(self, req: Any) -> None:
        dialog = self.ua
        dialog.uasResp = dialog.reply(req, 100, "Trying")
        dialog.global_config["_sip_tm"].sendResponse(dialog.uasResp)
        try:
            description = dialog.negotiator.renegotiate(read_description(req))
        except UnacceptableOffer:
            dialog.sendUasResponse(488, "Not Acceptable Here")
            return
        dialog.refresh_target(req)
        headers = make_headers({"allow": ALLOWED_METHODS})
        contacts = (dialog.lContact,)
        dialog.sendUasResponse(
            200, "OK", MsgBody(description), contacts, extra_headers=headers, ack_wait=True
        )

    def recvACK(self, req: Any) -> None:
        self.ua.negotiator.confirm(read_description(req))

    recv_request_handlers = {
        **{k: v for k, v in UaStateConnected.recv_request_handlers.items() if k != "REFER"},
        "INVITE": _answer_invite,
    }


class _Trying(UasStateTrying):
    """An inbound call before it rings; sippy handles BYE only once it does."""

    recv_request_handlers = UasStateRinging.recv_request_handlers


Dialog.UaStateConnected = _Connected
Dialog.UasStateTrying = _Trying


def read_description(message: Any) -> str | None:
    """The session description in a message's body, None if there is none."""
    return describe(message.getBody())


def describe(body: Any) -> str | None:
    """The session description in one of sippy's bodies, None if there is none."""
    return None if body is None else find_description(str(body.mtype), str(body))


def make_headers(values: dict[str, str]) -> list[Any]:
    """Headers in sippy's shape."""
    return [SipHeader(name=name, bodys=value) for name, value in values.items()]
