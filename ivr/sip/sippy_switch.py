"""The line as sippy's thread sees it: requests that belong to no call yet, and all calls."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sippy.SipTransactionManager import RINGING, TRYING
from sippy.Time.Timeout import Timeout

from ivr.sip.admission import Admission
from ivr.sip.ledger import Ledger
from ivr.sip.number import dialled_number
from ivr.sip.report import Report, Route, TrunkStatistics
from ivr.sip.screening import Unwelcome
from ivr.sip.sdp import Offer
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy, has_option
from ivr.sip.sippy_arrival import Arrival, caller_of, offer_of, refusal_of
from ivr.sip.sippy_challenge import ProvenDialog
from ivr.sip.sippy_dialog import Dialog
from ivr.sip.sippy_gate import Gate
from ivr.sip.sippy_keepers import Keepers
from ivr.sip.sippy_leg import InboundLeg, Leg
from ivr.sip.sippy_loop import LOOP
from ivr.sip.sippy_message import ALLOWED_METHODS, SUPPORTED, header_text, make_headers
from ivr.sip.sippy_outbound import OutboundLeg
from ivr.sip.sippy_phones import PhoneDesk
from ivr.sip.sippy_port import Address, TrunkPort, Trunks
from ivr.sip.sippy_stack import build_stack
from ivr.sip.trunk_desk import TrunkDesk

log = logging.getLogger(__name__)

_DRAINING_RETRY_SECONDS = 30
_GOODBYE_POLL_SECONDS = 0.02
# Where another trunk may be tried, silence for this long is enough: four INVITEs have gone out.
_NO_REPLY_SECONDS = 4.0


class Switch:
    """All signalling of one line; every method runs in sippy's thread.

    Args:
        port: The socket.
        trunks: Who is spoken with, in the order of `desks`.
        desks: The trunks at work.
        admission: How many calls may be up on all trunks, and how fast they may come.
        user_agent: Name shown to peers.
        on_arrival: Told about each inbound call; gives back who hears its reports.
        session_policy: What is wanted of session timers.
        phones: Those that register here, None if none may.
    """

    def __init__(
        self,
        *,
        port: TrunkPort,
        trunks: Trunks,
        desks: Sequence[TrunkDesk],
        admission: Admission,
        user_agent: str,
        on_arrival: Callable[[Arrival], Callable[[Report], None]],
        session_policy: SessionPolicy = DEFAULT_POLICY,
        phones: PhoneDesk | None = None,
    ) -> None:
        self._port = port
        self._trunks = trunks
        self._desks = desks
        self._user_agent = user_agent
        self._on_arrival = on_arrival
        self._session_policy = session_policy
        self._phones = phones
        self._ledger: Ledger[Leg] = Ledger(admission, clock=time.monotonic)
        self._config: dict[str, Any] = {}
        self.keepers = Keepers(
            desks, trunks=trunks, port=port, send=self._begin, user_agent=user_agent
        )
        self.is_draining = False
        self.refused_count = 0
        self._gate: Gate | None = None

    @property
    def statistics(self) -> TrunkStatistics:
        """What was counted since `open`."""
        if self._gate is None:
            return TrunkStatistics()
        return TrunkStatistics(
            foreign=self._port.foreign_count,
            malformed=self._gate.malformed_count,
            refused=self.refused_count + self._gate.refused_count,
            unsent=self._port.unsent_count,
            flooded=self._port.flood_count,
            scanners=self._port.unwelcome[Unwelcome.SCANNER],
            oversized=self._port.unwelcome[Unwelcome.OVERSIZED],
            noise=self._port.unwelcome[Unwelcome.NOISE],
            overloaded=self._gate.overload_count,
        )

    def open(self) -> None:
        """Begins to listen."""
        self._config, transactions = build_stack(self._port, self._receive_request)
        self._gate = Gate(transactions, refuse=self._turn_away, user_agent=self._user_agent)
        self._port.receive = self._gate.receive
        LOOP.watch(self._port.fileno(), self._port.read)
        if self._port.streams is not None:
            self._port.streams.open(transactions.lose)

    def close(self) -> None:
        """Stops listening. Timers of calls that are over run out by themselves."""
        LOOP.forget(self._port.fileno())
        self.keepers.stop()
        self._config["_sip_tm"].cp_timer.cancel()
        self._port.close()

    def dial(self, leg: OutboundLeg, routes: Sequence[Route], *, host: str, port: int) -> None:
        """Dials by the first route that leads to a living trunk, with our audio at this address."""
        self._ledger.book(leg, None)
        leg.attempt = partial(self._attempt, host=host, port=port)
        leg.note_failure = _note_failure
        leg.begin(routes)

    def _attempt(
        self,
        leg: OutboundLeg,
        route: Route,
        ring_seconds: float,
        has_others: bool,
        *,
        host: str,
        port: int,
    ) -> None:
        kind = partial(ProvenDialog, credentials=route.credentials)
        self._equip(leg, peer=route.trunk, ring_seconds=ring_seconds, kind=kind)
        # Whoever chose the routes looked from another thread, and a while ago.
        if not self._ledger.try_book(leg, route.desk):
            leg.pass_over()
            return
        if has_others:
            leg.dialog.no_reply_time = _NO_REPLY_SECONDS
        try:
            leg.invite(route, host=host, port=port)
        except Exception:
            # Whoever dialled must hear of the end, whatever made the INVITE impossible.
            leg.fail()
            raise

    def drain(self) -> None:
        """Refuses new calls from now on, and takes registrations back."""
        self.is_draining = True
        self.keepers.end_registrations()

    def forget(self, leg: Leg) -> None:
        """Takes a call that is over off the books."""
        self._ledger.forget(leg)

    def _begin(self, request: Any, hear: Callable[[Any], None]) -> None:
        self._config["_sip_tm"].newTransaction(request, hear)

    def hang_up_all(self, then: Callable[[], None]) -> None:
        """Hangs up every call, and calls `then` when every peer has confirmed."""
        self.drain()
        for leg in self._ledger.calls:
            leg.hang_up()
        self._when_said(then)

    def _when_said(self, then: Callable[[], None]) -> None:
        clients = self._config["_sip_tm"].tclient.values()
        if any(
            transaction.state in (TRYING, RINGING) and transaction.method != "OPTIONS"
            for transaction in clients
        ):
            Timeout(self._when_said, _GOODBYE_POLL_SECONDS, 1, then)
        else:
            then()

    def _receive_request(self, req: Any, sip_t: Any) -> Any:
        """A request that belongs to no call; what comes back is sippy's convention."""
        method = req.getMethod()
        desk = self._desk_of(req)
        if desk is not None:
            desk.hear_from(req.getSource()[0])
        if req.getHFBody("to").getTag() is not None:
            return self._answer(req, 481, "Call Does Not Exist")
        is_phone = self._phones is not None and self._phones.serve(req.getSource()[0])
        if is_phone and self._phones is not None and method == "REGISTER":
            return self._phones.receive(req)
        refusal = refusal_of(req, policy=self._session_policy)
        if refusal is not None:
            self.refused_count += method == "INVITE"
            return self._answer(req, *refusal)
        if method == "OPTIONS":
            return self._receive_options(req)
        return self._receive_invite(req, sip_t)

    def _receive_options(self, req: Any) -> Any:
        if self.is_draining:
            # Carriers that ask with OPTIONS send their calls to another node then.
            headers = {"retry-after": str(_DRAINING_RETRY_SECONDS)}
            return self._answer(req, 503, "Draining", headers)
        headers = {
            "allow": ALLOWED_METHODS,
            "accept": "application/sdp",
            "supported": SUPPORTED,
        }
        return self._answer(req, 200, "OK", headers)

    def _receive_invite(self, req: Any, sip_t: Any) -> Any:
        refusal = self._refuse(req)
        if refusal is not None:
            self.refused_count += 1
            return refusal
        try:
            offer = offer_of(req)
        except UnacceptableOffer as error:
            self.refused_count += 1
            log.info("call refused: no common media", extra={"reason": str(error)})
            return self._answer(req, 488, "Not Acceptable Here", error.headers)
        return self._accept(req, sip_t, offer)

    def _refuse(self, req: Any) -> Any:
        """The refusal that an INVITE gets for lack of room, None if it is welcome."""
        if self.is_draining:
            headers = {"retry-after": str(_DRAINING_RETRY_SECONDS)}
            return self._answer(req, 503, "Draining", headers)
        desk = self._desk_of(req)
        if desk is None and self._phones is not None:
            # Whoever calls by a trunk is a citizen; a lawyer's phone is called, and does not call.
            return self._answer(req, 403, "Phones Are Called Here")
        retry_seconds = self._ledger.refuse(desk)
        if retry_seconds is not None:
            headers = {"retry-after": str(retry_seconds)}
            return self._answer(req, 503, "Service Unavailable", headers)
        return None

    def _accept(self, req: Any, sip_t: Any, offer: Offer | None) -> Any:
        rings_reliably = has_option(header_text(req, "require") or "", "100rel")
        leg = InboundLeg(offer, rings_reliably=rings_reliably, on_end=self.forget)
        self._equip(leg, peer=req.getSource())
        leg.dialog.session.accept(req)
        result = leg.dialog.recvRequest(req, sip_t)
        desk = self._desk_of(req)
        self._ledger.book(leg, desk)
        arrival = Arrival(
            caller=caller_of(req, trusts_identity=desk is not None and desk.trunk.trusts_identity),
            called=dialled_number(req.getRURI().original_uri or ""),
            media=offer.media if offer else None,
            leg=leg,
        )
        leg.report = self._on_arrival(arrival)
        return result

    def _turn_away(self, host: str) -> int | None:
        """Whether a call from this trunk is to be refused unread; other refusals are said so."""
        desk = self._desk_at(host)
        return None if desk is None or self.is_draining else self._ledger.turn_away(desk)

    def _desk_of(self, req: Any) -> TrunkDesk | None:
        """The trunk that a request came by."""
        return self._desk_at(req.getSource()[0])

    def _desk_at(self, host: str) -> TrunkDesk | None:
        place = self._trunks.owner(host)
        return self._desks[place] if place is not None and place < len(self._desks) else None

    def _equip(
        self,
        leg: Leg,
        *,
        peer: Address,
        ring_seconds: float | None = None,
        kind: Callable[..., Dialog] = Dialog,
    ) -> None:
        """Gives a new leg its signalling with `peer`."""
        leg.local_host = self._port.endpoint(peer).address[0].strip("[]")
        leg.dialog = kind(
            self._config,
            negotiator=leg,
            user_agent=self._user_agent,
            trunks=self._trunks,
            peer=peer,
            policy=self._session_policy,
            ring_seconds=ring_seconds,
        )

    def _answer(
        self, req: Any, code: int, reason: str, headers: dict[str, str] | None = None
    ) -> tuple[Any, None, None]:
        response = req.genResponse(code, reason, server=self._user_agent)
        response.appendHeaders(make_headers(headers or {}))
        return response, None, None


def _note_failure(route: Route) -> None:
    """A call found the trunk dead before its heartbeat did."""
    if route.desk is not None and route.desk.heartbeat is not None:
        route.desk.heartbeat.lost(time.monotonic())
