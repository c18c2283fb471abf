"""The session timer of one of sippy's dialogs (RFC 4028); sippy itself has none.

Everything here runs in sippy's thread.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from sippy.Time.Timeout import Timeout

from ivr.sip.session_timer import (
    MINIMUM_SECONDS,
    Agreement,
    Due,
    Refresher,
    SessionClock,
    SessionExpires,
    SessionPolicy,
    TimerRequest,
    answer_timer,
    conclude_timer,
    has_option,
    read_expires,
    read_minimum,
)
from ivr.sip.sippy_message import SUPPORTED, header_text

log = logging.getLogger(__name__)

# After a refusal that says nothing about when; until the session is given up.
_RETRY_SECONDS = 5.0
# A proxy and a server may each want a proof of one refresh.
_MOST_PROOFS = 2


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None:
        """It will not happen."""


class RefreshedDialog(Protocol):
    """What a session timer asks of its dialog."""

    def isConnected(self) -> bool:
        """Whether the call is up."""

    def refresh(
        self, method: str, headers: dict[str, str], on_answer: Callable[[Any], None]
    ) -> None:
        """Sends UPDATE without a session, or INVITE with the session as it is."""

    def prove(self, resp: Any) -> bool:
        """Takes up a challenge; whether the request is worth sending again."""

    def refreshed(self, resp: Any) -> None:
        """Takes over what the peer's 2xx to such a request says."""

    def session_lost(self) -> None:
        """The peer is gone."""


