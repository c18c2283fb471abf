"""The session timer of one call at work (RFC 4028), for either line; no I/O.

Everything here runs in the thread of the call's signalling.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

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

log = logging.getLogger(__name__)

# After a refusal that says nothing about when; until the session is given up.
_RETRY_SECONDS = 5.0
# A proxy and a server may each want a proof of one refresh.
_MOST_PROOFS = 2


M = TypeVar("M")
"""A message, in whatever shape the line's stack has it."""


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None:
        """It will not happen."""


@dataclass(frozen=True, slots=True)
class TimerWords:
    """What a message says that matters to session timers.

    Attributes:
        status: Its SIP status, 0 for a request.
        expires: Value of Session-Expires, None without one.
        minimum: Value of Min-SE, None without one.
        supported: Value of Supported, empty without one.
        allow: Value of Allow, None without one.
    """

    status: int
    expires: str | None
    minimum: str | None
    supported: str
    allow: str | None

    @property
    def wish(self) -> TimerRequest:
        """What it asks for, if it is a request."""
        return TimerRequest.read(
            expires=self.expires, minimum=self.minimum, supported=self.supported
        )


class RefreshedDialog(Protocol[M]):
    """What a session timer asks of its dialog."""

    def isConnected(self) -> bool:
        """Whether the call is up."""

    def refresh(self, method: str, headers: dict[str, str], on_answer: Callable[[M], None]) -> None:
        """Sends UPDATE without a session, or INVITE with the session as it is."""

    def prove(self, resp: M) -> bool:
        """Takes up a challenge; whether the request is worth sending again."""

    def refreshed(self, resp: M) -> None:
        """Takes over what the peer's 2xx to such a request says."""

    def session_lost(self) -> None:
        """The peer is gone."""


