"""A call on the trunk line, as the asyncio loop sees it."""

from ivr.sip.line import RemoteMedia
from ivr.sip.reported_call import ReportedCall
from ivr.sip.sippy_leg import InboundLeg, Leg
from ivr.sip.sippy_loop import LOOP


class TrunkCall(ReportedCall):
    """A call on the trunk line (`ivr.sip.line.LineCall`); belongs to the asyncio loop."""

    def __init__(
        self, *, caller: str | None, called: str, media: RemoteMedia | None, leg: Leg
    ) -> None:
        super().__init__(caller=caller, called=called, media=media)
        self._leg = leg

    def ring(self) -> None:
        """Tells the caller that it rings."""
        if isinstance(self._leg, InboundLeg):
            LOOP.post(self._leg.ring)

    def answer(self, *, host: str, port: int) -> None:
        """Answers, with our audio at this address."""
        if isinstance(self._leg, InboundLeg):
            LOOP.post(self._leg.answer, host, port)

    def reject(self, status: int, *, retry_after_seconds: int | None = None) -> None:
        """Refuses a call that is not answered yet."""
        if isinstance(self._leg, InboundLeg):
            LOOP.post(self._leg.reject, status, retry_after_seconds)

    def watch(self) -> None:
        """Finds out whether the peer is still there."""
        LOOP.post(self._leg.watch)

    def hang_up(self) -> None:
        """Ends the call in whatever state it is."""
        LOOP.post(self._leg.hang_up)
