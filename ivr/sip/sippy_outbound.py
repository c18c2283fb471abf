"""A call that we make, as sippy's thread sees it."""

from collections.abc import Callable
from typing import Any

from sippy.CCEvents import CCEventConnect, CCEventRing, CCEventTry
from sippy.MsgBody import MsgBody
from sippy.SipCallId import SipCallId

from ivr.sip.line import EndReason, RemoteMedia
from ivr.sip.report import Answered, EarlyMedia, Ringing, Route
from ivr.sip.sdp import UnacceptableOffer, read_answer, write_offer
from ivr.sip.sippy_dialog import ALLOWED_METHODS, describe, make_headers
from ivr.sip.sippy_leg import Leg, Phase
from ivr.sip.sippy_loop import LOOP

# What a refusal of our INVITE means to people (RFC 3261 section 21, Q.850 by RFC 3398 section 8).
_REASONS = {
    404: EndReason.UNREACHABLE,
    408: EndReason.NO_ANSWER,
    410: EndReason.UNREACHABLE,
    480: EndReason.UNREACHABLE,
    484: EndReason.UNREACHABLE,
    486: EndReason.BUSY,
    502: EndReason.UNREACHABLE,
    503: EndReason.UNREACHABLE,
    504: EndReason.UNREACHABLE,
    600: EndReason.BUSY,
    604: EndReason.UNREACHABLE,
}


class OutboundLeg(Leg):
    """A call that we make."""

    def __init__(self, *, on_end: Callable[[Leg], None]) -> None:
        super().__init__(on_end=on_end)
        self._has_progress = False
        self._rings = False

    def invite(self, route: Route, *, host: str, port: int) -> None:
        """Sends INVITE, with our audio at this address."""
        self._local = self._local_media(host, port)
        body = MsgBody(write_offer(self._local))
        event = CCEventTry((SipCallId(), route.from_number, route.number, body, None, None))
        event.extra_headers = make_headers({"allow": ALLOWED_METHODS})

        def name_domain(dialog: Any) -> None:
            # The trunk may serve several domains; where the request goes is decided elsewhere.
            dialog.rTarget.host = dialog.rUri.getUrl().host = route.domain

        event.onUacSetupComplete = name_domain
        self._send(event)

    def fail(self) -> None:
        """Ends a call that could not even be sent."""
        self._end(EndReason.FAILED)

    def _progress(self, event: Any) -> None:
        if isinstance(event, CCEventRing):
            self._has_progress = True
            status, _, body = event.getData()
            if status in (180, 183) and not self._rings:
                self._rings = True
                self.report(Ringing())
            if body is not None:
                self._hear_early(describe(body))
        elif isinstance(event, CCEventConnect):
            self._connect(event.getData()[2])

    def _hear_early(self, description: str | None) -> None:
        try:
            media = read_answer(description or "")
        except UnacceptableOffer:
            # Before the answer nothing is lost with it; the answer may say something better.
            return
        self._change_media(media)

    def _change_media(self, media: RemoteMedia) -> None:
        if self._phase is Phase.SETUP and media != self._media:
            self.report(EarlyMedia(media))
        super()._change_media(media)

    def _connect(self, body: Any) -> None:
        try:
            # A 200 without a session confirms the one of the early media.
            media = self._media if body is None else read_answer(describe(body) or "")
        except UnacceptableOffer:
            media = None
        if media is None:
            # sippy sends its ACK when this returns, and a BYE must not overtake that.
            LOOP.post(self._say_goodbye)
            self._end(EndReason.FAILED)
            return
        self._phase = Phase.UP
        self._media = media
        self.report(Answered(media))

    def _reason_before_answer(self) -> EndReason:
        return EndReason.NO_ANSWER if self._has_progress else EndReason.UNREACHABLE

    def _reason_of(self, status: int) -> EndReason:
        if status == 408 and not self._has_progress:
            # sippy's own 408: not even 100 came back.
            return EndReason.UNREACHABLE
        default = EndReason.FAILED if status // 100 == 5 else EndReason.REJECTED
        return _REASONS.get(status, default)

    def _reason_of_giving_up(self) -> EndReason:
        return EndReason.CANCELLED
