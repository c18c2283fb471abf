"""One call as sippy's thread sees it: commands become SIP, SIP becomes reports.

Everything here runs in sippy's thread; `report` carries what happened to whoever wants it.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from ipaddress import ip_address
from typing import Any

from sippy.CCEvents import (
    CCEventDisconnect,
    CCEventFail,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventRing,
)
from sippy.MsgBody import MsgBody

from ivr.sip.line import EndReason, RemoteMedia
from ivr.sip.report import Answered, DigitSignalled, Ended, MediaChanged, Report
from ivr.sip.sdp import (
    LocalMedia,
    Offer,
    read_answer,
    read_offer,
    write_answer,
    write_offer,
)
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.sippy_dialog import Dialog
from ivr.sip.sippy_message import ALLOWED_METHODS, make_headers

log = logging.getLogger(__name__)

_PHRASES = {
    403: "Forbidden",
    404: "Not Found",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


class Phase(Enum):
    """How far a call has come."""

    SETUP = auto()
    ANSWERED = auto()
    """Our 200 is out, the caller has not acknowledged it."""
    UP = auto()
    OVER = auto()


class Leg:
    """What inbound and outbound calls have in common.

    Args:
        on_end: Called once with the leg itself, when it is over.

    Attributes:
        dialog: The call's signalling; set before anything else happens.
        local_host: The IP address that the peer reaches this machine at; set with it.
        report: Told what happens.
    """

    def __init__(self, *, on_end: "Callable[[Leg], None]") -> None:
        self.dialog: Dialog
        self.report: Callable[[Report], None] = _nobody
        self.local_host: str
        self._on_end = on_end
        self._phase = Phase.SETUP
        self._media: RemoteMedia | None = None
        self._local: LocalMedia | None = None
        # The peer's last that we took; ours have the same sections.
        self._offer: Offer | None = None
        self._awaits_answer = False
        self._description = ""

    def sip_event(self, event: Any, dialog: Any) -> None:
        """Hears sippy's call-control events."""
        if isinstance(event, CCEventDisconnect):
            given_up = EndReason.TIMEOUT if dialog.has_given_up else EndReason.CALLER_HUNG_UP
            self._end(self._reason_before_answer() if self._phase is Phase.SETUP else given_up)
        elif isinstance(event, CCEventFail):
            status: int = event.getData()[0]
            self._end(self._reason_of(status), status=status)
        elif isinstance(event, CCEventRedirect):
            # Whoever is dialled is decided by us, never by the far end.
            self._end(EndReason.REJECTED)
        else:
            self._progress(event)

    @property
    def awaits_answer(self) -> bool:
        """Whether an offer of ours is unanswered."""
        return self._awaits_answer

    def renegotiate(self, offer: str | None) -> str:
        """Answers the peer's new offer, or makes one if there was none."""
        if self._local is None:
            raise UnacceptableOffer("There is no session yet that could be changed.")
        if offer is None:
            self._awaits_answer = True
            self._local = _next_version(self._local)
            return self._describe(write_offer(self._local, after=self._offer))
        changed = self._offer = read_offer(offer)
        answer = write_answer(changed, self._local)
        if changed.media != self._media or answer != self._description:
            self._local = _next_version(self._local)
            self._change_media(changed.media)
        return self._describe(write_answer(changed, self._local))

    def repeat_description(self) -> str:
        """The session as it was described last."""
        return self._description

    def conclude(self, answer: str | None) -> None:
        """Hears the answer to a repeated offer; one that cannot be used changes nothing."""
        try:
            self._change_media(read_answer(answer or "", after=self._offer))
        except UnacceptableOffer as error:
            log.info("answer to a session refresh not understood", extra={"reason": str(error)})

    def session_lost(self) -> None:
        """Gives up a call whose peer is gone."""
        if self._phase is Phase.SETUP:
            self._give_up_setup()
            self._end(EndReason.FAILED)
        elif self._phase is Phase.UP:
            self._say_goodbye()
            self._end(EndReason.TIMEOUT)

    def digit_signalled(self, digit: str) -> None:
        """Hears a key that came by INFO."""
        if self._phase is not Phase.OVER:
            self.report(DigitSignalled(digit))

    def confirm(self, answer: str | None) -> None:
        """Hears that the peer has our 200."""
        if self._phase is Phase.OVER:
            self._say_goodbye()
            return
        if self._awaits_answer:
            self._awaits_answer = False
            try:
                self._change_media(read_answer(answer or "", after=self._offer))
            except UnacceptableOffer as error:
                log.info("call ended: no common media", extra={"reason": str(error)})
                self._say_goodbye()
                self._end(EndReason.FAILED)
                return
        if self._phase is Phase.ANSWERED and self._media is not None:
            self._phase = Phase.UP
            self.report(Answered(self._media))

    def watch(self) -> None:
        """Finds out whether the peer of a call that is up is still there."""
        if self._phase is Phase.UP:
            self.dialog.session.watch()

    def hang_up(self) -> None:
        """Ends the call in whatever phase it is."""
        match self._phase:
            case Phase.SETUP:
                self._give_up_setup()
                self._end(self._reason_of_giving_up())
            case Phase.ANSWERED:
                # RFC 3261 section 15: no BYE before the ACK; `confirm` sends it.
                self._end(EndReason.WE_HUNG_UP)
            case Phase.UP:
                self._say_goodbye()
                self._end(EndReason.WE_HUNG_UP)
            case Phase.OVER:
                pass

    def _progress(self, event: Any) -> None:
        """Hears everything that is not an end."""

    def _reason_before_answer(self) -> EndReason:
        return EndReason.CANCELLED

    def _reason_of(self, _status: int) -> EndReason:
        return EndReason.FAILED

    def _reason_of_giving_up(self) -> EndReason:
        return EndReason.WE_HUNG_UP

    def _give_up_setup(self) -> None:
        self._say_goodbye()

    def _change_media(self, media: RemoteMedia) -> None:
        changed = media != self._media
        self._media = media
        if changed and self._phase is Phase.UP:
            self.report(MediaChanged(media))

    def _local_media(self, host: str, port: int) -> LocalMedia:
        if ip_address(host).is_unspecified:
            host = self.local_host
        # 31 bits: some gateways keep the session number in a signed integer.
        return LocalMedia(host=host, port=port, session=secrets.randbits(31), version=1)

    def _describe(self, description: str) -> str:
        self._description = description
        return description

    def _say_goodbye(self) -> None:
        self._send(CCEventDisconnect())

    def _send(self, event: Any) -> None:
        self.dialog.recvEvent(event)

    def _end(self, reason: EndReason, *, status: int | None = None) -> None:
        if self._phase is not Phase.OVER:
            self._phase = Phase.OVER
            self.dialog.stop_timers()
            self._on_end(self)
            # Nothing comes after it; and whoever hears it holds on to the leg.
            report, self.report = self.report, _nobody
            report(Ended(reason, status))


