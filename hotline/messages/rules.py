"""How often a text message is tried, and when nobody knows whether it went. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum


class MessageState(StrEnum):
    """Where a message is."""

    WAITING = "waiting"
    SENDING = "sending"
    """Handed over just now; what came of it is not known yet."""
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """Handed over perhaps; not sent again, because nobody shall get it twice."""
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"
    """There is no provider; nobody was promised it."""


PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""After each try that led nowhere; what a caller asked for is stale the next day."""

SENDING_TIME = timedelta(minutes=2)
"""Whoever hands a message over and has not said by then what came of it has died; an answer comes
within seconds (`hotline.messages.provider`)."""

MOST_TRIES = len(PAUSES) + 1


def next_try(now: datetime, tries: int) -> datetime:
    """When a message is tried again after so many tries; the last pause goes on."""
    return now + PAUSES[min(tries, len(PAUSES)) - 1]


def is_given_up(tries: int) -> bool:
    """Whether a message has been tried often enough."""
    return tries >= MOST_TRIES
