"""Being registered with a registrar: what to send next, and when, without I/O.

RFC 3261 section 10.2, with digest by `ivr.sip.digest`. Moments are seconds of any clock that only
goes forward.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivr.sip.digest import Authorization, Challenge, Credentials, authorize, strongest

# Early enough for some attempts before the end of the time granted.
_REFRESH_SHARE = 0.8
_FIRST_PAUSE_SECONDS = 5.0
# The pause grows no further: a registrar that comes back is found within ten minutes.
_LONGEST_PAUSE_SECONDS = 600.0
# RFC 3261 section 10.2.8: too short an interval is asked for anew, but not for ever.
_LONGEST_EXPIRES_SECONDS = 86_400
_SHORTEST_EXPIRES_SECONDS = 10


class RegistrationState(StrEnum):
    """What a registrar thinks of us."""

    TRYING = "trying"
    REGISTERED = "registered"
    FAILING = "failing"
    """No answer, or an error; tried again after a pause that grows."""
    REFUSED = "refused"
    """The user name or password is wrong; tried again after the longest pause, for a registrar
    locks out who insists."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Register:
    """A REGISTER to send.

    Attributes:
        expires_seconds: For how long we ask; 0 takes the registration back.
        proof: What stands in the header below, None before a challenge.
        is_for_proxy: Whether the proof goes into Proxy-Authorization.
    """

    expires_seconds: int
    proof: Authorization | None
    is_for_proxy: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What the registrar said.

    Attributes:
        status: SIP status; 408 if it said nothing.
        expires_seconds: For how long we are registered, None if it did not say.
        least_seconds: Min-Expires of 423.
        challenges: Values of WWW-Authenticate (401) or Proxy-Authenticate (407).
        retry_after_seconds: Of 503 and the like.
    """

    status: int
    expires_seconds: int | None = None
    least_seconds: int | None = None
    challenges: Sequence[str] = ()
    retry_after_seconds: int | None = None


class Registration:
    """One registration.

    Args:
        uri: The request URI.
        credentials: Who we are, None if the registrar asks nobody.
        expires_seconds: For how long we ask.
        make_cnonce: A fresh random text, each time.

    Attributes:
        state: What the registrar thinks of us.
        due_at: When `register` is to be sent next, infinite while an answer is awaited and when
            the registration has ended.
    """

    def __init__(
        self,
        *,
        uri: str,
        credentials: Credentials | None,
        expires_seconds: int,
        make_cnonce: Callable[[], str],
    ) -> None:
        self.state = RegistrationState.TRYING
        self.due_at = 0.0
        self._uri = uri
        self._credentials = credentials
        self._expires_seconds = expires_seconds
        self._make_cnonce = make_cnonce
        self._challenge: Challenge | None = None
        self._is_for_proxy = False
        self._nonce_count = 0
        self._challenge_count = 0
        self._failures = 0
        self._ends_at = 0.0
        self._is_taken_back = False

    def register(self) -> Register:
        """What to send now."""
        self.due_at = float("inf")
        self._is_taken_back = self.state is RegistrationState.ENDED
        return Register(
            expires_seconds=0 if self._is_taken_back else self._expires_seconds,
            proof=self._prove(),
            is_for_proxy=self._is_for_proxy,
        )

    def end(self) -> None:
        """The registration is to be taken back, by the next `register`, which is due at once."""
        self.state = RegistrationState.ENDED
        self._challenge_count = 0

    def hear(self, reply: Reply, now: float) -> None:
        """Takes the registrar's final answer to the last `register`."""
        if self.state is RegistrationState.ENDED:
            if self._is_goodbye_due(reply):
                self.due_at = now
            return
        if reply.status in (401, 407):
            if self._take_up(reply):
                self.due_at = now
            else:
                self._refuse(now)
            return
        self._challenge_count = 0
        if 200 <= reply.status < 300:
            self._accept(reply, now)
        elif reply.status == 423 and self._may_ask_for_longer(reply.least_seconds):
            self.due_at = now
        elif reply.status == 403:
            self._refuse(now)
        else:
            self._fail(now, least_seconds=reply.retry_after_seconds or 0)

    def _accept(self, reply: Reply, now: float) -> None:
        granted = reply.expires_seconds
        if granted is None:
            granted = self._expires_seconds
        granted = max(granted, _SHORTEST_EXPIRES_SECONDS)
        self.state = RegistrationState.REGISTERED
        self._failures = 0
        self._ends_at = now + granted
        self.due_at = now + granted * _REFRESH_SHARE

    def _is_goodbye_due(self, reply: Reply) -> bool:
        """Whether the registrar still thinks that we are there, and would hear that we are not."""
        if not self._is_taken_back:
            # The end came while a REGISTER was on its way.
            return 200 <= reply.status < 300
        # A nonce may have been good for one request only. Whatever else a registrar says to a
        # goodbye, it forgets us in time.
        return reply.status in (401, 407) and self._take_up(reply)

    def _take_up(self, reply: Reply) -> bool:
        """Takes up a challenge; whether the request is worth sending again."""
        challenge = strongest(reply.challenges)
        if challenge is None or self._credentials is None:
            return False
        self._challenge_count += 1
        # One challenge may always come, a second for a nonce that has just become too old; another
        # one means that the password is wrong.
        if self._challenge_count > (2 if challenge.is_stale else 1):
            self._challenge = None
            return False
        self._challenge = challenge
        self._is_for_proxy = reply.status == 407
        self._nonce_count = 0
        return True

    def _may_ask_for_longer(self, least_seconds: int | None) -> bool:
        if least_seconds is None or not (
            self._expires_seconds < least_seconds <= _LONGEST_EXPIRES_SECONDS
        ):
            return False
        self._expires_seconds = least_seconds
        return True

    def _refuse(self, now: float) -> None:
        self._challenge_count = 0
        self.state = RegistrationState.REFUSED
        self.due_at = now + _LONGEST_PAUSE_SECONDS

    def _fail(self, now: float, *, least_seconds: int) -> None:
        if self.state is not RegistrationState.REGISTERED or now >= self._ends_at:
            self.state = RegistrationState.FAILING
        pause = min(_FIRST_PAUSE_SECONDS * 2**self._failures, _LONGEST_PAUSE_SECONDS)
        # 2**7 pauses are past the longest already.
        self._failures = min(self._failures + 1, 7)
        self.due_at = now + min(max(pause, least_seconds), _LONGEST_PAUSE_SECONDS)

    def _prove(self) -> Authorization | None:
        if self._challenge is None or self._credentials is None:
            return None
        self._nonce_count += 1
        return authorize(
            self._challenge,
            self._credentials,
            method="REGISTER",
            uri=self._uri,
            nonce_count=self._nonce_count,
            cnonce=self._make_cnonce(),
        )
