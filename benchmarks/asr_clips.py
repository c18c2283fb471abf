"""Recorded speech for benchmarks, and how much of it was understood."""

import csv
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asr.normalise import normalise

_RATE_HZ = 8000


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance.

    Attributes:
        text: What was said.
        pcm: 16-bit PCM, 8000 Hz, mono.
    """

    text: str
    pcm: bytes

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pcm) / 2 / _RATE_HZ


def load(folder: Path, *, most: int) -> list[Clip]:
    """The clips of a folder with their transcripts, brought to 8000 Hz."""
    with (folder / "transcripts.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[:most]
    return [Clip(row["text"], _read(folder / row["file"])) for row in rows]


def character_errors(said: str, heard: str) -> tuple[int, int]:
    """Wrong characters, and how many there were; marks do not count, figures are written alike."""
    want, got = (_bare(normalise(text, language="zh", has_marks=True)) for text in (said, heard))
    row = np.arange(len(got) + 1)
    for place, character in enumerate(want):
        differs = np.array([character != other for other in got], dtype=int)
        above, row = row, np.empty_like(row)
        row[0] = place + 1
        for column in range(1, len(row)):
            row[column] = min(
                above[column - 1] + differs[column - 1], above[column] + 1, row[column - 1] + 1
            )
    return int(row[-1]), len(want)


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).lower()


def _read(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        pcm: bytes = file.readframes(file.getnframes())
        rate = file.getframerate()
    if rate == _RATE_HZ:
        return pcm
    samples = np.frombuffer(pcm, "<i2").astype(float)
    # Every other sample of a smoothed signal: 16 kHz comes down to the telephone's 8 kHz.
    taps = np.sinc(np.arange(-16, 17) / 2) * np.hamming(33)
    smooth = np.convolve(samples, taps / taps.sum(), mode="same")[:: rate // _RATE_HZ]
    return bytes(np.clip(smooth, -32768, 32767).astype("<i2").tobytes())
