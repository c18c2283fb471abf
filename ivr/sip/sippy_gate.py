"""Hands sippy the messages that are worth reading, and bounds what it remembers of them."""

import logging
from collections.abc import Callable
from typing import Any

from ivr.sip.sippy_loop import trace_exception
from ivr.sip.sippy_port import Endpoint
from ivr.sip.turning_away import call_id_of, is_acknowledgement, turn_away
from ivr.sip.wellformed import inspect

log = logging.getLogger(__name__)

# A refused INVITE is remembered for 32 s, some 10 kB each; a flood beyond this is not answered.
_MOST_TRANSACTIONS = 8192
# Every datagram is remembered for 32 to 64 s with its answer, some 1 kB each.
_MOST_REMEMBERED = 20_000
# sippy takes bytes for UTF-8 and Content-Length for characters, so a name in GBK or a session name
# in Chinese would cost the call. Nothing that we read is beyond ASCII.
_ASCII = bytes(code if code < 128 else ord("?") for code in range(256))


class Gate:
    """What stands between the port and sippy's transactions.

    Args:
        transactions: sippy's transaction manager.
        refuse: Whether a call from this IP address has to be refused now: the seconds after which
            it may be tried again, None if it is welcome.
        user_agent: Name shown to those refused.

    Attributes:
        refused_count: Calls refused here.
        malformed_count: Datagrams that are no SIP.
        overload_count: INVITEs dropped because too many transactions were open.
    """

    def __init__(
        self, transactions: Any, *, refuse: Callable[[str], int | None], user_agent: str
    ) -> None:
        self._transactions = transactions
        self._refuse = refuse
        self._user_agent = user_agent
        self.refused_count = 0
        self.malformed_count = 0
        self.overload_count = 0

    def receive(self, data: bytes, remote: Any, endpoint: Endpoint, received_at: Any) -> None:
        """Takes one datagram of a trunk."""
        transactions = self._transactions
        if len(transactions.l1rcache) > _MOST_REMEMBERED:
            transactions.rCachePurge()
        if len(transactions.tserver) > _MOST_TRANSACTIONS and data.startswith(b"INVITE"):
            self.overload_count += 1
            return
        if is_acknowledgement(data):
            return
        if data.startswith(b"INVITE") and self._turns_away(data, remote, endpoint):
            self.refused_count += 1
            return
        verdict = inspect(data.translate(_ASCII))
        if verdict.reply is not None:
            endpoint.send_to(verdict.reply, remote.address)
        if verdict.data is None:
            self.malformed_count += 1
            return
        try:
            transactions.handleIncoming(verdict.data, remote, endpoint, received_at)
        except Exception:
            # sippy raises whatever its parsers happen to raise; the sender gets no answer, as for
            # any datagram that is not SIP, and the next one must find us alive.
            self.malformed_count += 1
            log.debug("sip message not understood", extra=trace_exception())

    def _turns_away(self, data: bytes, remote: Any, endpoint: Endpoint) -> bool:
        """Refuses a call that there is no room for, before sippy takes milliseconds to read it."""
        if call_id_of(data) in self._transactions.req_consumers:
            # A repetition, or a change, of a call that is here.
            return False
        host, port = remote.address
        retry_seconds = self._refuse(host)
        if retry_seconds is None:
            return False
        answer = turn_away(data, (host, port), retry_seconds=retry_seconds, server=self._user_agent)
        if answer is None:
            return False
        endpoint.send_to(answer, remote.address)
        return True
