"""Keeps in touch with one trunk: asks it with OPTIONS, and registers with it.

Both live in sippy's thread and use its transactions, which repeat requests and give up after 32 s.
"""

import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from sippy.SipAddress import SipAddress
from sippy.SipCallId import SipCallId
from sippy.SipContact import SipContact
from sippy.SipExpires import SipExpires
from sippy.SipFrom import SipFrom
from sippy.SipHeader import SipHeader
from sippy.SipRequest import SipRequest
from sippy.SipTo import SipTo
from sippy.SipURL import SipURL
from sippy.Time.Timeout import Timeout

from ivr.sip.digest import write_authorization
from ivr.sip.heartbeat import ANSWER_SECONDS, Health, Heartbeat
from ivr.sip.registration import Register, Registration, RegistrationState, Reply
from ivr.sip.session_keeper import Timer
from ivr.sip.trunk_desk import Address, TrunkDesk
from ivr.sip.trunks import Transport

log = logging.getLogger(__name__)

# A timer of sippy's must not be of zero length, and infinity is no timer at all.
_SHORTEST_PAUSE_SECONDS = 0.01

Send = Callable[[Any, Callable[[Any], None]], object]
"""Begins a transaction: the request, and who takes the responses."""


class HeartbeatKeeper:
    """Asks one trunk with OPTIONS whether it is there.

    Args:
        desk: The trunk, with a heartbeat and an address.
        send: Begins a transaction.
        user_agent: Name shown to the trunk.
        clock: Seconds that only go forward.
        start_timer: Has a function called after so many seconds, once.
    """

    def __init__(
        self,
        desk: TrunkDesk,
        *,
        send: Send,
        user_agent: str,
        clock: Callable[[], float] = time.monotonic,
        start_timer: Callable[[Callable[[], None], float], Timer] = Timeout,
    ) -> None:
        self._desk = desk
        self._send = send
        self._user_agent = user_agent
        self._clock = clock
        self._start_timer = start_timer
        self._asked = 0
        self._timer: Timer | None = None

    def start(self) -> None:
        """Asks now, and from now on."""
        self.stop()
        heartbeat, address = self._desk.heartbeat, self._desk.address
        if heartbeat is None or address is None:
            return
        self._asked += 1
        give_up = partial(self._settle, heartbeat, self._asked, None)
        self._timer = self._start_timer(give_up, ANSWER_SECONDS)
        request = _request("OPTIONS", self._desk, address, user_agent=self._user_agent)
        self._send(request, partial(self._hear, heartbeat, self._asked))

    def stop(self) -> None:
        """Asks no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hear(self, heartbeat: Heartbeat, number: int, response: Any) -> None:
        status = response.getSCode()[0]
        if status >= 200:
            self._settle(heartbeat, number, status)

    def _settle(self, heartbeat: Heartbeat, number: int, status: int | None) -> None:
        """An answer came, or none in time; whichever is later finds the number changed."""
        if number != self._asked or self._timer is None:
            return
        self.stop()
        self._asked += 1
        before, now = heartbeat.health, self._clock()
        if status is None:
            heartbeat.lost(now)
        else:
            heartbeat.answered(now, status)
        if heartbeat.health is not before:
            log.log(
                logging.INFO if heartbeat.health is Health.UP else logging.WARNING,
                "trunk changed",
                extra={"trunk": self._desk.trunk.name, "health": heartbeat.health.value},
            )
        pause = max(heartbeat.due_at - now, _SHORTEST_PAUSE_SECONDS)
        self._timer = self._start_timer(self.start, pause)


class RegistrationKeeper:
    """Keeps us registered with one trunk.

    Args:
        desk: The trunk, with a registration and its registrar's address.
        send: Begins a transaction.
        contact: Gives the IP address and port that the registrar may call us at.
        user_agent: Name shown to the registrar.
        clock: Seconds that only go forward.
        start_timer: Has a function called after so many seconds, once.
    """

    def __init__(
        self,
        desk: TrunkDesk,
        *,
        send: Send,
        contact: Callable[[Address], Address],
        user_agent: str,
        clock: Callable[[], float] = time.monotonic,
        start_timer: Callable[[Callable[[], None], float], Timer] = Timeout,
    ) -> None:
        self._desk = desk
        self._send = send
        self._clock = clock
        self._start_timer = start_timer
        self._contact = contact
        self._user_agent = user_agent
        # One registration is one Call-ID with a growing CSeq (RFC 3261 section 10.2).
        self._call_id = SipCallId()
        self._tag = secrets.token_hex(8)
        self._number = 0
        self._timer: Timer | None = None

    def start(self) -> None:
        """Registers now, and again in time from now on."""
        registration, registrar = self._desk.registration, self._desk.registrar
        if registration is None or registrar is None:
            return
        self._number += 1
        request = self._request(registration.register(), registrar)
        self._send(request, partial(self._hear, registration, registrar, self._number))

    def end(self) -> None:
        """Takes the registration back, if there is one."""
        registration = self._desk.registration
        if registration is None or registration.state is RegistrationState.ENDED:
            return
        was_registered = registration.state is RegistrationState.REGISTERED
        registration.end()
        self.stop()
        if was_registered:
            self.start()

    def stop(self) -> None:
        """Registers no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _request(self, register: Register, registrar: Address) -> Any:
        request = _request(
            "REGISTER",
            self._desk,
            registrar,
            user_agent=self._user_agent,
            call_id=self._call_id,
            number=self._number,
            tag=self._tag,
            expires=SipExpires(number=register.expires_seconds),
        )
        host, port = self._contact(registrar)
        transport = "tcp" if self._desk.trunk.transport is Transport.TCP else None
        url = SipURL(username=_user(self._desk), host=host, port=port, transport=transport)
        contact = SipContact(address=SipAddress(url=url, hadbrace=True))
        request.appendHeader(SipHeader(name="contact", body=contact))
        if register.proof is not None:
            name = "proxy-authorization" if register.is_for_proxy else "authorization"
            request.appendHeader(SipHeader(name=name, bodys=write_authorization(register.proof)))
        return request

    def _hear(
        self, registration: Registration, registrar: Address, number: int, response: Any
    ) -> None:
        status = response.getSCode()[0]
        if status < 200 or number != self._number:
            return
        before, now = registration.state, self._clock()
        registration.hear(_reply(response, self._contact(registrar)), now)
        if registration.state is not before:
            is_well = registration.state is RegistrationState.REGISTERED
            log.log(
                logging.INFO if is_well else logging.WARNING,
                "registration changed",
                extra={
                    "trunk": self._desk.trunk.name,
                    "registration": registration.state.value,
                    "status": status,
                },
            )
        self.stop()
        if registration.due_at <= now:
            # At once and not by a timer: whoever stops the line waits for what is unanswered.
            self.start()
        elif registration.state is not RegistrationState.ENDED:
            self._timer = self._start_timer(self.start, registration.due_at - now)


