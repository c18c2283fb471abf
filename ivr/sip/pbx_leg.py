"""One call as the thread of the PBX line sees it: commands become SIP, SIP becomes reports."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from ipaddress import ip_address

from ivr.sip.body import find_description
from ivr.sip.info import read_info
from ivr.sip.line import EndReason, RemoteMedia
from ivr.sip.pbx_dialog import ALLOWED_METHODS, Dialog
from ivr.sip.pbx_message import Message
from ivr.sip.pbx_office import Office
from ivr.sip.pbx_session import PbxSession, check_interval
from ivr.sip.pbx_transaction import ServerTransaction
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
from ivr.sip.session_timer import IntervalTooSmall

log = logging.getLogger(__name__)

# A peer that does not confirm our goodbye in this time is not there; nobody waits longer.
_GOODBYE_SECONDS = 8.0
_RETRY_SECONDS = "2"


class Phase(Enum):
    """How far a call has come."""

    SETUP = auto()
    ANSWERED = auto()
    """Our 200 is out, the caller has not acknowledged it."""
    UP = auto()
    OVER = auto()


class PbxLeg:
    """What inbound and outbound calls have in common; all in the line's thread.

    Args:
        office: The line.
        owns_call_id: Whether it is a call that we make.
        on_end: Called once with the leg itself, when it is over.

    Attributes:
        dialog: What both sides agree on; None before there is one.
        report: Told what happens.
    """

    def __init__(
        self, office: Office, *, owns_call_id: bool, on_end: "Callable[[PbxLeg], None]"
    ) -> None:
        self.dialog: Dialog | None = None
        self.report: Callable[[Report], None] = _nobody
        self._office = office
        self._on_end = on_end
        self._phase = Phase.SETUP
        self._media: RemoteMedia | None = None
        self._local: LocalMedia | None = None
        # The peer's last that we took; ours have the same sections.
        self._offer: Offer | None = None
        self._unconfirmed: ServerTransaction | None = None
        self._awaits_answer = False
        self._description = ""
        self._session = PbxSession(office, self, owns_call_id=owns_call_id)

    @property
    def awaits_ack(self) -> bool:
        """Whether a 200 of ours is unacknowledged, so that a goodbye has to wait."""
        return self._unconfirmed is not None

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self._phase is Phase.OVER

    def receive(self, server: ServerTransaction) -> None:
        """Takes a request that belongs to this call."""
        request = server.request
        if request.method == "ACK":
            self._confirm(request)
        elif self.dialog is None or not self.dialog.takes(request):
            server.respond(500, headers={"retry-after": _RETRY_SECONDS})
        elif request.method == "BYE":
            server.respond(200)
            self.leave()
        elif self._phase is Phase.OVER:
            server.respond(481)
        elif request.method in ("INVITE", "UPDATE"):
            self._renegotiate(server)
        elif request.method == "INFO":
            self._hear_info(server)
        elif request.method == "OPTIONS":
            server.respond(200, headers={"allow": ALLOWED_METHODS, "accept": "application/sdp"})
        else:
            server.respond(405, headers={"allow": ALLOWED_METHODS})

    def leave(self) -> None:
        """Ends the call because the peer said goodbye."""
        reason = EndReason.CANCELLED if self._phase is Phase.SETUP else EndReason.CALLER_HUNG_UP
        self._end(reason)

    def ring(self) -> None:
        """Tells the caller that it rings; there is none in a call of ours."""

    def answer(self, host: str, port: int) -> None:
        """Answers the caller; there is none in a call of ours."""

    def reject(self, status: int, retry_after_seconds: int | None) -> None:
        """Refuses the caller; there is none in a call of ours."""

    def watch(self) -> None:
        """Finds out whether the peer of a call that is up is still there."""
        if self._phase is Phase.UP:
            self._session.keeper.watch()

    def hang_up(self) -> None:
        """Ends the call in whatever phase it is."""
        if self._phase is Phase.SETUP:
            self._give_up_setup()
        elif self._phase is Phase.ANSWERED:
            # RFC 3261 section 15: no BYE before the ACK; `_confirm` sends it.
            self._end(EndReason.WE_HUNG_UP)
        elif self._phase is Phase.UP:
            self._say_goodbye()
            self._end(EndReason.WE_HUNG_UP)

    def _give_up_setup(self) -> None:
        raise NotImplementedError

    def _confirm(self, ack: Message) -> None:
        """Hears that the peer has our 200."""
        server, self._unconfirmed = self._unconfirmed, None
        if server is None:
            return
        server.acknowledge()
        if self._phase is Phase.OVER:
            self._say_goodbye()
            return
        if self._awaits_answer and not self._hear_answer(ack):
            self._say_goodbye()
            self._end(EndReason.FAILED)
            return
        if self._phase is Phase.ANSWERED and self._media is not None:
            self._phase = Phase.UP
            self.report(Answered(self._media))

    def _hear_answer(self, ack: Message) -> bool:
        """Takes the answer to an offer of ours; False if it cannot be used."""
        self._awaits_answer = False
        try:
            self._change_media(read_answer(description_of(ack) or "", after=self._offer))
        except UnacceptableOffer as error:
            log.info("call ended: no common media", extra={"reason": str(error)})
            return False
        return True

    def _expect_confirmation(self, server: ServerTransaction) -> None:
        self._unconfirmed = server
        server.unacknowledged = self._end_unconfirmed

    def _end_unconfirmed(self) -> None:
        """Nobody acknowledged our 200 (RFC 3261 section 13.3.1.4)."""
        self._unconfirmed = None
        self._say_goodbye()
        self._end(EndReason.TIMEOUT)

    def _renegotiate(self, server: ServerTransaction) -> None:
        """The peer holds, resumes, moves its audio or asks for an offer (RFC 3264 section 8)."""
        request = server.request
        offer = description_of(request)
        try:
            check_interval(request, self._office.session_policy)
        except IntervalTooSmall as error:
            server.respond(422, headers={"min-se": str(error.minimum_seconds)})
            return
        if request.method == "UPDATE" and offer is None:
            self._accept(server)
            return
        if self._local is None or self._phase is Phase.SETUP:
            server.respond(491 if request.method == "INVITE" else 500, headers=_RETRY)
            return
        if self._session.has_invite_out:
            server.respond(491)
            return
        try:
            body = self._offer_again() if offer is None else self._answer_offer(offer)
        except UnacceptableOffer as error:
            server.respond(488, headers=error.headers)
            return
        if request.method == "INVITE":
            self._expect_confirmation(server)
        self._accept(server, body=self._describe(body))

    def _accept(self, server: ServerTransaction, body: str = "") -> None:
        headers = {"contact": self._office.contact, "allow": ALLOWED_METHODS}
        server.respond(200, headers=headers | self._session.accept(server.request), body=body)

    # What the session timer asks for.

    @property
    def is_up(self) -> bool:
        """Whether the call goes on."""
        return self._phase is Phase.UP

    def repeat_description(self) -> str:
        """The session as we described it last."""
        return self._description

    def conclude(self, answer: str | None) -> None:
        """Hears the answer to a repeated session; one that cannot be used changes nothing."""
        try:
            self._change_media(read_answer(answer or "", after=self._offer))
        except UnacceptableOffer as error:
            log.info("answer to a session refresh not understood", extra={"reason": str(error)})

    def session_lost(self) -> None:
        """Gives up a call whose peer is gone (RFC 4028 section 10)."""
        self._say_goodbye()
        self._end(EndReason.TIMEOUT)

    def _describe(self, description: str) -> str:
        self._description = description
        return description

    def _offer_again(self) -> str:
        self._awaits_answer = True
        self._local = self._next_version()
        return write_offer(self._local, after=self._offer)

    def _answer_offer(self, text: str) -> str:
        offer = self._offer = read_offer(text)
        local = self._local = self._next_version()
        self._change_media(offer.media)
        return write_answer(offer, local)

    def _hear_info(self, server: ServerTransaction) -> None:
        request = server.request
        answer = read_info(
            content_type=request.first("content-type") or None,
            body=request.body,
            package=request.first("info-package") or None,
        )
        server.respond(answer.status)
        if answer.digit is not None and self._phase is Phase.UP:
            self.report(DigitSignalled(answer.digit))

    def _change_media(self, media: RemoteMedia) -> None:
        changed = media != self._media
        self._media = media
        if changed and self._phase is Phase.UP:
            self.report(MediaChanged(media))

    def _own_media(self, host: str, port: int) -> LocalMedia:
        if ip_address(host).is_unspecified:
            host = self._office.local_host
        # 31 bits: some PBXs keep the session number in a signed integer.
        return LocalMedia(host=host, port=port, session=secrets.randbits(31), version=1)

    def _next_version(self) -> LocalMedia:
        if self._local is None:
            raise UnacceptableOffer("There is no session yet that could be changed.")
        return replace(self._local, version=self._local.version + 1)

    def _say_goodbye(self) -> None:
        if self.dialog is not None:
            self._ask(self.dialog.ask("BYE", via=self._office.via()))

    def _ask(self, request: Message) -> None:
        def hear(response: Message) -> None:
            again = self._office.authorize(request, response)
            if again is not None and self.dialog is not None:
                self.dialog.number = again.number
                self._office.ask(again, hear=_deaf, miss=_nothing, patience_seconds=2.0)

        self._office.ask(request, hear=hear, miss=_nothing, patience_seconds=_GOODBYE_SECONDS)

    def _end(self, reason: EndReason, *, status: int | None = None) -> None:
        if self._phase is not Phase.OVER:
            self._phase = Phase.OVER
            self._session.keeper.stop()
            self._on_end(self)
            # Nothing comes after it; and whoever hears it holds on to the leg.
            report, self.report = self.report, _nobody
            report(Ended(reason, status))


_RETRY = {"retry-after": _RETRY_SECONDS}


def description_of(message: Message) -> str | None:
    """The session description in a message's body, None if there is none."""
    return find_description(message.first("content-type"), message.body) if message.body else None


def _nobody(_: Report) -> None:
    """Nobody listens yet, or any more."""


def _deaf(_: Message) -> None:
    """Whatever the answer, it changes nothing."""


def _nothing() -> None:
    """Whether it was heard changes nothing."""
