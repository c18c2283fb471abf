"""Session timers towards the PBX (RFC 4028), where the PBX does the refreshing.

That is what PBXs ask for or leave open. One that wants us to refresh gets no timer, and keeps the
call alive itself if it cares to (section 7.2).
"""

from collections.abc import Callable
from typing import Protocol

from ivr.sip.pbx_message import Message
from ivr.sip.pbx_transaction import Pending
from ivr.sip.session_timer import MINIMUM_SECONDS, Agreement, TimerRequest, answer_timer


class Clockwork(Protocol):
    """Waiting."""

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Pending:
        """Has `function` called after a while."""


class PbxSessionTimer:
    """Notices that a call's peer is gone without a goodbye.

    Args:
        clockwork: Waiting.
        on_expired: Called when a refresh that was agreed on does not come.
    """

    def __init__(self, clockwork: Clockwork, *, on_expired: Callable[[], None]) -> None:
        self._clockwork = clockwork
        self._on_expired = on_expired
        self._pending: Pending | None = None

    def accept(self, request: Message) -> dict[str, str]:
        """Takes an INVITE or UPDATE for a refresh; returns the headers of its 2xx.

        Raises:
            IntervalTooSmall: The request is to be refused with 422.
        """
        agreement = agreement_for(request)
        self.stop()
        if agreement is None:
            return {}
        self._pending = self._clockwork.after(agreement.give_up_after_seconds, self._on_expired)
        return {"session-expires": f"{agreement.seconds};refresher=uac", "require": "timer"}

    def stop(self) -> None:
        """Waits for no refresh any more."""
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None


def agreement_for(request: Message) -> Agreement | None:
    """What we agree to of a request's wish for a timer; None for no timer.

    Raises:
        IntervalTooSmall: The request is to be refused with 422.
    """
    wish = TimerRequest.read(
        expires=request.first("session-expires") or None,
        minimum=request.first("min-se") or None,
        supported=", ".join((*request.every("supported"), *request.every("require"))),
    )
    agreement = answer_timer(wish, minimum_seconds=MINIMUM_SECONDS)
    return None if agreement is None or agreement.we_refresh else agreement


def unsupported(request: Message) -> str:
    """What a request requires and we do not know, empty if nothing (RFC 3261 section 8.2.2.3).

    Raises:
        IntervalTooSmall: The request is to be refused with 422.
    """
    required = request.every("require")
    has_timer = agreement_for(request) is not None
    return ", ".join(tag for tag in required if not (has_timer and tag.lower() == "timer"))
