"""From two channels in G.711 to the 16-bit stereo samples of a recording."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.media.control import Codec
from ivr.media.g711 import TO_LINEAR
from ivr.media.jitter import Bytes


class Channel(NamedTuple):
    """One side of a stretch of time, in G.711, as codes of any shape."""

    codec: Codec
    codes: Bytes


class Interleaver:
    """Makes one stretch of two channels; belongs to a thread, since it has a scratch pad."""

    def __init__(self) -> None:
        self._instants = np.zeros(0, "<i8")

    def interleave(self, left: Channel, right: Channel | None) -> memoryview:
        """Stereo samples of two channels of equal length; None is silence.

        Returns:
            Four bytes for each instant: left, right.
        """
        if right is None:
            # A caller who waits or hears a prompt has nobody at his side. A table of 1 KB stays in
            # the nearest cache (12 us a second).
            table, index = _alone(left.codec), left.codes.ravel().astype(np.intp)
        else:
            table, index = _both(left.codec, right.codec), self._side_by_side(left, right)
        # `take` with a mode that need not check is twice as fast as an index.
        return table.take(index, mode="clip").data.cast("B")

    def _side_by_side(self, left: Channel, right: Channel) -> NDArray[np.int64]:
        """The codes of each instant as one number.

        Codes put side by side as bytes are faster than arithmetic, one lookup in a table of both
        channels nearly twice as fast as two, and a pad that stays warm faster than memory anew (26
        us a second of both channels; 40 without the pad, 50 with an index of 16 bits).
        """
        length = left.codes.size
        if length > len(self._instants):
            self._instants = np.zeros(length, "<i8")
        instants = self._instants[:length]
        # Only the two lowest bytes are ever written, so the pad need not be cleared.
        codes = instants.view(np.uint8).reshape(-1, instants.itemsize)
        codes[:, 0] = left.codes.ravel()
        codes[:, 1] = right.codes.ravel()
        return instants


@lru_cache(maxsize=len(Codec) ** 2)
def _both(left: Codec, right: Codec) -> NDArray[np.uint32]:
    """Both samples of an instant by both codes of G.711, the right one in the upper half.

    The left one is in the lower half of each, so that it comes first in a file, where the lower
    bytes do.
    """
    lower, upper = (TO_LINEAR[codec].view(np.uint16).astype("<u4") for codec in (left, right))
    both: NDArray[np.uint32] = (upper[:, np.newaxis] << np.uint32(16) | lower).ravel()
    return both.astype("<u4", copy=False)


@lru_cache(maxsize=len(Codec))
def _alone(left: Codec) -> NDArray[np.uint32]:
    """The same by the code of the left channel, with nothing on the right."""
    return TO_LINEAR[left].view(np.uint16).astype("<u4")
