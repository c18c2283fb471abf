"""A call that we make, as sippy's thread sees it."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sippy.CCEvents import CCEventConnect, CCEventRing, CCEventTry
from sippy.MsgBody import MsgBody
from sippy.SipCallId import SipCallId
from sippy.SipURL import SipURL

from ivr.sip.line import EndReason, RemoteMedia
from ivr.sip.refusal import reason_of_refusal
from ivr.sip.report import Answered, EarlyMedia, Ringing, Route
from ivr.sip.sdp import read_answer, write_offer
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.sippy_leg import Leg, Phase
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_message import ALLOWED_METHODS, describe, make_headers
from ivr.sip.trunks import Transport

log = logging.getLogger(__name__)

# What says that this trunk cannot reach anybody now, or does not know us, so that another one may
# (RFC 3261 section 21). Everything else is an answer about the number, and the same everywhere.
_TRUNK_FAILURES = frozenset({401, 407, 408, 500, 502, 503, 504})
# Less would cancel a call before anybody could hear it ring.
_LEAST_RING_SECONDS = 0.1


class OutboundLeg(Leg):
    """A call that we make, by the first of several trunks that takes it.

    Attributes:
        attempt: Sends a leg's INVITE by one route, with the seconds that are left for the answer
            and whether there are more routes; set before anything happens.
        note_failure: Told when a route leads to no living trunk.
    """

    def __init__(self, *, on_end: Callable[[Leg], None]) -> None:
        super().__init__(on_end=on_end)
        self.attempt: Callable[[OutboundLeg, Route, float, bool], None]
        self.note_failure: Callable[[Route], None] = _ignore
        self._routes: deque[Route] = deque()
        self._route: Route | None = None
        self._ends_at = 0.0
        self._has_progress = False
        self._rings = False

    def begin(self, routes: Sequence[Route]) -> None:
        """Dials by the first route that leads to a living trunk."""
        self._routes.extend(routes)
        self._ends_at = time.monotonic() + routes[0].ring_seconds
        self._try_next()

    def sip_event(self, event: Any, dialog: Any) -> None:
        """Hears of the present attempt; what an earlier one still says is nobody's concern."""
        if dialog is self.dialog:
            super().sip_event(event, dialog)

    def invite(self, route: Route, *, host: str, port: int) -> None:
        """Sends INVITE, with our audio at this address."""
        self._local = self._local_media(host, port)
        body = MsgBody(self._describe(write_offer(self._local)))
        event = CCEventTry((SipCallId(), route.from_number, route.number, body, None, None))
        headers = {"allow": ALLOWED_METHODS, **self.dialog.session.ask()}
        event.extra_headers = make_headers(headers)

        is_udp = route.desk is None or route.desk.trunk.transport is Transport.UDP

        def name_domain(dialog: Any) -> None:
            # The trunk may serve several domains; where the request goes is decided elsewhere.
            dialog.rTarget.host = dialog.rUri.getUrl().host = route.domain
            if not is_udp:
                # sippy would name it in the request URI, and not where that is proven.
                dialog.rTarget.transport = None
            if route.own_domain:
                dialog.lUri.getUrl().host = route.own_domain
            if route.target:
                dialog.rTarget = SipURL(route.target)
                dialog.keep_to_peer()

        event.onUacSetupComplete = name_domain
        self._send(event)

    def _try_next(self) -> None:
        if self._phase is not Phase.SETUP:
            return
        self._route = self._routes.popleft()
        self._has_progress = False
        left = max(self._ends_at - time.monotonic(), _LEAST_RING_SECONDS)
        self.attempt(self, self._route, left, bool(self._routes))

    def _end(self, reason: EndReason, *, status: int | None = None) -> None:
        if self._is_failure_of_trunk(reason, status):
            if self._route is not None and status in (None, 408, 503, 504):
                self.note_failure(self._route)
            if self._has_another_route:
                LOOP.post(self._try_next)
                return
        super()._end(reason, status=status)

    def _is_failure_of_trunk(self, reason: EndReason, status: int | None) -> bool:
        if self._phase is not Phase.SETUP or self._rings:
            return False
        if status is None:
            return reason is EndReason.UNREACHABLE
        return status in _TRUNK_FAILURES and not (status == 408 and self._has_progress)

    @property
    def _has_another_route(self) -> bool:
        return bool(self._routes) and time.monotonic() < self._ends_at

    def pass_over(self) -> None:
        """Goes on by the next route, because this one has no room any more."""
        if self._has_another_route:
            LOOP.post(self._try_next)
        else:
            self.fail()

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
        except UnacceptableOffer as error:
            log.info("call ended: no common media", extra={"reason": str(error)})
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
        return reason_of_refusal(status, reason=self.dialog.refusal_reason)

    def _reason_of_giving_up(self) -> EndReason:
        return EndReason.CANCELLED


def _ignore(_: Route) -> None:
    """Nobody wants to know."""
