"""WAV files for `hotline call`: any rate and width in, 8000 Hz mono 16 bit out."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotline.errors import InvalidInput
from hotline.g711 import Samples
from hotline.rtp import SAMPLE_RATE_HZ

# Half the length of the low-pass filter, in samples of the slower rate; 32 keeps what is beyond
# 4 kHz 60 dB down, so that nothing of it folds back into the telephone band.
_FILTER_REACH = 32
# Of the band below half the rate; the rest is the filter's slope.
_PASS_BAND = 0.92
_LONGEST_SECONDS = 600


def read_speech(path: Path) -> Samples:
    """The file's sound as the telephone carries it: 8000 Hz, mono, 16 bit.

    Raises:
        InvalidInput: It is no PCM WAV, has no sound in it, or more than ten minutes.
    """
    try:
        with path.open("rb") as source, wave.open(source) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            if not 0 < file.getnframes() <= _LONGEST_SECONDS * rate:
                raise InvalidInput(f"{path} is empty or longer than {_LONGEST_SECONDS} seconds.")
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise InvalidInput(f"{path} cannot be read as a PCM WAV file: {error}.") from error
    samples = _decode(data, width)
    mono = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1)
    resampled = resample(mono, rate_hz=rate, target_hz=SAMPLE_RATE_HZ)
    rounded: Samples = np.clip(np.rint(resampled), -32_768, 32_767).astype(np.int16)
    return rounded


def write_heard(path: Path, samples: Samples) -> None:
    """Writes 8000 Hz mono 16 bit.

    Raises:
        InvalidInput: The file cannot be written.
    """
    try:
        with path.open("wb") as target, wave.open(target) as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE_HZ)
            file.writeframes(samples.astype("<i2").tobytes())
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error


def resample(samples: NDArray[np.float64], *, rate_hz: int, target_hz: int) -> NDArray[np.float64]:
    """The same sound at another rate.

    Args:
        samples: One channel.
        rate_hz: Its rate.
        target_hz: The wanted rate.
    """
    if rate_hz == target_hz or len(samples) == 0:
        return samples
    if rate_hz > target_hz:
        samples = np.convolve(samples, _low_pass(target_hz / rate_hz), mode="same")
    count = max(1, round(len(samples) * target_hz / rate_hz))
    positions = np.arange(count) * (rate_hz / target_hz)
    resampled: NDArray[np.float64] = np.interp(positions, np.arange(len(samples)), samples)
    return resampled


def _low_pass(share: float) -> NDArray[np.float64]:
    """A windowed sinc that keeps the lower `share` of the band."""
    reach = round(_FILTER_REACH / share)
    cutoff = share * _PASS_BAND
    taps = np.sinc(np.arange(-reach, reach + 1) * cutoff) * np.blackman(2 * reach + 1)
    normalised: NDArray[np.float64] = taps / taps.sum()
    return normalised


def _decode(data: bytes, width: int) -> NDArray[np.float64]:
    """PCM of any width as numbers in the range of 16 bit."""
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256
    if width == 3:
        raw = np.frombuffer(data[: len(data) // 3 * 3], np.uint8).reshape(-1, 3)
        # The third byte carries the sign; the first is below what 16 bit can show.
        high = raw[:, 2].astype(np.int8).astype(np.float64)
        return high * 256 + raw[:, 1]
    if width == 4:
        return np.frombuffer(data, "<i4").astype(np.float64) / 65_536
    return np.frombuffer(data, "<i2").astype(np.float64)
