"""What the inbox of a side may hold besides frames: things to do once those before it are heard."""

from dataclasses import dataclass
from enum import Enum


class Order(Enum):
    """What needs no further word."""

    PAUSE = "pause"
    """No frames come for a while: the sentence is over."""
    END = "end"
    """No frames come any more."""


@dataclass(frozen=True, slots=True)
class Switch:
    """From here on the side is understood in another language."""

    language: str
