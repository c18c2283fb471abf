"""The line as sippy's thread sees it: requests that belong to no call yet, and all calls."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sippy.SipTransactionManager
from sippy.SipConf import MyAddress, MyPort
from sippy.SipTransactionManager import RINGING, TRYING, SipTransactionManager
from sippy.Time.Timeout import Timeout

from ivr.sip.admission import Admission
from ivr.sip.line import RemoteMedia
from ivr.sip.number import caller_number, dialled_number
from ivr.sip.report import Report, Route
from ivr.sip.sdp import Offer, UnacceptableOffer, read_offer
from ivr.sip.sippy_dialog import ALLOWED_METHODS, Dialog, make_headers, read_description
from ivr.sip.sippy_leg import InboundLeg, Leg
from ivr.sip.sippy_loop import LOOP, trace_exception
from ivr.sip.sippy_outbound import OutboundLeg
from ivr.sip.sippy_port import Address, Endpoint, TrunkPort, Trunks

log = logging.getLogger(__name__)

_DRAINING_RETRY_SECONDS = 30
_GOODBYE_POLL_SECONDS = 0.02
# sippy takes bytes for UTF-8 and Content-Length for characters, so a name in GBK or a session name
# in Chinese would cost the call. Nothing that we read is beyond ASCII.
_ASCII = bytes(code if code < 128 else ord("?") for code in range(256))


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbound call, and who tells it what to do.

    Attributes:
        caller: The caller's number, None when withheld. Personal data.
        called: What was dialled.
        media: The caller's offer, None if there was none.
        leg: The call in sippy's thread.
    """

    caller: str | None
    called: str
    media: RemoteMedia | None
    leg: InboundLeg