class SessionKeeper(Generic[M]):
    """Refreshes a call, or ends it when its peer does not.

    Args:
        dialog: The call's signalling.
        policy: What the line wants.
        owns_call_id: Whether we began the dialog; decides who waits longer after glare.
        supported: The extensions that the line knows, as they stand in Supported.
        read: Finds what matters in a message.
        clock: Seconds that only go forward.
        start_timer: Has a function called after so many seconds, once.
    """

    def __init__(
        self,
        dialog: RefreshedDialog[M],
        policy: SessionPolicy,
        *,
        owns_call_id: bool,
        supported: str,
        read: Callable[[M], TimerWords],
        clock: Callable[[], float],
        start_timer: Callable[[Callable[[], None], float], Timer],
    ) -> None:
        self._dialog = dialog
        self._policy = policy
        self._owns_call_id = owns_call_id
        self._supported = supported
        self._read = read
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

    def consider(self, req: M) -> Agreement | None:
        """What a request of the peer would settle.

        Raises:
            IntervalTooSmall: It gets 422.
        """
        return answer_timer(self._read(req).wish, minimum_seconds=self._policy.minimum_seconds)

    def accept(self, req: M) -> None:
        """Settles what a request asks for; time runs from `answer` on.

        Raises:
            IntervalTooSmall: It gets 422, and the session stays as it was.
        """
        self._agreement = self.consider(req)
        words = self._read(req)
        self._peer_supports = words.wish.is_supported
        self._hear_methods(words)

    def answer(self) -> dict[str, str]:
        """The headers of a 2xx to what was accepted last; time runs from now on."""
        self._restart()
        if self._agreement is None:
            return {"supported": self._supported}
        refresher = Refresher.UAS if self._agreement.we_refresh else Refresher.UAC
        expires = SessionExpires(self._agreement.seconds, refresher)
        headers = {"supported": self._supported, "session-expires": str(expires)}
        if self._peer_supports:
            # RFC 4028 section 9: it must know that there is a timer.
            headers["require"] = "timer"
        return headers

    # As the side that asks.

    def ask(self) -> dict[str, str]:
        """The headers of our first INVITE."""
        seconds = max(self._policy.wanted_seconds, self._minimum_seconds)
        headers = {"supported": self._supported, "session-expires": str(seconds)}
        return headers | self._minimum()

    def ask_more(self, resp: M) -> bool:
        """Hears that our first INVITE asked for too little; whether it is worth another try."""
        if self._was_raised:
            return False
        self._was_raised = True
        asked_seconds = read_minimum(self._read(resp).minimum)
        self._minimum_seconds = max(self._minimum_seconds, asked_seconds)
        return True

    def conclude(self, resp: M) -> None:
        """Hears the 2xx to a request of ours."""
        self._was_raised = False
        self._proofs = 0
        words = self._read(resp)
        self._agreement = conclude_timer(read_expires(words.expires), before=self._agreement)
        self._hear_methods(words)
        self._restart()

    def watch(self) -> None:
        """Asks whether the peer is still there, now and later again; one that is not is lost.

        Where there is a timer it tells that, and nothing is asked.
        """
        if self._agreement is not None or not self._dialog.isConnected():
            return
        seconds = max(self._policy.wanted_seconds, self._minimum_seconds)
        self._agreement = Agreement(seconds, we_refresh=True, is_own_idea=True)
        self._clock.restart(self._agreement)
        self._clock.try_again(0.0)
        self._arm()

    def stop(self) -> None:
        """The call is over."""
        self._agreement = None
        self._restart()

    def _minimum(self) -> dict[str, str]:
        # RFC 4028 section 5: the default need not be said.
        if self._minimum_seconds <= MINIMUM_SECONDS and not self._was_raised:
            return {}
        return {"min-se": str(self._minimum_seconds)}

    def _hear_methods(self, words: TimerWords) -> None:
        if words.allow is not None:
            self._peer_updates = has_option(words.allow, "update")

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
            self._give_up()
        elif due is Due.REFRESH and self._agreement is not None and self._dialog.isConnected():
            self._refresh(self._agreement)
        self._arm()

    def _give_up(self) -> None:
        if self._agreement is not None and self._agreement.is_own_idea:
            # There were answers, though none was a yes: nobody answers for a peer who is gone.
            self.stop()
            return
        log.info("call not refreshed in time")
        self._dialog.session_lost()

    def _refresh(self, agreement: Agreement) -> None:
        method = "UPDATE" if self._peer_updates else "INVITE"
        expires = SessionExpires(agreement.seconds, Refresher.UAC)
        headers = {"supported": self._supported, "session-expires": str(expires)}
        headers |= self._minimum()

        def answered(resp: M) -> None:
            self._answered(method, resp)

        self._dialog.refresh(method, headers, answered)

    def _answered(self, method: str, resp: M) -> None:
        status = self._read(resp).status
        if status < 200 or self._agreement is None or not self._dialog.isConnected():
            return
        if status < 300:
            self._dialog.refreshed(resp)
            self.conclude(resp)
        elif status in (408, 481):
            # RFC 3261 section 12.2.1.2: the peer knows nothing of the call any more.
            self._dialog.session_lost()
        else:
            self._be_refused(self._pause(method, status, resp))

    def _be_refused(self, pause_seconds: float | None) -> None:
        if pause_seconds is None and self._agreement is not None and self._agreement.is_own_idea:
            log.info("peer takes no session refreshes")
            self.stop()
            return
        self._clock.try_again(_RETRY_SECONDS if pause_seconds is None else pause_seconds)
        self._arm()

    def _pause(self, method: str, status: int, resp: M) -> float | None:
        """Seconds until a refused refresh is sent again; None if the refusal says nothing."""
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
        return None


def glare_pause(*, owns_call_id: bool) -> float:
    """Seconds until a request that met one of the peer is sent again (RFC 3261 section 14.1)."""
    # Whoever began the dialog waits longer, so that the two do not meet again.
    least, most = (210, 400) if owns_call_id else (0, 200)
    return random.randint(least, most) / 100  # noqa: S311  # spreads load, hides nothing
