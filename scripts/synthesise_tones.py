"""Makes the audio without words: hold audio, ringing tone, and the tone before a message.

Run by hand: `.venv/bin/python scripts/synthesise_tones.py`. Writes 8000 Hz mono 16-bit WAV files to
ivr/prompts/audio/any/. The melody is our own and free of rights; the output is the same every time.
"""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).resolve().parent.parent / "ivr" / "prompts" / "audio" / "any"

RATE_HZ = 8_000

HOLD_DBFS = -26.0
"""6 dB below the prompts, so that a voice stands out and an old telephone does not rattle."""

RINGBACK_DBFS = -22.0

Audio = npt.NDArray[np.float64]

BEAT_SECONDS = 0.45
NOTE_SECONDS = 3.2
"""A struck note fades over several beats, so that the melody has no hard edges."""

# D, E, G, A, B: the pentatonic scale has no half steps, so overlapping notes never rub.
PITCHES_HZ = {"D": 293.66, "E": 329.63, "G": 392.00, "A": 440.00, "B": 493.88, "d": 587.33}

MELODY = (
    "D.A. B.A. G... E...",
    "G.B. d.B. A... ....",
    "B.A. G.E. D... G...",
    "E.G. A.G. D... ....",
)
"""One character is a beat, a dot lets the note before it sound on."""

HARMONICS = (1.0, 0.32, 0.10)
"""Like a soft metal bar; more overtones would be cut or distorted by the line."""


def note(pitch_hz: float) -> Audio:
    """One struck note that fades away."""
    time = np.arange(int(NOTE_SECONDS * RATE_HZ)) / RATE_HZ
    tone = sum(
        strength * np.sin(2 * np.pi * pitch_hz * number * time) * np.exp(-time * number * 1.1)
        for number, strength in enumerate(HARMONICS, start=1)
    )
    attack = np.minimum(1.0, time / 0.03)
    release = np.minimum(1.0, (NOTE_SECONDS - time) / 0.2)
    return np.asarray(tone * attack * release)


def melody() -> Audio:
    """The hold audio: each line of `MELODY` after the other; its end fades into its beginning."""
    beats = "".join(MELODY).replace(" ", "")
    length = int(len(beats) * BEAT_SECONDS * RATE_HZ)
    audio = np.zeros(length)
    for beat, name in enumerate(beats):
        if name != ".":
            struck = note(PITCHES_HZ[name])
            start = int(beat * BEAT_SECONDS * RATE_HZ)
            # The last notes sound on over the first, because the melody is played in a loop.
            audio[(start + np.arange(len(struck))) % length] += struck
    return levelled(audio, HOLD_DBFS)


def ringback() -> Audio:
    """China's ringing tone: 450 Hz, 1 s on, 4 s off (ITU-T E.180 Supplement 2)."""
    time = np.arange(RATE_HZ) / RATE_HZ
    edges = np.minimum(1.0, np.minimum(time, 1.0 - time) / 0.01)
    ring = levelled(np.sin(2 * np.pi * 450 * time) * edges, RINGBACK_DBFS)
    return np.concatenate([ring, np.zeros(4 * RATE_HZ)])


def message_tone() -> Audio:
    """The tone after which a caller speaks: 1 kHz for 0.4 s, as answering machines have it."""
    time = np.arange(int(0.4 * RATE_HZ)) / RATE_HZ
    edges = np.minimum(1.0, np.minimum(time, 0.4 - time) / 0.01)
    return levelled(np.sin(2 * np.pi * 1000 * time) * edges, RINGBACK_DBFS)


def levelled(audio: Audio, dbfs: float) -> Audio:
    """The audio at a root mean square level of `dbfs`."""
    return np.asarray(audio * (10 ** (dbfs / 20) / np.sqrt((audio**2).mean())))


def write_wav(path: Path, audio: Audio) -> None:
    """Writes 16-bit mono at `RATE_HZ`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes())


def main() -> None:
    """Writes all files."""
    write_wav(FOLDER / "hold.wav", melody())
    write_wav(FOLDER / "ringback.wav", ringback())
    write_wav(FOLDER / "message_tone.wav", message_tone())


if __name__ == "__main__":
    main()
