"""sippy's transactions with the states that RFC 6026 added to those of INVITE.

sippy forgets a client transaction with its first 2xx, and the branch of a server transaction with
its final response. A second telephone that a proxy has forked the call to would then talk to
nobody, and a CANCEL that crosses our answer be told that there is no such call.
"""

import logging
import time
from collections.abc import Callable, Collection
from typing import Any

from sippy.SipRequest import SipRequest
from sippy.SipTransactionManager import TERMINATED, TRYING, SipTransactionManager
from sippy.Time.Timeout import Timeout

log = logging.getLogger(__name__)

# Timers L and M (RFC 6026 section 8.6): 64 times T1.
ACCEPTED_SECONDS = 32.0

# What a flood of calls may leave behind; then a CANCEL of an old one gets 481.
_MOST_REMEMBERED = 4096


class AcceptedInvite:
    """An INVITE of ours after its first 2xx; stands where sippy has a transaction.

    Args:
        text: The INVITE as it was sent.
        tag: Of the dialog that the 2xx made.
        endpoint: What it was sent by.
        address: Where it was sent.
    """

    # What sippy and the line ask of whatever they find among the transactions.
    state = TERMINATED
    method = "INVITE"

    def __init__(self, text: str, *, tag: str | None, endpoint: Any, address: Any) -> None:
        self.endpoint = endpoint
        self.address = address
        self._text = text
        self._tag = tag

    def is_answered_by_another(self, response: Any) -> bool:
        """Whether it makes a dialog beside the first one (RFC 3261 section 13.2.2.4)."""
        is_answer = 200 <= response.getSCode()[0] < 300 and response.countHFs("contact") > 0
        return is_answer and bool(response.getHFBody("to").getTag() != self._tag)

    def request(self, method: str, response: Any) -> Any:
        """ACK or BYE in the dialog that a 2xx has made."""
        number = SipRequest(self._text).getHFBody("cseq").getCSeqNum()
        routes = [route.getCopy() for route in reversed(response.getHFBodys("record-route"))]
        return SipRequest(
            method=method,
            ruri=response.getHFBody("contact").getUrl().getCopy(),
            to=response.getHFBCopy("to"),
            fr0m=response.getHFBCopy("from"),
            callid=response.getHFBCopy("call-id"),
            cseq=number if method == "ACK" else number + 1,
            routes=routes,
            target=(self.address, "udp"),
        )


class Transactions(SipTransactionManager):
    """All transactions of a line."""

    def __init__(self, config: dict[str, Any], receive_request: Callable[[Any, Any], Any]) -> None:
        super().__init__(config, receive_request)
        # By the id of an INVITE that has its final response: the tag of that, and until when.
        self._answered: dict[Any, tuple[str | None, float]] = {}

    def sendResponse(self, resp: Any, t: Any = None, *args: Any, **kwargs: Any) -> None:
        """Sends a response, and remembers that an INVITE has its final one."""
        tid = resp.getTId(wBRN=True)
        super().sendResponse(resp, t, *args, **kwargs)
        if resp.getSCode()[0] >= 200 and resp.getHFBody("cseq").getCSeqMethod() == "INVITE":
            self._remember(tid, resp.getHFBody("to").getTag())

    def _remember(self, tid: Any, tag: str | None) -> None:
        now = time.monotonic()
        while self._answered:
            oldest = next(iter(self._answered))
            if len(self._answered) < _MOST_REMEMBERED and self._answered[oldest][1] > now:
                break
            del self._answered[oldest]
        self._answered[tid] = (tag, now + ACCEPTED_SECONDS)

    def incomingRequest(self, msg: Any, checksum: Any, tids: Any, server: Any) -> None:
        """Answers a CANCEL that comes too late; it changes nothing (RFC 3261 section 9.2)."""
        if msg.getMethod() == "CANCEL":
            tid = msg.getTId(wBRN=True)
            tag, until = self._answered.get(tid, (None, 0.0))
            if tid not in self.tserver and until > time.monotonic():
                response = msg.genResponse(200, "OK")
                response.getHFBody("to").setTag(tag)
                address = response.getHFBody("via").getTAddr()
                self.transmitMsg(server, response, address, checksum)
                return
        super().incomingRequest(msg, checksum, tids, server)

    def incomingResponse(self, msg: Any, t: Any, checksum: Any) -> None:
        """Hears a response; further telephones that answer one INVITE are sent away."""
        if isinstance(t, AcceptedInvite):
            if t.is_answered_by_another(msg):
                log.info("a forked call was answered twice")
                acknowledgement = t.request("ACK", msg)
                self.transmitMsg(t.endpoint, acknowledgement, t.address, checksum)
                self.newTransaction(t.request("BYE", msg), userv=t.endpoint)
            return
        is_answer = t.method == "INVITE" and 200 <= msg.getSCode()[0] < 300
        tid, text, endpoint, address = t.tid, t.data, t.userv, t.address
        super().incomingResponse(msg, t, checksum)
        if is_answer and tid not in self.tclient:
            tag = msg.getHFBody("to").getTag()
            self.tclient[tid] = AcceptedInvite(text, tag=tag, endpoint=endpoint, address=address)
            Timeout(self._forget, ACCEPTED_SECONDS, 1, tid)

    def timerA(self, t: Any) -> None:
        """Repeats a message; by TCP only 2xx, which a hop behind may lose (section 13.3.1.4)."""
        if t.userv.transport == "udp" or t.data.startswith("SIP/2.0 2"):
            super().timerA(t)
        else:
            t.teA = None

    def lose(self, addresses: Collection[tuple[str, int]], *, is_worth_a_try: bool) -> None:
        """A TCP connection could not be made, or is gone.

        What the peer has begun to answer goes on: the rest comes by a connection of its own.

        Args:
            addresses: Whom it was spoken to by it.
            is_worth_a_try: Whether what was sent may be sent again by another one; otherwise it
                ends as if nobody had answered.
        """
        for t in tuple(self.tclient.values()):
            if t.address in addresses and t.state is TRYING and t.userv.transport == "tcp":
                if is_worth_a_try:
                    self.transmitData(t.userv, t.data, t.address)
                else:
                    t.teB.cancel()
                    self.timerB(t)

    def _forget(self, tid: Any) -> None:
        self.tclient.pop(tid, None)
