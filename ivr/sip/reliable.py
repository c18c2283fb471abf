"""Reliable provisional responses (RFC 3262), without I/O.

UDP loses "it rings" as it loses anything; a network that counts on it has it numbered and
acknowledged with PRACK.
"""

import re
from dataclasses import dataclass

# RFC 3262 section 3: repeated after T1 and then twice as long each time, until 64 * T1.
_FIRST_SECONDS = 0.5
GIVE_UP_SECONDS = 32.0

_NUMBER = re.compile(r"\s*(\d{1,10})\s*", re.ASCII)
_RACK = re.compile(r"\s*(\d{1,10})\s+(\d{1,10})\s+(\S{1,32})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """RAck: which response, and to which request, a PRACK confirms."""

    number: int
    sequence: int
    method: str

    def __str__(self) -> str:
        return f"{self.number} {self.sequence} {self.method}"


def read_number(value: str) -> int | None:
    """RSeq, None if it is not one."""
    match = _NUMBER.fullmatch(value)
    return int(match[1]) if match else None


def read_acknowledgement(value: str) -> Acknowledgement | None:
    """RAck, None if it is not one."""
    match = _RACK.fullmatch(value)
    return Acknowledgement(int(match[1]), int(match[2]), match[3]) if match else None


def repeat_seconds() -> list[float]:
    """The pauses between a reliable response and its repetitions."""
    pauses = [_FIRST_SECONDS]
    while sum(pauses) + 2 * pauses[-1] < GIVE_UP_SECONDS:
        pauses.append(2 * pauses[-1])
    return pauses


class ReliableReceipts:
    """Which reliable responses to our INVITE were seen, one count for each early dialog."""

    # A forking network has a handful of branches; the bound keeps a hostile one cheap.
    _MAX_DIALOGS = 16

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def take(self, tag: str, number: int) -> bool:
        """Whether this one is to be acknowledged (RFC 3262 section 4).

        Args:
            tag: The To tag of the response.
            number: Its RSeq. The first may be any; the next is one more, what else is out of order
                or a repetition.
        """
        last = self._last.get(tag)
        if last is None and len(self._last) >= self._MAX_DIALOGS:
            return False
        if last is not None and number != last + 1:
            return False
        self._last[tag] = number
        return True
