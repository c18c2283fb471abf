"""The PBX line as its thread sees it: the registration, calls that come, calls that go."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from ivr.sip.line import RemoteMedia
from ivr.sip.number import caller_number, dialled_number
from ivr.sip.pbx_address import PbxPlace
from ivr.sip.pbx_inbound import InboundPbxLeg
from ivr.sip.pbx_leg import PbxLeg, description_of
from ivr.sip.pbx_loop import PbxLoop
from ivr.sip.pbx_message import uri_of
from ivr.sip.pbx_outbound import OutboundPbxLeg
from ivr.sip.pbx_phone import PbxPhone
from ivr.sip.pbx_registration import Registration, RegistrationState
from ivr.sip.pbx_session import check_interval, unsupported
from ivr.sip.pbx_transaction import ServerTransaction
from ivr.sip.report import Report
from ivr.sip.sdp import Offer, read_offer
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.session_timer import IntervalTooSmall

log = logging.getLogger(__name__)

# A PBX offers a busy extension's calls elsewhere, which is what a full house wants.
_BUSY = 486
_AWAY = 480
_GOODBYE_POLL_SECONDS = 0.02
_BODY_TYPES = ("application/sdp", "multipart/mixed", "multipart/alternative")
# As long as datagrams of a call may still come (RFC 3261 section 17: 64 times T1).
_AFTERLIFE_SECONDS = 32.0


@dataclass(frozen=True, slots=True)
class PbxArrival:
    """An inbound call, and who tells it what to do.

    Attributes:
        caller: The caller's number, None when withheld. Personal data.
        called: What was dialled.
        media: The caller's offer, None if there was none.
        leg: The call in the line's thread.
    """

    caller: str | None
    called: str
    media: RemoteMedia | None
    leg: InboundPbxLeg


class PbxExchange:
    """All signalling of the line; every method runs in its thread.

    Args:
        loop: The thread.
        max_calls: Calls at the same time, both ways together.
        on_arrival: Told about each inbound call; gives back who hears its reports.
        on_registration: Told whether the PBX sends us calls.
        look_up: Asks where the PBX is; what it is given is called in the thread, with None if
            nobody knows.
    """

    def __init__(
        self,
        loop: PbxLoop,
        *,
        max_calls: int,
        on_arrival: Callable[[PbxArrival], Callable[[Report], None]],
        on_registration: Callable[[RegistrationState], None],
        look_up: Callable[[Callable[[PbxPlace | None], None]], None],
    ) -> None:
        self._loop = loop
        self._max_calls = max_calls
        self._on_arrival = on_arrival
        self._on_registration = on_registration
        self._look_up = look_up
        self._phone: PbxPhone
        self._registration: Registration
        self._legs: dict[PbxLeg, str] = {}
        self._is_draining = False

    def open(self, phone: PbxPhone) -> None:
        """Makes itself known to the PBX."""
        self._phone = phone
        self._registration = Registration(
            phone.sip, on_state=self._on_registration, locate=self._locate
        )
        self._registration.register()

    def _locate(self, then: Callable[[], None]) -> None:
        def found(place: PbxPlace | None) -> None:
            if place is not None:
                self._phone.sip.move(place)
            then()

        self._look_up(found)

    def take(self, server: ServerTransaction) -> None:
        """Takes an INVITE for a new call."""
        tag = self._phone.sip.gen_tag()
        refusal = self._refusal(server)
        if refusal is not None:
            status, headers = refusal
            server.respond(status, tag=tag, headers=headers)
            return
        try:
            offer = _offer_of(server)
        except UnacceptableOffer as error:
            log.info("call refused: no common media", extra={"reason": str(error)})
            server.respond(488, tag=tag, headers=error.headers)
            return
        leg = InboundPbxLeg(self._phone.sip, server, offer, tag=tag, on_end=self._forget)
        self._remember(leg, server.request.call_id)
        leg.report = self._on_arrival(_arrival(server, leg, offer))

    def dial(
        self, leg: OutboundPbxLeg, number: str, *, host: str, port: int, ring_seconds: float
    ) -> None:
        """Sends the INVITE of an outbound call, with our audio at this address."""
        try:
            invite = leg.dial(number, host=host, port=port, ring_seconds=ring_seconds)
        except Exception:
            # Whoever dialled must hear of the end, whatever made the INVITE impossible.
            leg.fail()
            raise
        self._remember(leg, invite.call_id)

    def new_call(self) -> OutboundPbxLeg:
        """A call that may be dialled."""
        return OutboundPbxLeg(self._phone.sip, on_end=self._forget)

    def drain(self) -> None:
        """Refuses new calls from now on."""
        self._is_draining = True

    def leave(self, then: Callable[[], None]) -> None:
        """Hangs up every call, then unregisters, and calls `then` when the PBX has confirmed."""
        self._is_draining = True
        for leg in tuple(self._legs):
            leg.hang_up()
        self._leave_when_said(then)

    def _leave_when_said(self, then: Callable[[], None]) -> None:
        if self._phone.is_busy:
            self._loop.after(_GOODBYE_POLL_SECONDS, self._leave_when_said, then)
        else:
            self._registration.leave(then)

    def _refusal(self, server: ServerTransaction) -> tuple[int, dict[str, str]] | None:
        """The refusal that an INVITE gets, None if it is welcome."""
        request = server.request
        unknown = unsupported(request)
        try:
            check_interval(request, self._phone.sip.session_policy)
        except IntervalTooSmall as error:
            return 422, {"min-se": str(error.minimum_seconds)}
        content_type = request.first("content-type").partition(";")[0].strip().lower()
        if unknown:
            return 420, {"unsupported": unknown}
        if not uri_of(request.first("contact")):
            return 400, {}
        if request.body and content_type not in _BODY_TYPES:
            return 415, {"accept": _BODY_TYPES[0]}
        if self._is_draining:
            return _AWAY, {}
        if sum(not leg.is_over for leg in self._legs) >= self._max_calls:
            log.warning("call refused: too many", extra={"calls": len(self._legs)})
            return _BUSY, {}
        return None

    def _remember(self, leg: PbxLeg, call_id: str) -> None:
        self._legs[leg] = call_id
        self._phone.add(leg, call_id)

    def _forget(self, leg: PbxLeg) -> None:
        call_id = self._legs.pop(leg, None)
        if call_id is not None:
            # A goodbye may wait for an ACK, and an ACK must find its call.
            self._loop.after(_AFTERLIFE_SECONDS, self._phone.forget, call_id)


def _offer_of(server: ServerTransaction) -> Offer | None:
    request = server.request
    if not request.body:
        return None
    description = description_of(request)
    if description is None:
        raise UnacceptableOffer("The body holds no session description.")
    return read_offer(description)


def _arrival(server: ServerTransaction, leg: InboundPbxLeg, offer: Offer | None) -> PbxArrival:
    request = server.request
    # The office's own PBX is trusted with what it asserts (RFC 3325 section 2).
    caller = caller_number(
        identities=request.every("p-asserted-identity"),
        sender=request.first("from"),
        privacy=";".join(request.every("privacy")),
    )
    return PbxArrival(
        caller=caller,
        called=dialled_number(request.uri),
        media=offer.media if offer else None,
        leg=leg,
    )