class Switch:
    """All signalling of one line; every method runs in sippy's thread.

    Args:
        port: The socket.
        trunks: Who is spoken with.
        admission: How many calls may be up, and how fast they may come.
        user_agent: Name shown to peers.
        on_arrival: Told about each inbound call; gives back who hears its reports.
    """

    def __init__(
        self,
        *,
        port: TrunkPort,
        trunks: Trunks,
        admission: Admission,
        user_agent: str,
        on_arrival: Callable[[Arrival], Callable[[Report], None]],
    ) -> None:
        self._port = port
        self._trunks = trunks
        self._admission = admission
        self._user_agent = user_agent
        self._on_arrival = on_arrival
        self._legs: set[Leg] = set()
        self._config: dict[str, Any] = {}
        self.is_draining = False
        self.refused_count = 0
        self.malformed_count = 0

    def open(self) -> None:
        """Begins to listen."""
        self._config |= {
            "_sip_address": MyAddress(),
            "_sip_port": MyPort(0),
            "_sip_logger": _NoLog(),
            "_trunk_port": self._port,
        }
        self._config["_sip_tm"] = SipTransactionManager(self._config, self._receive_request)
        self._port.receive = self._receive
        LOOP.watch(self._port.fileno(), self._port.read)

    def close(self) -> None:
        """Stops listening. Timers of calls that are over run out by themselves."""
        LOOP.forget(self._port.fileno())
        self._config["_sip_tm"].cp_timer.cancel()
        self._port.close()

    def use_trunk(self, trunk: Address) -> None:
        """Makes this the trunk that is dialled through, and lets it answer."""
        self._trunks.add(trunk[0])
        self._port.default = trunk

    def dial(self, leg: OutboundLeg, route: Route, *, host: str, port: int) -> None:
        """Sends the INVITE of an outbound call, with our audio at this address."""
        self._legs.add(leg)
        self._equip(leg, peer=route.trunk, ring_seconds=route.ring_seconds)
        try:
            leg.invite(route, host=host, port=port)
        except Exception:
            # Whoever dialled must hear of the end, whatever made the INVITE impossible.
            leg.fail()
            raise

    def drain(self) -> None:
        """Refuses new calls from now on."""
        self.is_draining = True

    def forget(self, leg: Leg) -> None:
        """Takes a call that is over off the books."""
        self._legs.discard(leg)

    def hang_up_all(self, then: Callable[[], None]) -> None:
        """Hangs up every call, and calls `then` when every peer has confirmed."""
        self.is_draining = True
        for leg in tuple(self._legs):
            leg.hang_up()
        self._when_said(then)

    def _when_said(self, then: Callable[[], None]) -> None:
        clients = self._config["_sip_tm"].tclient.values()
        if any(transaction.state in (TRYING, RINGING) for transaction in clients):
            Timeout(self._when_said, _GOODBYE_POLL_SECONDS, 1, then)
        else:
            then()

    def _receive(self, data: bytes, remote: Any, endpoint: Endpoint, received_at: Any) -> None:
        transactions = self._config["_sip_tm"]
        try:
            transactions.handleIncoming(data.translate(_ASCII), remote, endpoint, received_at)
        except Exception:
            # sippy raises whatever its parsers happen to raise; the sender gets no answer, as for
            # any datagram that is not SIP, and the next one must find us alive.
            self.malformed_count += 1
            log.debug("sip message not understood", extra=trace_exception())

    def _receive_request(self, req: Any, sip_t: Any) -> Any:
        """A request that belongs to no call; what comes back is sippy's convention."""
        method = req.getMethod()
        if req.getHFBody("to").getTag() is not None:
            return self._answer(req, 481, "Call Does Not Exist")
        if method == "INVITE":
            return self._receive_invite(req, sip_t)
        if method == "OPTIONS":
            return self._receive_options(req)
        return self._answer(req, 405, "Method Not Allowed", {"allow": ALLOWED_METHODS})

    def _receive_options(self, req: Any) -> Any:
        if self.is_draining:
            # Carriers that ask with OPTIONS send their calls to another node then.
            headers = {"retry-after": str(_DRAINING_RETRY_SECONDS)}
            return self._answer(req, 503, "Draining", headers)
        headers = {"allow": ALLOWED_METHODS, "accept": "application/sdp"}
        return self._answer(req, 200, "OK", headers)

    def _receive_invite(self, req: Any, sip_t: Any) -> Any:
        refusal = self._refuse(req)
        if refusal is not None:
            self.refused_count += 1
            return refusal
        try:
            offer = _offer_of(req)
        except UnacceptableOffer as error:
            self.refused_count += 1
            log.info("call refused: no common media", extra={"reason": str(error)})
            return self._answer(req, 488, "Not Acceptable Here", {"accept": "application/sdp"})
        return self._accept(req, sip_t, offer)

    def _refuse(self, req: Any) -> Any:
        """The refusal that an INVITE gets, None if it is welcome."""
        required = [str(body) for body in req.getHFBodys("require")]
        if required:
            headers = {"unsupported": ", ".join(required)}
            return self._answer(req, 420, "Bad Extension", headers)
        if not _has_usable_contact(req):
            return self._answer(req, 400, "No Usable Contact")
        if req.getBody() is not None and req.getBody().mtype.name.lower() not in _BODY_TYPES:
            return self._answer(req, 415, "Unsupported Media Type", {"accept": _BODY_TYPES[0]})
        if self.is_draining:
            headers = {"retry-after": str(_DRAINING_RETRY_SECONDS)}
            return self._answer(req, 503, "Draining", headers)
        retry_seconds = self._admission.refuse(len(self._legs))
        if retry_seconds is not None:
            log.warning("call refused: too many", extra={"calls": len(self._legs)})
            headers = {"retry-after": str(retry_seconds)}
            return self._answer(req, 503, "Service Unavailable", headers)
        return None

    def _accept(self, req: Any, sip_t: Any, offer: Offer | None) -> Any:
        leg = InboundLeg(offer, on_end=self.forget)
        self._equip(leg, peer=req.getSource())
        result = leg.dialog.recvRequest(req, sip_t)
        self._legs.add(leg)
        arrival = Arrival(
            caller=_caller_of(req),
            called=dialled_number(req.getRURI().original_uri or ""),
            media=offer.media if offer else None,
            leg=leg,
        )
        leg.report = self._on_arrival(arrival)
        return result

    def _equip(self, leg: Leg, *, peer: Address, ring_seconds: float | None = None) -> None:
        """Gives a new leg its signalling with `peer`."""
        leg.local_host = self._port.endpoint(peer).address[0].strip("[]")
        leg.dialog = Dialog(
            self._config,
            negotiator=leg,
            user_agent=self._user_agent,
            trunks=self._trunks,
            peer=peer,
            ring_seconds=ring_seconds,
        )

    def _answer(
        self, req: Any, code: int, reason: str, headers: dict[str, str] | None = None
    ) -> tuple[Any, None, None]:
        response = req.genResponse(code, reason, server=self._user_agent)
        response.appendHeaders(make_headers(headers or {}))
        return response, None, None


_BODY_TYPES = ("application/sdp", "multipart/mixed", "multipart/alternative")


def _offer_of(req: Any) -> Offer | None:
    if req.getBody() is None:
        return None
    description = read_description(req)
    if description is None:
        raise UnacceptableOffer("The body holds no session description.")
    return read_offer(description)


def _has_usable_contact(req: Any) -> bool:
    return bool(req.countHFs("contact")) and not req.getHFBody("contact").asterisk


def _caller_of(req: Any) -> str | None:
    def raw(name: str) -> list[str]:
        # Not through sippy's parser, which knows nothing of several identities in one header.
        return [str(header.body) for header in req.headers if header.name == name]

    return caller_number(
        identities=raw("p-asserted-identity"),
        sender=" ".join(raw("from")),
        privacy=";".join(raw("privacy")),
    )


def _port_of(config: dict[str, Any], *_: object) -> TrunkPort:
    """Stands in for the class that opens sippy's own sockets."""
    port: TrunkPort = config["_trunk_port"]
    return port


sippy.SipTransactionManager.local4remote = _port_of


class _NoLog:
    def write(self, *_: object, **__: object) -> None:
        """SIP messages carry numbers, so they are never logged."""
