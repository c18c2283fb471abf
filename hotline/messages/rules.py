"""How often a text message is tried. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum


class MessageState(StrEnum):
    """Where a message is."""

    WAITING = "waiting"
    SENT = "sent"
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

MOST_TRIES = len(PAUSES) + 1


def next_try(now: datetime, tries: int) -> datetime:
    """When a message is tried again after so many tries; the last pause goes on."""
    return now + PAUSES[min(tries, len(PAUSES)) - 1]


def is_given_up(tries: int) -> bool:
    """Whether a message has been tried often enough."""
    return tries >= MOST_TRIES
