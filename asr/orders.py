"""What the inbox of a side holds."""

from dataclasses import dataclass
from enum import Enum

from asr.fork import Frame


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


Item = Frame | Order | Switch