def _request(
    method: str,
    desk: TrunkDesk,
    target: Address,
    *,
    user_agent: str,
    call_id: Any = None,
    number: int = 1,
    tag: str = "",
    expires: Any = None,
) -> Any:
    """A request outside of any dialog."""
    registrar = desk.trunk.registrar
    domain = registrar.domain if method == "REGISTER" and registrar else desk.trunk.domain
    who = SipAddress(url=SipURL(username=_user(desk), host=_bracketed(domain)), hadbrace=True)
    sender = SipFrom(address=who)
    sender.setTag(tag or secrets.token_hex(8))
    whom = who if method == "REGISTER" else SipAddress(url=SipURL(host=_bracketed(domain)))
    return SipRequest(
        method=method,
        ruri=SipURL(host=_bracketed(domain)),
        to=SipTo(address=_without_parameters(whom)),
        fr0m=sender,
        cseq=number,
        callid=call_id.getCopy() if call_id else SipCallId(),
        target=(target, "udp"),
        user_agent=user_agent,
        expires=expires,
    )


def _without_parameters(address: Any) -> Any:
    return SipAddress(url=address.url.getCopy(), hadbrace=True)


def _user(desk: TrunkDesk) -> str:
    credentials = desk.trunk.credentials
    return (credentials.username if credentials else "") or desk.trunk.shown_number or "hotline"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _reply(response: Any, contact: Address) -> Reply:
    status = response.getSCode()[0]
    name = {401: "www-authenticate", 407: "proxy-authenticate"}.get(status)
    return Reply(
        status=status,
        expires_seconds=_granted(response, contact),
        least_seconds=_number(response, "min-expires"),
        challenges=[str(body) for body in response.getHFBodys(name)] if name else (),
        retry_after_seconds=_number(response, "retry-after"),
    )


def _granted(response: Any, contact: Address) -> int | None:
    """For how long our own contact is registered; a registrar may name those of others too."""
    for body in response.getHFBodys("contact"):
        if not body.asterisk and (body.getUrl().host, body.getUrl().getAddr()[1]) == contact:
            with suppress(ValueError, TypeError, KeyError):
                return int(body.address.getParam("expires"))
    return _number(response, "expires")


def _number(response: Any, name: str) -> int | None:
    for header in response.headers:
        if header.name == name:
            # Retry-After may go on with a comment or parameters.
            first = str(header.body).replace("(", " ").replace(";", " ").split()
            if first and first[0].isdecimal():
                return int(first[0])
    return None
