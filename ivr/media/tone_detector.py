"""Keys out of the sound itself, for peers that send no telephone events.

Pure. The two tones of a key (ITU-T Q.23) are found by Goertzel's filter, for all rows at once: 20
ms of sound times a matrix of frequencies, every 10 ms. Speech is told from keys by the rules of
ITU-T Q.24: two tones of about the same level, hardly anything beside them, and long enough.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hotline.rtp import FRAME_SAMPLES, SAMPLE_RATE_HZ
from ivr.media.control import Codec
from ivr.media.g711 import TO_LINEAR
from ivr.media.jitter import Bytes, Rows
from ivr.media.tones import HIGH_HZ, KEYPAD, LOW_HZ, amplitude

Signal = NDArray[np.float32]

_HALF = FRAME_SAMPLES // 2

# Each tone is at least so loud. Q.24 wants keys of -29 dBm to be heard, and none below -50 dBm.
_QUIETEST_DBM0 = -37.0

# How much louder the higher tone may be, and how much quieter; lines take more of it (Q.24: +4 to
# -8 dB, with some margin for what a window cuts off).
_LOUDER_DB = 6.0
_QUIETER_DB = 10.0

# How far the tone stands out of its group, whose next tone leaks into its window by -13 dB.
_ABOVE_GROUP_DB = 7.0

# The share of the sound's power that the two tones are. Vowels have strong harmonics elsewhere: at
# 0.72 two keys were found in eleven minutes of Mandarin, at 0.78 none, and at 0.82 one in our own
# prompts, at 0.84 none (2026-11-22).
_LEAST_SHARE = 0.86

# A key is believed in the second window (30 ms of tone; Q.24 has keys from 40 ms on) and released
# when three in a row are without it.
_HITS = 2
_MISSES = 3

_NONE = -1
_DIGITS = "".join(KEYPAD)


# A telephone's tones may be 1.5 % off (Q.24), which is half a filter's width at the highest: each
# tone has three filters.
_DETUNED = (0.989, 1.0, 1.011)
_TONES = 4


def _filters() -> Signal:
    """Cosines, then sines, of the frequencies: three of each tone."""
    frequencies = np.outer((*LOW_HZ, *HIGH_HZ), _DETUNED).ravel()
    turns = np.outer(np.arange(FRAME_SAMPLES), frequencies) / SAMPLE_RATE_HZ
    both = np.hstack([np.cos(2 * math.pi * turns), np.sin(2 * math.pi * turns)])
    return both.astype(np.float32)


_FILTERS = _filters()
_TABLES = {codec: table.astype(np.float32) for codec, table in TO_LINEAR.items()}

# The power that a sine of the least level has in a filter: (amplitude * samples / 2) squared.
_QUIETEST = (amplitude(_QUIETEST_DBM0) * FRAME_SAMPLES / 2) ** 2


class ToneDetector:
    """What each row's sound was like; a row's key is told once, when it is certain.

    Args:
        rows: How many rows there are.
    """

    def __init__(self, rows: int) -> None:
        self._halves = np.zeros((rows, _HALF), np.float32)
        self._is_whole = np.zeros(rows, np.bool_)
        self._candidates = np.full(rows, _NONE, np.int8)
        self._hits = np.zeros(rows, np.int8)
        self._held = np.full(rows, _NONE, np.int8)
        self._misses = np.zeros(rows, np.int8)

    def reset(self, row: int) -> None:
        """Forgets what was heard in a row."""
        self._is_whole[row] = False
        self._candidates[row] = self._held[row] = _NONE
        self._hits[row] = self._misses[row] = 0

    def push(self, rows: Rows, frames: Bytes, codec: Codec) -> list[tuple[int, str]]:
        """Listens to 20 ms of several rows.

        Args:
            rows: Those whose frame has really come; what is made up is no sign of anything.
            frames: One frame a row.
            codec: The law of all of them.

        Returns:
            The keys that are certain now: (row, key).
        """
        samples = _TABLES[codec][frames]
        whole = self._is_whole[rows]
        pressed: list[tuple[int, str]] = []
        if whole.any():
            earlier = np.hstack([self._halves[rows[whole]], samples[whole, :_HALF]])
            pressed += self._note(rows[whole], classify(earlier))
        pressed += self._note(rows, classify(samples))
        self._halves[rows] = samples[:, _HALF:]
        self._is_whole[rows] = True
        return pressed

    def skip(self, rows: Rows) -> None:
        """Lets 20 ms pass of which nothing is known: neither a key nor its end."""
        self._is_whole[rows] = False

    def _note(self, rows: Rows, found: NDArray[np.int8]) -> list[tuple[int, str]]:
        hits = np.where(found == self._candidates[rows], self._hits[rows] + 1, 1)
        hits[found == _NONE] = 0
        hits = np.minimum(hits, _HITS).astype(np.int8)
        held = self._held[rows]
        misses = np.where(found == held, 0, np.minimum(self._misses[rows] + 1, _MISSES))
        held[misses >= _MISSES] = _NONE
        pressed = (hits >= _HITS) & (found != held)
        held[pressed] = found[pressed]
        misses[pressed] = 0
        self._candidates[rows], self._hits[rows] = found, hits
        self._held[rows], self._misses[rows] = held, misses
        keys = zip(rows[pressed].tolist(), found[pressed].tolist(), strict=True)
        return [(row, _DIGITS[key]) for row, key in keys]


def classify(samples: Signal) -> NDArray[np.int8]:
    """Which key each row of 160 samples holds, as a place in the keypad; -1 for none."""
    parts = samples @ _FILTERS
    half = parts.shape[1] // 2
    power = parts[:, :half] ** 2 + parts[:, half:] ** 2
    loudest_of_tone = power.reshape(len(samples), 2 * _TONES, len(_DETUNED)).max(axis=2)
    low, high = loudest_of_tone[:, :_TONES], loudest_of_tone[:, _TONES:]
    row, column = low.argmax(axis=1), high.argmax(axis=1)
    lows, highs = low.max(axis=1), high.max(axis=1)
    # A sine of amplitude a has a filter's power of (a n / 2)^2, and n a^2 / 2 in all.
    total = np.einsum("ij,ij->i", samples, samples) * (FRAME_SAMPLES / 2)
    is_key = np.minimum(lows, highs) >= _QUIETEST
    is_key &= (highs <= lows * _ratio(_LOUDER_DB)) & (lows <= highs * _ratio(_QUIETER_DB))
    is_key &= lows + highs >= _LEAST_SHARE * total
    for group, loudest in ((low, lows), (high, highs)):
        others = np.count_nonzero(
            group * np.float32(_ratio(_ABOVE_GROUP_DB)) > loudest[:, None], axis=1
        )
        is_key &= others == 1
    found: NDArray[np.int8] = np.where(is_key, _TONES * row + column, _NONE).astype(np.int8)
    return found


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 10))
