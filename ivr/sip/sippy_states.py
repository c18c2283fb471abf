"""What sippy's user agent does differently in two of its states."""

from typing import Any

from sippy.UasStateRinging import UasStateRinging
from sippy.UasStateTrying import UasStateTrying
from sippy.UaStateConnected import UaStateConnected

from ivr.sip.sippy_message import read_description
from ivr.sip.sippy_requests import answer_invite


class Connected(UaStateConnected):
    """A call that is up: re-INVITE is answered at once, REFER does not end it."""

    def _answer_invite(self, req: Any) -> None:
        answer_invite(self.ua, req)

    def recvACK(self, req: Any) -> None:
        """Takes what the acknowledgement of a re-INVITE brings."""
        self.ua.negotiator.confirm(read_description(req))

    recv_request_handlers = {
        **{k: v for k, v in UaStateConnected.recv_request_handlers.items() if k != "REFER"},
        "INVITE": _answer_invite,
    }


class Trying(UasStateTrying):
    """An inbound call before it rings; sippy handles BYE only once it does."""

    recv_request_handlers = UasStateRinging.recv_request_handlers