class SessionKeeper:
    """Refreshes a call, or ends it when its peer does not.

    Args:
        dialog: The call's signalling.
        policy: What the line wants.
        owns_call_id: Whether we began the dialog; decides who waits longer after glare.
        clock: Seconds that only go forward.
        start_timer: Has a function called after so many seconds, once.
    """

    def __init__(
        self,
        dialog: RefreshedDialog,
        policy: SessionPolicy,
        *,
        owns_call_id: bool,
        clock: Callable[[], float] = time.monotonic,
        start_timer: Callable[[Callable[[], None], float], Timer] = Timeout,
    ) -> None:
        self._dialog = dialog
        self._policy = policy
        self._owns_call_id = owns_call_id
        self._clock = SessionClock(clock, refresh_share=policy.refresh_share)
        self._start_timer = start_timer
        self._timer: Timer | None = None
        self._agreement: Agreement | None = None
        self._minimum_seconds = policy.minimum_seconds
        self._peer_supports = False
        self._peer_updates = False
        self._was_raised = False
        self._proofs = 0

    # As the side that answers.

    def consider(self, req: Any) -> Agreement | None:
        """What a request of the peer would settle.

        Raises:
            IntervalTooSmall: It gets 422.
        """
        return answer_timer(read_timer(req), minimum_seconds=self._policy.minimum_seconds)

    def accept(self, req: Any) -> None:
        """Settles what a request asks for; time runs from `answer` on.

        Raises:
            IntervalTooSmall: It gets 422, and the session stays as it was.
        """
        self._agreement = self.consider(req)
        self._peer_supports = has_option(header_text(req, "supported") or "", "timer")
        self._hear_methods(req)

    def answer(self) -> dict[str, str]:
        """The headers of a 2xx to what was accepted last; time runs from now on."""
        self._restart()
        if self._agreement is None:
            return {"supported": SUPPORTED}
        refresher = Refresher.UAS if self._agreement.we_refresh else Refresher.UAC
        expires = SessionExpires(self._agreement.seconds, refresher)
        headers = {"supported": SUPPORTED, "session-expires": str(expires)}
        if self._peer_supports:
            # RFC 4028 section 9: it must know that there is a timer.
            headers["require"] = "timer"
        return headers

    # As the side that asks.

    def ask(self) -> dict[str, str]:
        """The headers of our first INVITE."""
        seconds = max(self._policy.wanted_seconds, self._minimum_seconds)
        return {"supported": SUPPORTED, "session-expires": str(seconds), **self._minimum()}

    def ask_more(self, resp: Any) -> bool:
        """Hears that our first INVITE asked for too little; whether it is worth another try."""
        if self._was_raised:
            return False
        self._was_raised = True
        self._minimum_seconds = max(
            self._minimum_seconds, read_minimum(header_text(resp, "min-se"))
        )
        return True

    def conclude(self, resp: Any) -> None:
        """Hears the 2xx to a request of ours."""
        self._was_raised = False
        self._proofs = 0
        answered = read_expires(header_text(resp, "session-expires"))
        self._agreement = conclude_timer(answered, before=self._agreement)
        self._hear_methods(resp)
        self._restart()

    def stop(self) -> None:
        """The call is over."""
        self._agreement = None
        self._restart()

    def _minimum(self) -> dict[str, str]:
        # RFC 4028 section 5: the default need not be said.
        if self._minimum_seconds <= MINIMUM_SECONDS and not self._was_raised:
            return {}
        return {"min-se": str(self._minimum_seconds)}

    def _hear_methods(self, message: Any) -> None:
        allowed = header_text(message, "allow")
        if allowed is not None:
            self._peer_updates = has_option(allowed, "update")

    def _restart(self) -> None:
        self._clock.restart(self._agreement)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        seconds = self._clock.seconds_to_next()
        self._timer = None if seconds is None else self._start_timer(self._tick, seconds)

    def _tick(self) -> None:
        self._timer = None
        due = self._clock.due()
        if due is Due.GIVE_UP:
            log.info("call not refreshed in time")
            self._dialog.session_lost()
        elif due is Due.REFRESH and self._agreement is not None and self._dialog.isConnected():
            self._refresh(self._agreement)
        self._arm()

    def _refresh(self, agreement: Agreement) -> None:
        method = "UPDATE" if self._peer_updates else "INVITE"
        expires = SessionExpires(agreement.seconds, Refresher.UAC)
        headers = {"supported": SUPPORTED, "session-expires": str(expires), **self._minimum()}

        def answered(resp: Any) -> None:
            self._answered(method, resp)

        self._dialog.refresh(method, headers, answered)

    def _answered(self, method: str, resp: Any) -> None:
        status: int = resp.getSCode()[0]
        if status < 200 or self._agreement is None or not self._dialog.isConnected():
            return
        if status < 300:
            self._dialog.refreshed(resp)
            self.conclude(resp)
        elif status in (408, 481):
            # RFC 3261 section 12.2.1.2: the peer knows nothing of the call any more.
            self._dialog.session_lost()
        else:
            self._clock.try_again(self._pause(method, status, resp))
            self._arm()

    def _pause(self, method: str, status: int, resp: Any) -> float:
        """Seconds until a refused refresh is sent again."""
        if status == 491:
            return glare_pause(owns_call_id=self._owns_call_id)
        if status in (401, 407) and self._proofs < _MOST_PROOFS and self._dialog.prove(resp):
            self._proofs += 1
            return 0.0
        if status in (405, 501) and method == "UPDATE":
            self._peer_updates = False
            return 0.0
        if status == 422 and self._agreement is not None and self.ask_more(resp):
            seconds = max(self._agreement.seconds, self._minimum_seconds)
            self._agreement = replace(self._agreement, seconds=seconds)
            return 0.0
        return _RETRY_SECONDS


def read_timer(message: Any) -> TimerRequest:
    """What a request says about session timers."""
    return TimerRequest.read(
        expires=header_text(message, "session-expires"),
        minimum=header_text(message, "min-se"),
        supported=header_text(message, "supported") or "",
    )


def glare_pause(*, owns_call_id: bool) -> float:
    """Seconds until a request that met one of the peer is sent again (RFC 3261 section 14.1)."""
    # Whoever began the dialog waits longer, so that the two do not meet again.
    least, most = (210, 400) if owns_call_id else (0, 200)
    return random.randint(least, most) / 100  # noqa: S311  # spreads load, hides nothing
