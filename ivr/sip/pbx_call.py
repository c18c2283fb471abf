"""A call on the PBX line, as the asyncio loop sees it."""

from ivr.sip.line import RemoteMedia
from ivr.sip.pbx_leg import PbxLeg
from ivr.sip.pbx_loop import PbxLoop
from ivr.sip.reported_call import ReportedCall


class PbxCall(ReportedCall):
    """A call on the PBX line (`ivr.sip.line.LineCall`); belongs to the asyncio loop."""

    def __init__(
        self,
        *,
        caller: str | None,
        called: str,
        media: RemoteMedia | None,
        leg: PbxLeg,
        loop: PbxLoop,
    ) -> None:
        super().__init__(caller=caller, called=called, media=media)
        self._leg = leg
        self._thread = loop

    def ring(self) -> None:
        """Tells the caller that it rings."""
        self._thread.post(self._leg.ring)

    def answer(self, *, host: str, port: int) -> None:
        """Answers, with our audio at this address."""
        self._thread.post(self._leg.answer, host, port)

    def reject(self, status: int, *, retry_after_seconds: int | None = None) -> None:
        """Refuses a call that is not answered yet."""
        self._thread.post(self._leg.reject, status, retry_after_seconds)

    def watch(self) -> None:
        """Finds out whether the peer is still there."""
        self._thread.post(self._leg.watch)

    def hang_up(self) -> None:
        """Ends the call in whatever state it is."""
        self._thread.post(self._leg.hang_up)
