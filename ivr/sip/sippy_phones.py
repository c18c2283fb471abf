"""Lawyers' SIP phones on the trunk line: REGISTER as sippy has it, and the way back to a phone.

Everything here runs in sippy's thread.
"""

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from sippy.SipHeader import SipHeader

from ivr.sip.bindings import Binding
from ivr.sip.pbx_message import uri_of
from ivr.sip.registrar import PhoneSecrets, RegisterRequest, Registrar
from ivr.sip.report import Route
from ivr.sip.sippy_message import header_text
from ivr.sip.sippy_port import Address, Network, Trunks

log = logging.getLogger(__name__)

# `Line.dial` takes a phone by its user name behind this.
PHONE_PREFIX = "phone:"
_PHRASES = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    423: "Interval Too Brief",
    500: "Out Of Order",
}


class PhoneDesk:
    """The phones that register with a line.

    Args:
        networks: Where they may be.
        realm: Whose passwords they have.
        user_agent: Name shown to them.
    """

    def __init__(self, networks: Sequence[Network], *, realm: str, user_agent: str) -> None:
        self.networks = tuple(networks)
        self._places = Trunks(networks)
        self._user_agent = user_agent
        self._registrar = Registrar(realm=realm, key=secrets.token_bytes(32), clock=time.monotonic)

    @property
    def usernames(self) -> frozenset[str]:
        """Whose phones can be called; also for other threads, which see a moment ago."""
        return self._registrar.bindings.usernames

    @property
    def bindings(self) -> list[tuple[str, Binding]]:
        """Where the phones are, by user name; also for other threads."""
        return self._registrar.bindings.all

    def admit(
        self, credentials: Mapping[str, PhoneSecrets], remembered: Sequence[tuple[str, Binding]]
    ) -> None:
        """Replaces the phones that may register, and takes up where they were."""
        self._registrar.admit(credentials)
        self._registrar.restore(remembered)

    def serve(self, host: str) -> bool:
        """Whether a phone may be at this address."""
        return self._places.include(host)

    def receive(self, req: Any) -> Any:
        """Answers a REGISTER; what comes back is sippy's convention."""
        before = self.usernames
        answer = self._registrar.receive(_request_of(req))
        if self.usernames != before:
            # Not whose: names of people have no place in a log.
            log.info("phones have changed", extra={"registered": len(self.usernames)})
        if answer.status == 403:
            log.warning("phone refused", extra={"host": req.getSource()[0]})
        response = req.genResponse(answer.status, _PHRASES[answer.status], server=self._user_agent)
        response.appendHeaders([SipHeader(name=name, bodys=body) for name, body in answer.headers])
        return response, None, None

    def routes(self, username: str, *, from_number: str, ring_seconds: float) -> list[Route]:
        """The ways to a phone, the one heard of last first; empty if it is nowhere."""
        return [
            Route(
                number=username,
                domain=binding.address[0],
                trunk=binding.address,
                from_number=from_number,
                ring_seconds=ring_seconds,
                target=binding.uri,
            )
            for binding in self._registrar.bindings.of(username)
        ]


def _request_of(req: Any) -> RegisterRequest:
    source: Address = req.getSource()
    return RegisterRequest(
        uri=req.getRURI().original_uri or str(req.getRURI()),
        username=_user_of(header_text(req, "to") or ""),
        call_id=str(req.getHFBody("call-id")),
        number=req.getHFBody("cseq").getCSeqNum(),
        contacts=_values(req, "contact"),
        expires=header_text(req, "expires") or "",
        proofs=_values(req, "authorization"),
        source=(source[0], source[1]),
    )


def _user_of(to: str) -> str:
    user, separator, _ = uri_of(to).partition(":")[2].partition("@")
    return unquote(user) if separator else ""


def _values(req: Any, name: str) -> tuple[str, ...]:
    # As they stand there: sippy's own parsers know neither `*` in a list nor SHA-256.
    return tuple(str(header.body) for header in req.headers if header.name == name)
