"""Sound for tests: speech-like tones, the telephone's codec, recorded Mandarin, recordings."""

import csv
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr.fork import Frame
from hotline.configuration import service as configuration
from hotline.g711 import A_LAW
from hotline.house import House
from tests.conftest import SPEECH

RATE = 8000
FRAME = 160


def speech_like(seconds: float, *, seed: int = 1) -> bytes:
    """A voice without words: harmonics of a wandering pitch, louder four times a second."""
    time = np.arange(int(seconds * RATE)) / RATE
    pitch = 140 + 25 * np.sin(2 * np.pi * 1.3 * time + seed)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    vowels = 600 + 300 * np.sin(2 * np.pi * 3 * time + seed)
    voice = np.zeros(len(time))
    for harmonic in range(1, 22):
        formant = np.exp(-(((harmonic * pitch - vowels) / 250) ** 2)) + 0.25 * np.exp(
            -(((harmonic * pitch - 1800) / 300) ** 2)
        )
        voice += (formant + 0.02) * np.sin(harmonic * phase)
    voice *= 0.65 + 0.35 * np.sin(2 * np.pi * 4 * time)
    return bytes((6000 * voice / np.abs(voice).max()).astype("<i2").tobytes())


def silence(seconds: float) -> bytes:
    """A quiet line: the hiss of the last bit."""
    noise = np.random.default_rng(7).integers(-4, 5, int(seconds * RATE))
    return noise.astype("<i2").tobytes()


def frames(
    pcm: bytes, *, stream: int = 1, position_ms: int = 0, sequence: int = 0
) -> Iterator[Frame]:
    """The fork's frames of some audio."""
    payload = A_LAW.encode(np.frombuffer(pcm, dtype=np.int16))
    for number in range(len(payload) // FRAME):
        yield Frame(
            stream=stream,
            sequence=(sequence + number) % 65536,
            position_ms=position_ms + 20 * number,
            codec=A_LAW.payload_type,
            payload=payload[number * FRAME : (number + 1) * FRAME],
        )


def be_patient(house: House) -> None:
    """Gives nobody up as left behind: tests speak faster than people, and machines stand still."""
    with house.database.session() as session:
        rules = {"late_ms": 10_000, "too_late_ms": 60_000}
        configuration.change(session, house, "speech", rules, expected=0, by=None)


@dataclass(frozen=True, slots=True)
class Clip:
    """A recorded utterance and what was said."""

    path: Path
    text: str

    @property
    def pcm(self) -> bytes:
        """Its samples, 8 kHz mono."""
        with wave.open(str(self.path)) as file:
            return bytes(file.readframes(file.getnframes()))


def clips(count: int, *, step: int = 1, folder: str = "zh_8k") -> list[Clip]:
    """Recorded Mandarin through a telephone; skips the test where there is none."""
    table = SPEECH / folder / "transcripts.tsv"
    if not table.is_file():
        pytest.skip(f"no recorded speech: {table} is not on this machine")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [Clip(SPEECH / folder / row["file"], row["text"]) for row in rows[::step][:count]]


def write_stereo(path: Path, left: bytes, right: bytes) -> None:
    """A recording: caller left, lawyer right, the shorter side filled with silence."""
    sides: list[NDArray[np.int16]] = [np.frombuffer(side, dtype="<i2") for side in (left, right)]
    stereo = np.zeros((max(len(side) for side in sides), 2), dtype="<i2")
    for channel, side in enumerate(sides):
        stereo[: len(side), channel] = side
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(stereo.tobytes())


def error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """The character error rate of (said, heard) pairs, punctuation left out."""
    errors = length = 0
    for said, heard in pairs:
        want, got = _bare(said), _bare(heard)
        errors += _distance(want, got)
        length += len(want)
    return errors / length


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).lower()


def _distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for place, character in enumerate(left):
        above, row = row, [place + 1]
        for column, other in enumerate(right):
            row.append(
                min(above[column] + (character != other), above[column + 1] + 1, row[-1] + 1)
            )
    return row[-1]
