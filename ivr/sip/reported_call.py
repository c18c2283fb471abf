"""A call as the asyncio loop sees it, whichever signalling reports it."""

from typing import assert_never

from hotline.ids import new_id
from ivr.sip.line import CallListener, RemoteMedia
from ivr.sip.report import (
    Answered,
    DigitSignalled,
    EarlyMedia,
    Ended,
    MediaChanged,
    Report,
    Ringing,
)


class ReportedCall:
    """What every line's calls have in common; belongs to the asyncio loop.

    Args:
        caller: The caller's number, None when withheld. Personal data.
        called: The number that was dialled.
        media: What the peer has asked for so far.

    Attributes:
        end_status: The SIP status that a call of ours was refused with, None before and otherwise.
    """

    def __init__(self, *, caller: str | None, called: str, media: RemoteMedia | None) -> None:
        self.id = new_id("leg")
        self.caller = caller
        self.called = called
        self.media = media
        self.end_status: int | None = None
        self._listener: CallListener | None = None
        self._unheard: list[Report] = []

    def listen(self, listener: CallListener) -> None:
        """Names the listener; what happened before is told to it at once, in order."""
        self._listener = listener
        unheard, self._unheard = self._unheard, []
        for report in unheard:
            self._tell(report)

    def hear(self, report: Report) -> None:
        """Takes a report of the signalling, on the asyncio loop."""
        if isinstance(report, EarlyMedia | Answered | MediaChanged):
            self.media = report.media
        if isinstance(report, Ended):
            self.end_status = report.status
        if self._listener is None:
            self._unheard.append(report)
        else:
            self._tell(report)

    def _tell(self, report: Report) -> None:
        listener = self._listener
        if listener is None:
            return
        match report:
            case Ringing():
                listener.call_ringing()
            case EarlyMedia(media):
                listener.early_media(media)
            case Answered(media):
                listener.call_answered(media)
            case MediaChanged(media):
                listener.media_changed(media)
            case DigitSignalled(digit):
                listener.digit_pressed(digit)
            case Ended(reason=reason):
                # Nothing comes after it; and listeners hold on to the call.
                self._listener = None
                listener.call_ended(reason)
            case _:
                assert_never(report)
