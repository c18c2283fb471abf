"""Being known to the PBX: REGISTER, refreshed, lost and regained (RFC 3261 section 10.2)."""

import logging
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from hotline.errors import NotConfigured
from ivr.sip.pbx_message import Message, uri_of
from ivr.sip.pbx_transaction import ClientTransaction, Pending

log = logging.getLogger(__name__)

# A PBX that was restarted has forgotten us, and notices us again with the next refresh: that is
# after half of this. PBXs ask for 60 to 3600 s.
EXPIRES_SECONDS = 120
_SHORTEST_SECONDS = 10
_LONGEST_SECONDS = 3600
# As long as it takes to notice that the PBX is away.
_PATIENCE_SECONDS = 4.0
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 30.0
# PBXs ban addresses that guess passwords; somebody has to change a setting first anyway.
_REFUSED_PAUSE_SECONDS = 300.0
_GOODBYE_SECONDS = 1.0
_SECONDS = re.compile(r"\s*(\d{1,9})", re.ASCII)
_EXPIRES = re.compile(r";\s*expires\s*=\s*(\d{1,9})", re.IGNORECASE)


class PbxRefused(NotConfigured):
    """The PBX does not take us for its extension."""


class RegistrationState(StrEnum):
    """Whether the PBX sends us calls."""

    UNKNOWN = "unknown"
    """Nothing has come back yet."""
    REGISTERED = "registered"
    UNREACHABLE = "unreachable"
    """The PBX does not answer, or cannot at the moment."""
    REFUSED = "refused"
    """The PBX knows no such extension, or another password."""


class Registrar(Protocol):
    """What registering needs of the line."""

    def registration(self, expires_seconds: int) -> Message:
        """A REGISTER; 0 seconds for the end of it."""

    def contact_is_ours(self, contact: str) -> bool:
        """Whether a value of Contact is about us, not about another phone of the extension."""

    def authorize(self, request: Message, response: Message) -> Message | None:
        """The request again, with the password shown; None if that was asked for in vain."""

    def ask(
        self,
        request: Message,
        *,
        hear: Callable[[Message], None],
        miss: Callable[[], None],
        patience_seconds: float,
    ) -> ClientTransaction:
        """Sends a request to the PBX."""

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Pending:
        """Has `function` called after a while."""


class Registration:
    """Keeps us known to the PBX; lives in the line's thread.

    Args:
        registrar: The line.
        on_state: Told each state that differs from the last.
        locate: Makes sure of where the PBX is, and then calls what it is given.

    Attributes:
        state: Whether the PBX sends us calls.
    """

    def __init__(
        self,
        registrar: Registrar,
        *,
        on_state: Callable[[RegistrationState], None],
        locate: Callable[[Callable[[], None]], None],
    ) -> None:
        self.state = RegistrationState.UNKNOWN
        self._registrar = registrar
        self._on_state = on_state
        self._locate = locate
        self._expires = EXPIRES_SECONDS
        self._pause = _FIRST_PAUSE_SECONDS
        self._timer: Pending | None = None
        self._is_leaving = False
        self._on_left: Callable[[], None] | None = None

    def register(self) -> None:
        """Asks to be known, now and from now on, wherever the PBX is by then."""
        self._locate(self._register_there)

    def _register_there(self) -> None:
        if not self._is_leaving:
            self._ask(self._registrar.registration(self._expires))

    def leave(self, then: Callable[[], None]) -> None:
        """Asks to be forgotten, and calls `then` when that is confirmed or takes too long."""
        if self._timer is not None:
            self._timer.cancel()
        self._is_leaving = True
        self._on_left = then
        if self.state is RegistrationState.REGISTERED:
            self._registrar.after(_GOODBYE_SECONDS, self._left)
            self._ask(self._registrar.registration(0))
        else:
            self._left()

    def _left(self) -> None:
        then, self._on_left = self._on_left, None
        self.state = RegistrationState.UNKNOWN
        if then is not None:
            then()

    def _ask(self, request: Message) -> None:
        self._registrar.ask(
            request,
            hear=lambda response: self._hear(request, response),
            miss=lambda: self._retry(RegistrationState.UNREACHABLE, self._next_pause()),
            patience_seconds=_PATIENCE_SECONDS,
        )

    def _hear(self, request: Message, response: Message) -> None:
        status = response.status or 0
        if status < 200:
            return
        if self._is_leaving and status not in (401, 407):
            self._left()
        elif status < 300:
            self._succeed(response)
        elif status in (401, 407):
            again = self._registrar.authorize(request, response)
            if again is None:
                self._retry(RegistrationState.REFUSED, _REFUSED_PAUSE_SECONDS)
            else:
                self._ask(again)
        elif status in (403, 404):
            self._retry(RegistrationState.REFUSED, _REFUSED_PAUSE_SECONDS)
        elif status == 423 and self._lengthen(response):
            self.register()
        else:
            self._retry(RegistrationState.UNREACHABLE, self._asked_pause(response))

    def _succeed(self, response: Message) -> None:
        self._pause = _FIRST_PAUSE_SECONDS
        self._set(RegistrationState.REGISTERED)
        self._timer = self._registrar.after(self._granted(response) / 2, self.register)

    def _granted(self, response: Message) -> int:
        """For how long we are known, as the PBX says; it may shorten what we asked for."""
        for contact in response.every("contact"):
            found = _EXPIRES.search(contact)
            if found and self._registrar.contact_is_ours(uri_of(contact)):
                return _bounded(found[1], self._expires)
        return _bounded(response.first("expires"), self._expires)

    def _lengthen(self, response: Message) -> bool:
        """Takes over the least time that the PBX grants (423)."""
        least = _bounded(response.first("min-expires"), 0)
        is_news = least > self._expires
        self._expires = max(self._expires, least)
        return is_news

    def _asked_pause(self, response: Message) -> float:
        found = _SECONDS.match(response.first("retry-after"))
        asked = float(found[1]) if found else 0.0
        return max(self._next_pause(), min(asked, _REFUSED_PAUSE_SECONDS))

    def _next_pause(self) -> float:
        pause = self._pause
        self._pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        return pause

    def _retry(self, state: RegistrationState, seconds: float) -> None:
        if self._is_leaving:
            self._left()
            return
        self._set(state)
        self._timer = self._registrar.after(seconds, self.register)

    def _set(self, state: RegistrationState) -> None:
        if state is not self.state:
            self.state = state
            self._on_state(state)


def _bounded(text: str, default: int) -> int:
    if not (text.isdigit() and len(text) < 10):
        return default
    return min(max(int(text), _SHORTEST_SECONDS), _LONGEST_SECONDS)
