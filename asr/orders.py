"""What the inbox of a side holds: frames, and things to do once those before them are heard."""

from collections import deque
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


def take_frames(inbox: deque[Item]) -> list[Frame]:
    """Takes the frames out of an inbox; what was chosen or is over stays so."""
    waiting = list(inbox)
    inbox.clear()
    inbox.extend(item for item in waiting if not isinstance(item, Frame))
    return [item for item in waiting if isinstance(item, Frame)]
