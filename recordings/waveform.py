"""The shape of a recording, so that a page can draw it without fetching the audio."""

import json
from pathlib import Path

import numpy as np

from recordings.wave_file import CHANNELS, SAMPLE_RATE_HZ, blocks

SUFFIX = ".peaks.json"

# Five a second are enough to find a pause by eye.
PEAKS_PER_SECOND = 5
_SAMPLES_PER_PEAK = SAMPLE_RATE_HZ // PEAKS_PER_SECOND


def peaks(wav: Path) -> list[list[int]]:
    """The greatest loudness of each fifth of a second, 0 to 100, caller's side and lawyer's."""
    loudest: list[list[int]] = [[], []]
    rest = np.zeros((0, CHANNELS), dtype=np.int16)
    for block in blocks(wav):
        samples = np.concatenate((rest, np.frombuffer(block, dtype="<i2").reshape(-1, CHANNELS)))
        whole = len(samples) // _SAMPLES_PER_PEAK
        rest = samples[whole * _SAMPLES_PER_PEAK :]
        stretches = samples[: whole * _SAMPLES_PER_PEAK].reshape(whole, _SAMPLES_PER_PEAK, CHANNELS)
        _append(loudest, np.abs(stretches.astype(np.int32)).max(axis=1))
    if len(rest):
        _append(loudest, np.abs(rest.astype(np.int32)).max(axis=0, keepdims=True))
    return loudest


def write_peaks(wav: Path, target: Path) -> None:
    """Writes the peaks as JSON: ``{"per_second": 5, "caller": [...], "lawyer": [...]}``."""
    caller, lawyer = peaks(wav)
    shape = {"per_second": PEAKS_PER_SECOND, "caller": caller, "lawyer": lawyer}
    target.write_text(json.dumps(shape, separators=(",", ":")))


def _append(
    loudest: list[list[int]], values: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
) -> None:
    percent = np.minimum(100, np.rint(values * 100 / 32767)).astype(int)
    for side in range(CHANNELS):
        loudest[side] += percent[:, side].tolist()
