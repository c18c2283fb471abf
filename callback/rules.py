"""When somebody may be called back, how often, and what ends it.

    waiting  --begin_attempt-->  dialling  --answered-->  connected
                                 dialling  --not reached, attempts left-->  waiting
                                 dialling  --not reached, none left-->  exhausted
    waiting, dialling  --cancel-->  cancelled       (the person or the staff)
    waiting, dialling  --supersede-->  superseded   (the person got through in another way)

The call that dials is the fence: storing the beginning of an attempt is one conditional update on
the state as it was read, and a result counts only while its call is the latest (callback.attempts).
Only what came as far as the person's network is counted as an attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.errors import Conflict, InvalidInput
from hotline.queueing.dialling import (
    PROMPT_SOURCES,
    QuietHours,
    Source,
    Window,
    first_moment,
)

RETRY_DELAYS = (timedelta(minutes=15), timedelta(minutes=60), timedelta(minutes=240))
"""From the end of an attempt that reached nobody to the next, one retry for each, where nobody has
set others."""

MAXIMUM_ATTEMPTS = 1 + len(RETRY_DELAYS)

MAXIMUM_UNREACHED = 12
"""So often dialling may fail on our side, as with a trunk that is down, before a wish is given up:
with the pauses below more than half a day."""

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=4)

ATTEMPT_LIMIT = timedelta(minutes=3)
"""An attempt without a result for this long is lost: ringing ends after 45 s, and nobody lives so
long without answer or failure but a process that died."""

GOODBYE = timedelta(seconds=15)
"""What a caller hears after booking a call back takes so long at most."""

SHORTEST_WINDOW = timedelta(minutes=15)
FARTHEST_WINDOW = timedelta(days=7)


class CallbackState(StrEnum):
    """Where a wish to be called back stands."""

    WAITING = "waiting"
    DIALLING = "dialling"
    CONNECTED = "connected"
    CANCELLED = "cancelled"
    EXHAUSTED = "exhausted"
    SUPERSEDED = "superseded"


OPEN_STATES = frozenset({CallbackState.WAITING, CallbackState.DIALLING})
"""One number has at most one wish in these states."""


class AttemptResult(StrEnum):
    """What came of dialling."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    """The lawyer could not be reached or hung up before anybody answered."""
    FAILED = "failed"
    """The trunk or our own side failed."""
    LOST = "lost"
    """The process that dialled died, so nobody knows."""


OUR_SIDE = frozenset({AttemptResult.CANCELLED, AttemptResult.FAILED, AttemptResult.LOST})
"""The person could do nothing about these: they use up no attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A wish to be called back, as far as the rules care.

    Attributes:
        source: How it came about.
        asked_at: When.
        window: When the person would like to be called; None for as soon as possible.
        state: Where it stands.
        attempts: How many have come as far as the person's network and are over.
        next_attempt_at: While waiting, the moment before which it is not dialled; while dialling,
            the moment at which the attempt counts as lost.
        last_result: What came of the latest attempt.
    """

    source: Source
    asked_at: datetime
    next_attempt_at: datetime
    window: Window | None = None
    state: CallbackState = CallbackState.WAITING
    attempts: int = 0
    last_result: AttemptResult | None = None

    @property
    def is_open(self) -> bool:
        """Whether it keeps others of the same number from opening."""
        return self.state in OPEN_STATES


def ask(*, source: Source, at: datetime, quiet: QuietHours, window: Window | None = None) -> Wish:
    """Makes a new wish, with the moment from which it may be dialled.

    Raises:
        InvalidInput: The window cannot be kept.
    """
    if window is not None:
        check_window(window, at=at)
    wish = Wish(source=source, asked_at=at, next_attempt_at=at, window=window)
    return replace(wish, next_attempt_at=earliest(wish, at=at, quiet=quiet))


def renew(wish: Wish, fresh: Wish) -> Wish:
    """Takes in that the person asks again: due as soon as either wish, with all its tries.

    Whoever is on the telephone means now, whatever hours they chose before. While they are being
    dialled all the same, the next attempt follows at once.

    Args:
        wish: Open.
        fresh: What the new request alone would be.

    Returns:
        The wish as it stands then; the same object where the new request would come later.
    """
    if fresh.source not in PROMPT_SOURCES and wish.next_attempt_at <= fresh.next_attempt_at:
        return wish
    moment = min(wish.next_attempt_at, fresh.next_attempt_at)
    return replace(
        wish,
        source=fresh.source,
        asked_at=fresh.asked_at,
        window=fresh.window,
        attempts=0,
        next_attempt_at=moment if wish.state is CallbackState.WAITING else wish.next_attempt_at,
    )


def check_window(window: Window, *, at: datetime) -> None:
    """Checks a window that somebody asks for.

    Raises:
        InvalidInput: It is shorter than a quarter of an hour, over, or more than a week away.
    """
    if window.closes_at - window.opens_at < SHORTEST_WINDOW:
        raise InvalidInput("The time to be called must be at least 15 minutes long.")
    if window.closes_at <= at:
        raise InvalidInput("The time to be called has passed already.")
    if window.opens_at - at > FARTHEST_WINDOW:
        raise InvalidInput("The time to be called must begin within 7 days.")


def earliest(wish: Wish, *, at: datetime, quiet: QuietHours) -> datetime:
    """Says from when on the person may be dialled: the first such moment, not before `at`."""
    return first_moment(
        at, source=wish.source, asked_at=wish.asked_at, window=wish.window, quiet=quiet
    )


def may_dial(wish: Wish, *, at: datetime, quiet: QuietHours) -> bool:
    """Whether the person may be dialled at this very moment, given a lawyer who is free."""
    is_due = wish.state is CallbackState.WAITING and wish.next_attempt_at <= at
    return is_due and earliest(wish, at=at, quiet=quiet) == at


def begin_attempt(wish: Wish, *, at: datetime, quiet: QuietHours) -> Wish:
    """Begins an attempt.

    Store the answer with one conditional update on the state `waiting`; dial only when that changed
    a row.

    Raises:
        Conflict: The wish is no longer waiting, or its time is not now.
    """
    if not may_dial(wish, at=at, quiet=quiet):
        raise Conflict("The wish to be called back may not be dialled now.")
    return replace(
        wish,
        state=CallbackState.DIALLING,
        next_attempt_at=at + ATTEMPT_LIMIT,
        last_result=None,
    )


def end_attempt(
    wish: Wish,
    *,
    result: AttemptResult,
    at: datetime,
    quiet: QuietHours,
    delays: Sequence[timedelta] = RETRY_DELAYS,
    unreached: int = 1,
) -> Wish:
    """Takes in what came of an attempt; without one the result is ignored.

    Args:
        wish: As it stands.
        result: What came of it.
        at: When.
        quiet: Hours to keep for the next attempt.
        delays: From the end of each attempt to the next; after as many there is none.
        unreached: How many have failed on our side so far, this one among them if it did.

    Returns:
        The wish as it stands then: connected, waiting for the next attempt, or exhausted; the same
        object when the result is ignored.
    """
    if wish.state is not CallbackState.DIALLING:
        return wish
    if result in OUR_SIDE:
        return _fail_on_our_side(wish, result=result, at=at, quiet=quiet, unreached=unreached)
    has_asked_again = wish.asked_at > wish.next_attempt_at - ATTEMPT_LIMIT
    attempts = wish.attempts + 1
    wish = replace(wish, attempts=attempts, last_result=result)
    if result is AttemptResult.ANSWERED:
        return replace(wish, state=CallbackState.CONNECTED)
    if has_asked_again:
        return _wait(wish, at=max(at, wish.asked_at), quiet=quiet)
    if attempts > len(delays):
        return replace(wish, state=CallbackState.EXHAUSTED)
    return _wait(wish, at=at + delays[attempts - 1], quiet=quiet)


def _fail_on_our_side(
    wish: Wish, *, result: AttemptResult, at: datetime, quiet: QuietHours, unreached: int
) -> Wish:
    """Back to the place at once when it was the lawyer; else after a pause that doubles."""
    wish = replace(wish, last_result=result)
    if unreached >= MAXIMUM_UNREACHED:
        return replace(wish, state=CallbackState.EXHAUSTED)
    if result is AttemptResult.CANCELLED:
        return _wait(wish, at=at, quiet=quiet)
    pause = min(_FIRST_PAUSE * 2 ** max(unreached - 1, 0), _LONGEST_PAUSE)
    return _wait(wish, at=at + pause, quiet=quiet)


def _wait(wish: Wish, *, at: datetime, quiet: QuietHours) -> Wish:
    moment = earliest(wish, at=at, quiet=quiet)
    return replace(wish, state=CallbackState.WAITING, next_attempt_at=moment)


def is_lost(wish: Wish, *, at: datetime) -> bool:
    """Whether the process that dialled must have died; end the attempt as lost then."""
    return wish.state is CallbackState.DIALLING and wish.next_attempt_at <= at


def cancel(wish: Wish) -> Wish:
    """Ends an open wish because the person, or the staff for them, no longer wants it.

    Raises:
        Conflict: It has ended already.
    """
    return _close(wish, CallbackState.CANCELLED)


def supersede(wish: Wish) -> Wish:
    """Ends an open wish because the person has got through in another way.

    Raises:
        Conflict: It has ended already.
    """
    return _close(wish, CallbackState.SUPERSEDED)


def _close(wish: Wish, state: CallbackState) -> Wish:
    if not wish.is_open:
        raise Conflict(f"The wish to be called back has ended already: {wish.state}.")
    return replace(wish, state=state)
