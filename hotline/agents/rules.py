"""What a duty lawyer can be doing, and who may change it. Pure."""

from enum import StrEnum


class LawyerState(StrEnum):
    """What a duty lawyer is doing; the server owns it, the page only asks."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    RESERVED = "reserved"
    """A caller is offered, and the page has not yet said that it shows it."""
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    """In a call whose caller the lawyer has put on hold."""
    WRAP_UP = "wrap_up"
    BUSY = "busy"
    BREAK = "break"
    LOST = "lost"


class Reason(StrEnum):
    """Why the server changed a state; shown to the lawyer and to supervisors."""

    ASKED = "asked"
    OFFER = "offer"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    MISSED_TWICE = "missed_twice"
    UNACKNOWLEDGED = "unacknowledged"
    CALLER_GONE = "caller_gone"
    ON_HOLD = "on_hold"
    RESUMED = "resumed"
    CALL_ENDED = "call_ended"
    EXTENDED = "extended"
    WRAP_UP_OVER = "wrap_up_over"
    CONNECTION_LOST = "connection_lost"
    CONNECTION_BACK = "connection_back"
    CALL_LOST = "call_lost"
    HANDED_ON = "handed_on"
    JOINED = "joined"
    JOIN_ENDED = "join_ended"
    PHONE_UNANSWERED = "phone_unanswered"
    NOT_DIALLED = "not_dialled"
    """The citizen of an accepted call back is not to be called any more, or not now."""


BEING_OFFERED = frozenset({LawyerState.RESERVED, LawyerState.RINGING})
"""A caller is offered to the lawyer."""

IN_CALL = frozenset({LawyerState.TALKING, LawyerState.HOLDING})
"""The lawyer has a caller."""

OFF_DUTY = frozenset({LawyerState.OFFLINE, LawyerState.LOST})
"""Nobody counts on the lawyer."""

CHOSEN = frozenset(
    {LawyerState.OFFLINE, LawyerState.AVAILABLE, LawyerState.BUSY, LawyerState.BREAK}
)
"""What people ask for; offers, calls, the time after them and lost come by themselves."""

# What a lawyer may change to, and in which states.
_MAY_ASK: dict[LawyerState, frozenset[LawyerState]] = {
    LawyerState.OFFLINE: frozenset({LawyerState.AVAILABLE, LawyerState.BUSY}),
    LawyerState.AVAILABLE: frozenset({LawyerState.OFFLINE, LawyerState.BUSY, LawyerState.BREAK}),
    LawyerState.BUSY: frozenset({LawyerState.OFFLINE, LawyerState.AVAILABLE, LawyerState.BREAK}),
    LawyerState.BREAK: frozenset({LawyerState.OFFLINE, LawyerState.AVAILABLE, LawyerState.BUSY}),
    LawyerState.LOST: frozenset({LawyerState.OFFLINE, LawyerState.AVAILABLE, LawyerState.BUSY}),
    LawyerState.WRAP_UP: frozenset(
        {LawyerState.OFFLINE, LawyerState.AVAILABLE, LawyerState.BUSY, LawyerState.BREAK}
    ),
    # Asked for during a call, a state is kept for the end of wrap-up.
    LawyerState.TALKING: frozenset(),
    LawyerState.HOLDING: frozenset(),
    LawyerState.RINGING: frozenset(),
    LawyerState.RESERVED: frozenset(),
}

# A lawyer who misses this many offers in a row is taken out, or callers would ring into the void.
MISSED_OFFERS_ALLOWED = 2

# How long a page may be gone (reload, Wi-Fi) before its lawyer counts as lost.
CONNECTION_GRACE_SECONDS = 20.0

# How long a page may take to say that it shows an offer (twilio-voice.js #444: frozen tabs).
ACKNOWLEDGE_SECONDS = 2.0


def may_ask(current: LawyerState, wanted: LawyerState) -> bool:
    """Whether a lawyer may ask for `wanted` now; the present state only if it was chosen."""
    return wanted in _MAY_ASK[current] or (wanted is current and wanted in CHOSEN)


def may_queue_next(current: LawyerState, wanted: LawyerState) -> bool:
    """Whether `wanted` can be chosen now for after the call."""
    return current in IN_CALL and wanted in _MAY_ASK[LawyerState.WRAP_UP]


def may_join(current: LawyerState) -> bool:
    """Whether a lawyer may take a colleague's invitation into a call."""
    return current in (LawyerState.AVAILABLE, LawyerState.BUSY, LawyerState.WRAP_UP)


def state_after_missed(
    missed_offers: int, *, allowed: int = MISSED_OFFERS_ALLOWED
) -> tuple[LawyerState, Reason]:
    """Where a lawyer goes who has now missed `missed_offers` in a row, `allowed` being too many."""
    if missed_offers >= allowed:
        return LawyerState.BUSY, Reason.MISSED_TWICE
    return LawyerState.AVAILABLE, Reason.MISSED
