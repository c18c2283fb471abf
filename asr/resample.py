"""From the telephone's 8000 Hz to the 16000 Hz that most speech models were trained on."""

import numpy as np
import numpy.typing as npt

# A windowed sinc of 33 taps: flat to 3.4 kHz, where the telephone channel ends.
_HALF = 16
_TAPS = np.sinc(np.arange(-_HALF, _HALF + 1) / 2) * np.hamming(2 * _HALF + 1)


def doubled(pcm: bytes) -> npt.NDArray[np.float32]:
    """A whole utterance at twice its rate.

    Args:
        pcm: Signed 16-bit little-endian PCM, 8000 Hz, mono.

    Returns:
        Samples at 16000 Hz, -1 to 1.
    """
    samples = np.frombuffer(pcm, dtype="<i2")
    if not len(samples):
        return np.zeros(0, dtype=np.float32)
    spread = np.zeros(len(samples) * 2, dtype=np.float64)
    spread[::2] = samples
    full = np.convolve(spread, _TAPS)[_HALF : _HALF + len(spread)]
    return (full / 32768).astype(np.float32)


class Doubler:
    """Doubles the rate of audio that comes in pieces, without a click where they meet."""

    def __init__(self) -> None:
        self._past = np.zeros(2 * _HALF, dtype=np.float64)

    def push(self, pcm: bytes) -> bytes:
        """The next piece at 16000 Hz; one millisecond behind what went in."""
        samples = np.frombuffer(pcm, dtype="<i2")
        spread = np.zeros(len(samples) * 2, dtype=np.float64)
        spread[::2] = samples
        whole = np.concatenate((self._past, spread))
        self._past = whole[len(whole) - 2 * _HALF :]
        if not len(samples):
            return b""
        smooth = np.convolve(whole, _TAPS, mode="valid")
        return np.clip(np.rint(smooth), -32768, 32767).astype("<i2").tobytes()
