"""A call on the trunk line, as the asyncio loop sees it."""

from typing import assert_never

from hotline.ids import new_id
from ivr.sip.line import CallListener, RemoteMedia
from ivr.sip.report import Answered, Ended, MediaChanged, Report, Ringing
from ivr.sip.sippy_leg import InboundLeg, Leg
from ivr.sip.sippy_loop import LOOP


class TrunkCall:
    """A call on the trunk line (`ivr.sip.line.LineCall`); belongs to the asyncio loop.

    Attributes:
        end_status: The SIP status that a call of ours was refused with, None before and otherwise.
    """

    def __init__(
        self, *, caller: str | None, called: str, media: RemoteMedia | None, leg: Leg
    ) -> None:
        self.id = new_id("leg")
        self.caller = caller
        self.called = called
        self.media = media
        self.end_status: int | None = None
        self._leg = leg
        self._listener: CallListener | None = None
        self._unheard: list[Report] = []

    def listen(self, listener: CallListener) -> None:
        """Names the listener; what happened before is told to it at once, in order."""
        self._listener = listener
        unheard, self._unheard = self._unheard, []
        for report in unheard:
            self._tell(listener, report)

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

    def hang_up(self) -> None:
        """Ends the call in whatever state it is."""
        LOOP.post(self._leg.hang_up)

    def hear(self, report: Report) -> None:
        """Takes a report from the other thread, on the asyncio loop."""
        if isinstance(report, Answered | MediaChanged):
            self.media = report.media
        if isinstance(report, Ended):
            self.end_status = report.status
        if self._listener is None:
            self._unheard.append(report)
        else:
            self._tell(self._listener, report)

    @staticmethod
    def _tell(listener: CallListener, report: Report) -> None:
        match report:
            case Ringing():
                listener.call_ringing()
            case Answered(media):
                listener.call_answered(media)
            case MediaChanged(media):
                listener.media_changed(media)
            case Ended(reason=reason):
                listener.call_ended(reason)
            case _:
                assert_never(report)
