"""Who hears whom, and how loud: the gain matrix.

A cell (from, to) holds the gain with which one leg's voice reaches another. A leg that hears one
voice gets that voice's bytes, at most translated; only one that hears several needs arithmetic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np
from numpy.typing import NDArray

from hotline.rtp import FRAME_SAMPLES
from ivr.media.control import Codec
from ivr.media.g711 import amplified, encode, translation

LARGEST_GAIN = 4.0


class Voice(Protocol):
    """Somebody who can be heard: what the mixer needs of a leg."""

    @property
    def codec(self) -> Codec:
        """The law of `frame`."""
        ...

    @property
    def row(self) -> int:
        """Where `frame` is in the table of all legs."""
        ...

    @property
    def frame(self) -> bytes:
        """The last 20 ms; silence if nothing came."""
        ...


@final
@dataclass(frozen=True, slots=True)
class Solo:
    """One voice, to be passed on; by way of a table unless that is None."""

    voice: Voice
    table: bytes | None

    def frame(self) -> bytes:
        """The voice's present frame as it is to be heard."""
        frame = self.voice.frame
        return frame if self.table is None else frame.translate(self.table)


# Up to here a mix is what it is; above, loudness is bent so that two voices that fill the range
# hardly reach its end. A single voice of usual level stays below.
_KNEE = 20_000
_LARGEST = 32_767
_ROOM = _LARGEST - _KNEE


def limited(total: NDArray[np.int32]) -> NDArray[np.int16]:
    """A sum of voices within 16 bits, without the edges that cutting it off would make.

    Args:
        total: Changed in place where it is too loud.
    """
    loud = np.abs(total) > _KNEE
    if loud.any():
        over = total[loud]
        bent = _KNEE + _ROOM * np.tanh((np.abs(over) - _KNEE) / _ROOM)
        total[loud] = np.rint(np.copysign(bent, over)).astype(np.int32)
    return total.astype(np.int16)


class Mix:
    """Several voices added up into one law."""

    __slots__ = ("_codec", "_parts", "_sum")

    def __init__(self, parts: Iterable[tuple[Voice, float]], codec: Codec) -> None:
        self._codec = codec
        self._parts: tuple[tuple[Voice, NDArray[np.int32]], ...] = tuple(
            (voice, amplified(voice.codec, gain)) for voice, gain in parts
        )
        self._sum = np.zeros(FRAME_SAMPLES, np.int32)

    def frame(self) -> bytes:
        """The voices' present frames in one; what is too loud is bent, not cut off."""
        total = self._sum
        total[:] = 0
        for voice, table in self._parts:
            total += table[np.frombuffer(voice.frame, np.uint8)]
        return encode(limited(total), self._codec)


class GainMatrix:
    """The gains between all legs, by name; cells that are not there are 0."""

    def __init__(self) -> None:
        self._heard_by: dict[str, dict[str, float]] = {}

    def set(self, source: str, target: str, gain: float) -> None:
        """Changes one cell; 0 removes it."""
        row = self._heard_by.setdefault(target, {})
        if gain > 0:
            row[source] = min(gain, LARGEST_GAIN)
        else:
            row.pop(source, None)
        if not row:
            del self._heard_by[target]

    def forget(self, leg: str) -> list[str]:
        """Removes a leg's row and column; returns the legs that heard it."""
        self._heard_by.pop(leg, None)
        listeners = self.listeners(leg)
        for target in listeners:
            self.set(leg, target, 0.0)
        return listeners

    def listeners(self, leg: str) -> list[str]:
        """The legs that hear a leg."""
        return [target for target, row in self._heard_by.items() if leg in row]

    def heard_by(self, leg: str) -> Sequence[tuple[str, float]]:
        """The legs that a leg hears, with their gains."""
        return tuple(self._heard_by.get(leg, {}).items())


def listening(parts: Sequence[tuple[Voice, float]], codec: Codec) -> Solo | Mix | None:
    """How to make what a leg hears, in the cheapest way there is.

    Args:
        parts: The voices and their gains.
        codec: The law of the leg that hears them.
    """
    if not parts:
        return None
    if len(parts) == 1:
        voice, gain = parts[0]
        return Solo(voice=voice, table=translation(voice.codec, codec, gain))
    return Mix(parts, codec)
