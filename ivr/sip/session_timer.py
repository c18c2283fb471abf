"""Session timers (RFC 4028): who refreshes a call, how often, and when it is given up; no I/O.

A call whose peer is gone without a BYE would last for ever. With a session timer one side sends a
refresh at half the interval, and the other hangs up when none comes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from ivr.sip.line import LineError

# RFC 4028 section 4: the smallest interval that may be asked for, and the recommended one.
MINIMUM_SECONDS = 90
WANTED_SECONDS = 1800
# RFC 4028 section 7.2: refreshes go out when half of the interval is over.
REFRESH_SHARE = 0.5
# RFC 4028 section 10: whoever waits for a refresh hangs up this long before the interval's end,
# or a third of the interval before it.
_GOODBYE_SECONDS = 32

_DELTA = re.compile(r"\s*(\d{1,10})\s*", re.ASCII)
_REFRESHER = re.compile(r";\s*refresher\s*=\s*(uac|uas)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """What a line wants of session timers.

    Attributes:
        minimum_seconds: The smallest interval that it takes part in.
        wanted_seconds: The interval that it asks for in calls of its own.
        refresh_share: How much of an interval is over when it refreshes, where that is its job.
    """

    minimum_seconds: int = MINIMUM_SECONDS
    wanted_seconds: int = WANTED_SECONDS
    refresh_share: float = REFRESH_SHARE


DEFAULT_POLICY = SessionPolicy()


class Refresher(StrEnum):
    """Who refreshes, by its role in the request that is being answered."""

    UAC = "uac"
    UAS = "uas"


class IntervalTooSmall(LineError):
    """The interval that the peer asks for would make it refresh all the time (SIP 422).

    Attributes:
        minimum_seconds: The smallest that is accepted.
    """

    def __init__(self, minimum_seconds: int) -> None:
        super().__init__(f"The session interval must be at least {minimum_seconds} s.")
        self.minimum_seconds = minimum_seconds


@dataclass(frozen=True, slots=True)
class SessionExpires:
    """The header of that name.

    Attributes:
        seconds: The interval.
        refresher: Who refreshes; None in a request that leaves it open.
    """

    seconds: int
    refresher: Refresher | None = None

    def __str__(self) -> str:
        """The header's value."""
        return f"{self.seconds}" + (f";refresher={self.refresher}" if self.refresher else "")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides have settled on.

    Attributes:
        seconds: The interval.
        we_refresh: Whether the refreshes are our job.
        is_own_idea: Whether the peer never agreed, and we only ask whether it is there. Whoever
            refuses one is spared the next, and only who is gone loses the call.
    """

    seconds: int
    we_refresh: bool
    is_own_idea: bool = False

    @property
    def give_up_after_seconds(self) -> float:
        """When to hang up if nothing was refreshed."""
        return self.seconds - min(_GOODBYE_SECONDS, self.seconds / 3)


@dataclass(frozen=True, slots=True)
class TimerRequest:
    """What a request says about session timers.

    Attributes:
        expires: Its Session-Expires.
        minimum_seconds: Its Min-SE.
        is_supported: Whether its sender can refresh (``Supported: timer``).
    """

    expires: SessionExpires | None
    minimum_seconds: int
    is_supported: bool

    @classmethod
    def read(cls, *, expires: str | None, minimum: str | None, supported: str) -> "TimerRequest":
        """Reads the header values of a request."""
        return cls(
            expires=read_expires(expires),
            minimum_seconds=read_minimum(minimum),
            is_supported=has_option(supported, "timer"),
        )


def read_expires(value: str | None) -> SessionExpires | None:
    """Session-Expires; None without one, or with one that is no number."""
    match = _DELTA.match(value) if value is not None else None
    if match is None or value is None:
        return None
    refresher = _REFRESHER.search(value, match.end())
    return SessionExpires(int(match[1]), Refresher(refresher[1].lower()) if refresher else None)


def read_minimum(value: str | None) -> int:
    """Min-SE in seconds, never below the smallest there is."""
    match = _DELTA.match(value) if value is not None else None
    return max(MINIMUM_SECONDS, int(match[1])) if match else MINIMUM_SECONDS


def has_option(value: str, option: str) -> bool:
    """Whether an option tag stands in the value of Supported or Require."""
    return option in (tag.strip().lower() for tag in value.split(","))


def answer_timer(request: TimerRequest, *, minimum_seconds: int) -> Agreement | None:
    """What we answer to a request of the peer (RFC 4028 section 9).

    Args:
        request: What the peer asks for.
        minimum_seconds: The smallest interval that we take part in.

    Returns:
        None if there is no timer: nobody asked for one, or it cannot be agreed on.

    Raises:
        IntervalTooSmall: The peer may try again with a larger one.
    """
    expires = request.expires
    if expires is None:
        return None
    if expires.seconds < minimum_seconds:
        if request.is_supported:
            raise IntervalTooSmall(minimum_seconds)
        # A proxy asked, and its caller could not try again: better no timer than constant traffic.
        return None
    # Whoever does not know timers cannot refresh. When it is open the caller does, as everywhere.
    peer_refreshes = request.is_supported and expires.refresher is not Refresher.UAS
    return Agreement(expires.seconds, we_refresh=not peer_refreshes)


def conclude_timer(
    answered: SessionExpires | None, *, before: Agreement | None
) -> Agreement | None:
    """What the peer's 2xx to a request of ours settles (RFC 4028 section 7.2).

    Args:
        answered: The Session-Expires of the 2xx.
        before: What was settled until now, None in a call that begins.
    """
    if answered is None:
        # The peer knows no timers. Refreshes that are our job go on: a proxy may count on them.
        return before if before is not None and before.we_refresh else None
    return Agreement(answered.seconds, we_refresh=answered.refresher is not Refresher.UAS)


class Due(Enum):
    """What a session timer asks for now."""

    NOTHING = auto()
    REFRESH = auto()
    GIVE_UP = auto()


class SessionClock:
    """Watches over one call's session timer.

    Args:
        clock: Seconds that only go forward.
        refresh_share: How much of an interval is over when we refresh, if that is our job.
    """

    def __init__(self, clock: Callable[[], float], *, refresh_share: float = REFRESH_SHARE) -> None:
        self._clock = clock
        self._refresh_share = refresh_share
        self._refresh_at: float | None = None
        self._give_up_at: float | None = None

    def restart(self, agreement: Agreement | None) -> None:
        """The session begins or was refreshed; without an agreement nothing runs any more."""
        self._refresh_at = self._give_up_at = None
        if agreement is None:
            return
        now = self._clock()
        self._give_up_at = now + agreement.give_up_after_seconds
        if agreement.we_refresh:
            self._refresh_at = now + agreement.seconds * self._refresh_share

    def try_again(self, after_seconds: float) -> None:
        """A refresh of ours was refused for now."""
        if self._give_up_at is not None:
            self._refresh_at = self._clock() + after_seconds

    def due(self) -> Due:
        """What is to be done; a refresh is asked for once."""
        now = self._clock()
        if self._give_up_at is not None and now >= self._give_up_at:
            self.restart(None)
            return Due.GIVE_UP
        if self._refresh_at is not None and now >= self._refresh_at:
            self._refresh_at = None
            return Due.REFRESH
        return Due.NOTHING

    def seconds_to_next(self) -> float | None:
        """How long until something may be due, None if nothing runs."""
        moments = [at for at in (self._refresh_at, self._give_up_at) if at is not None]
        return max(0.0, min(moments) - self._clock()) if moments else None