class InboundLeg(Leg):
    """A call that came in.

    Args:
        offer: What the caller offered, None if nothing.
        rings_reliably: Whether the caller's network wants 180 acknowledged (RFC 3262).
        on_end: Called once, when the call is over.
    """

    def __init__(
        self, offer: Offer | None, *, rings_reliably: bool = False, on_end: Callable[[Leg], None]
    ) -> None:
        super().__init__(on_end=on_end)
        self.rings_reliably = rings_reliably
        self._offer = offer
        self._media = offer.media if offer else None

    def ring(self) -> None:
        """Sends 180, reliably where the caller's network requires it."""
        if self._phase is not Phase.SETUP:
            return
        if not self.rings_reliably:
            self._send(CCEventRing((180, "Ringing", None)))
        elif self._offer is not None:
            # Without an offer the first reliable response would have to bring ours (RFC 3262
            # section 5), and nobody has made room for the audio yet.
            self.dialog.reliable.ring()

    def answer(self, host: str, port: int) -> None:
        """Sends 200 with our audio at this address."""
        if self._phase is not Phase.SETUP:
            return
        self._phase = Phase.ANSWERED
        self._local = self._local_media(host, port)
        if self._offer is None:
            self._awaits_answer = True
            description = write_offer(self._local)
        else:
            description = write_answer(self._offer, self._local)
        event = CCEventPreConnect((200, "OK", MsgBody(self._describe(description))))
        headers = {"allow": ALLOWED_METHODS, **self.dialog.session.answer()}
        event.extra_headers = make_headers(headers)
        self._send(event)

    def reject(self, status: int, retry_after_seconds: int | None) -> None:
        """Sends a refusal."""
        if self._phase is Phase.SETUP:
            self._refuse(status, retry_after_seconds)
            self._end(EndReason.REJECTED)

    def _give_up_setup(self) -> None:
        self._refuse(480, None)

    def _refuse(self, status: int, retry_after_seconds: int | None) -> None:
        event = CCEventFail((status, _PHRASES.get(status, "Rejected")))
        if retry_after_seconds is not None:
            event.extra_headers = make_headers({"retry-after": str(retry_after_seconds)})
        self._send(event)


def _next_version(local: LocalMedia) -> LocalMedia:
    return replace(local, version=local.version + 1)


def _nobody(_: Report) -> None:
    """Nobody listens yet, or any more."""
