"""Several voices as one, for a side of a recording on which more than one of them speaks."""

from collections.abc import Sequence
from typing import final

import numpy as np

from ivr.media.bank import Bank
from ivr.media.control import Codec
from ivr.media.mixer import Mix, Voice


@final
class Blend:
    """A voice that is the sum of others, in a row of the table of its own.

    Args:
        bank: The table of the legs' frames.
        voices: Whose.

    Attributes:
        codec: The law of `frame`.
        row: Where `frame` is.
    """

    def __init__(self, bank: Bank, voices: Sequence[Voice]) -> None:
        self.codec = Codec.PCMA
        self.row = bank.take_blend()
        self._bank = bank
        self._mix = Mix([(voice, 1.0) for voice in voices], self.codec)

    @property
    def frame(self) -> bytes:
        """What was made last."""
        frame: bytes = self._bank.frames[self.row].tobytes()
        return frame

    def make(self) -> None:
        """Adds up the voices' present frames."""
        self._bank.frames[self.row] = np.frombuffer(self._mix.frame(), np.uint8)

    def dissolve(self) -> None:
        """Gives the row back; the blend is of no use afterwards."""
        self._bank.give_blend_back(self.row)
