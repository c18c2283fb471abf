"""Tones that the engine makes itself: call progress, a beep, keys. Pure.

Levels are in dBm0: a sine that just fills the range of G.711 has +3.14 dBm0 (ITU-T G.711).
"""

import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hotline.rtp import SAMPLE_RATE_HZ

Samples = NDArray[np.int16]

# The rows and columns of a keypad, in Hz (ITU-T Q.23).
LOW_HZ = (697, 770, 852, 941)
HIGH_HZ = (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")

# What exchanges in China send (GB/T 3380): 450 Hz, at most as loud as this.
_PROGRESS_HZ = 450
_PROGRESS_DBM0 = -10.0
_RINGING_SECONDS = (1.0, 4.0)
_BUSY_SECONDS = (0.35, 0.35)

# Heard once, before a recorder or a join.
_BEEP_HZ = 1000
_BEEP_SECONDS = 0.2
_BEEP_DBM0 = -14.0

# Keys as telephones send them: the higher tone is a little louder, since lines take more of it
# (ETSI ES 201 235-2 section 4.2.2 allows 0 to 4 dB).
_KEY_LOW_DBM0 = -10.0
_KEY_HIGH_DBM0 = -8.0

_FULL_SCALE_DBM0 = 3.14
_FULL_SCALE = 32_767.0

# What comes and goes softly does not click.
_EDGE_SECONDS = 0.003


class Tone(StrEnum):
    """The tones that a leg can be made to hear."""

    RINGING = "ringback"
    BUSY = "busy"
    BEEP = "beep"

    @property
    def repeats(self) -> bool:
        """Whether it goes on until something else is to be heard."""
        return self is not Tone.BEEP


def tone(kind: Tone) -> Samples:
    """One round of a tone, pause included: 16-bit samples, 8 kHz."""
    match kind:
        case Tone.RINGING:
            return _cadence(_PROGRESS_HZ, _PROGRESS_DBM0, _RINGING_SECONDS)
        case Tone.BUSY:
            return _cadence(_PROGRESS_HZ, _PROGRESS_DBM0, _BUSY_SECONDS)
        case Tone.BEEP:
            return sines([(_BEEP_HZ, _BEEP_DBM0)], _BEEP_SECONDS)


def key(digit: str, seconds: float) -> Samples:
    """The two tones of a key.

    Args:
        digit: One of 0-9 * # A-D.
        seconds: How long it is held.

    Raises:
        ValueError: There is no such key.
    """
    for low, row in zip(LOW_HZ, KEYPAD, strict=True):
        if digit in row and len(digit) == 1:
            high = HIGH_HZ[row.index(digit)]
            return sines([(low, _KEY_LOW_DBM0), (high, _KEY_HIGH_DBM0)], seconds)
    raise ValueError("There is no such key.")


def sines(parts: Sequence[tuple[float, float]], seconds: float) -> Samples:
    """Sines added up: (frequency in Hz, level in dBm0) each."""
    instants = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    total = np.zeros(len(instants))
    for frequency, level in parts:
        total += amplitude(level) * np.sin(2 * math.pi * frequency * instants)
    edge = min(round(_EDGE_SECONDS * SAMPLE_RATE_HZ), len(total) // 2)
    rise = np.arange(edge) / max(edge, 1)
    total[:edge] *= rise
    total[len(total) - edge :] *= rise[::-1]
    return np.clip(np.rint(total), -32_768, 32_767).astype(np.int16)


def amplitude(dbm0: float) -> float:
    """The peak of a sine of a level, in 16-bit steps."""
    return float(_FULL_SCALE * 10 ** ((dbm0 - _FULL_SCALE_DBM0) / 20))


def _cadence(frequency: float, level: float, seconds: tuple[float, float]) -> Samples:
    on, off = seconds
    pause = np.zeros(round(off * SAMPLE_RATE_HZ), np.int16)
    return np.concatenate([sines([(frequency, level)], on), pause])
