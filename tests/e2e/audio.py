"""Audio as tests need it: made, written, read, and found again in what was heard."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]


def speech_like(*, seconds: float, rate: int, seed: int) -> Samples:
    """Noise in the telephone band with a rhythm of syllables: no codec or VAD takes it for silence.

    Returns:
        Mono, -1 to 1, with a peak of 0.5.
    """
    generator = np.random.default_rng(seed)
    count = int(seconds * rate)
    spectrum = np.fft.rfft(generator.standard_normal(count))
    frequencies = np.fft.rfftfreq(count, 1 / rate)
    spectrum[(frequencies < 300) | (frequencies > 3000)] = 0
    noise = np.fft.irfft(spectrum, count)
    times = np.arange(count) / rate
    # Syllables come four to five a second, and their loudness never repeats.
    slow = np.interp(
        times,
        np.arange(0, seconds + 1, 0.23)[:count],
        generator.random(len(np.arange(0, seconds + 1, 0.23))),
    )
    voice = noise * (0.15 + slow)
    return np.asarray(voice / np.abs(voice).max() * 0.5)


def write_wav(path: Path, samples: Samples, *, rate: int) -> None:
    """Writes mono samples, -1 to 1, as 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def read_wav(path: Path) -> tuple[NDArray[np.float64], int]:
    """Reads a 16-bit WAV.

    Returns:
        Samples, -1 to 1, of shape (frames, channels), and the rate in Hz.
    """
    with wave.open(str(path), "rb") as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return raw.reshape(-1, file.getnchannels()) / 32768.0, file.getframerate()


def resampled(samples: Samples, *, rate: int, to: int) -> Samples:
    """The samples at another rate, by their spectrum."""
    if rate == to:
        return samples
    count = int(len(samples) * to / rate)
    spectrum = np.fft.rfft(samples)
    wanted = count // 2 + 1
    shaped = np.zeros(wanted, dtype=complex)
    shaped[: min(wanted, len(spectrum))] = spectrum[:wanted]
    return np.asarray(np.fft.irfft(shaped, count) * to / rate)


def best_correlation(heard: Samples, said: Samples) -> float:
    """How surely a stretch of `said` is found in `heard`, 0 to 1, wherever it begins.

    The normalised cross-correlation at its best lag: 1 is the same sound, unrelated sounds of some
    seconds stay below 0.1.
    """
    if len(heard) < len(said):
        heard = np.pad(heard, (0, len(said) - len(heard)))
    size = 1 << (len(heard) + len(said)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)
    lags = product[: len(heard) - len(said) + 1]
    energy = np.concatenate([[0.0], np.cumsum(heard**2)])
    windows = np.sqrt(np.maximum(energy[len(said) :] - energy[: -len(said)], 1e-9))
    return float(np.max(np.abs(lags) / windows[: len(lags)]) / np.sqrt(np.sum(said**2)))


def clarity(heard: Samples, said: Samples, *, window: int = 4000) -> float:
    """How surely most of `said` is found in `heard`: the median over its windows.

    For talks over networks: each jitter buffer on the way may play a frame earlier or later to keep
    up, and a long stretch with such a seam in it no longer lies on itself.

    Args:
        heard: What came out, 8 kHz.
        said: What went in, 8 kHz, at least one window long.
        window: Samples; half a second unless told.
    """
    parts = [said[at : at + window] for at in range(0, len(said) - window + 1, window)]
    # Pauses are found everywhere and nowhere.
    spoken = [part for part in parts if loudness(part) > loudness(said) / 4]
    return float(np.median([best_correlation(heard, part) for part in spoken]))


def loudness(samples: Samples) -> float:
    """Root mean square, 0 to 1."""
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0


def character_error_rate(said: str, heard: str) -> float:
    """Edits needed to make `heard` of `said`, per character of `said`."""
    previous = list(range(len(heard) + 1))
    for row, wanted in enumerate(said, 1):
        current = [row]
        for column, got in enumerate(heard, 1):
            change = previous[column - 1] + (wanted != got)
            current.append(min(previous[column] + 1, current[-1] + 1, change))
        previous = current
    return previous[-1] / max(len(said), 1)
