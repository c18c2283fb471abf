"""G.711: both laws, as tables (ITU-T G.711, tables 1 and 2).

Everything is a look-up. A payload that only changes its law or its loudness is one
`bytes.translate`; numpy is needed only where several voices are added up.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ivr.media.control import Codec
from ivr.media.rtp import FRAME_SAMPLES

Samples = NDArray[np.int16]

# A-law sends its even bits inverted, u-law all of them, so that silence is not a row of zeros.
_A_LAW_MASK = 0x55
_U_LAW_MASK = 0xFF
_SIGN = 0x80

# u-law adds 33 to 14-bit magnitudes, so that each segment begins at a power of two.
_U_LAW_BIAS = 33
_U_LAW_LARGEST = 8191


def _a_law_to_linear() -> Samples:
    code = np.arange(256) ^ _A_LAW_MASK
    segment, step = (code >> 4) & 7, code & 0x0F
    # 13-bit values; each is the middle of its interval.
    first = 2 * step + 1
    magnitude = np.where(segment == 0, first, (first + 32) << np.maximum(segment - 1, 0))
    return (np.where(code & _SIGN, magnitude, -magnitude) * 8).astype(np.int16)


def _u_law_to_linear() -> Samples:
    code = np.arange(256) ^ _U_LAW_MASK
    segment, step = (code >> 4) & 7, code & 0x0F
    magnitude = ((2 * step + _U_LAW_BIAS) << segment) - _U_LAW_BIAS
    return (np.where(code & _SIGN, -magnitude, magnitude) * 4).astype(np.int16)


def _every_sample() -> NDArray[np.int32]:
    """All 16-bit samples, in the order of their unsigned 16-bit pattern."""
    return np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _segment_of(magnitude: NDArray[np.int32], first_power: int) -> NDArray[np.int32]:
    """How often a magnitude doubles beyond 2**first_power; 0 for all below."""
    segment = np.zeros(magnitude.shape, np.int32)
    for power in range(first_power, first_power + 7):
        segment += magnitude >= 1 << power
    return segment


def _linear_to_a_law() -> NDArray[np.uint8]:
    sample = _every_sample() >> 3
    magnitude = np.where(sample < 0, ~sample, sample)
    segment = _segment_of(magnitude, 5)
    step = (magnitude >> np.maximum(segment, 1)) & 0x0F
    code = (segment << 4) | step | np.where(sample < 0, 0, _SIGN)
    return (code ^ _A_LAW_MASK).astype(np.uint8)


def _linear_to_u_law() -> NDArray[np.uint8]:
    sample = _every_sample() >> 2
    magnitude: NDArray[np.int32] = np.minimum(np.abs(sample) + _U_LAW_BIAS, _U_LAW_LARGEST)
    segment = _segment_of(magnitude, 6)
    step = (magnitude >> (segment + 1)) & 0x0F
    code = (segment << 4) | step | np.where(sample < 0, _SIGN, 0)
    return (code ^ _U_LAW_MASK).astype(np.uint8)


TO_LINEAR: dict[Codec, Samples] = {
    Codec.PCMA: _a_law_to_linear(),
    Codec.PCMU: _u_law_to_linear(),
}
_FROM_LINEAR: dict[Codec, NDArray[np.uint8]] = {
    Codec.PCMA: _linear_to_a_law(),
    Codec.PCMU: _linear_to_u_law(),
}

# One frame in which nothing is heard: the code of the smallest positive value.
SILENCE: dict[Codec, bytes] = {
    Codec.PCMA: b"\xd5" * FRAME_SAMPLES,
    Codec.PCMU: b"\xff" * FRAME_SAMPLES,
}


def decode(payload: bytes | bytearray, codec: Codec) -> Samples:
    """G.711 bytes as 16-bit samples."""
    samples: Samples = TO_LINEAR[codec][np.frombuffer(payload, np.uint8)]
    return samples


def encode(samples: Samples, codec: Codec) -> bytes:
    """16-bit samples as G.711 bytes."""
    return _FROM_LINEAR[codec][samples.view(np.uint16)].tobytes()


@lru_cache(maxsize=256)
def translation(source: Codec, target: Codec, gain: float) -> bytes | None:
    """The table that changes law and loudness of a payload by `bytes.translate`.

    Args:
        source: The law the payload is in.
        target: The law it shall be in.
        gain: Factor on the amplitude; louder than 16 bits is clipped.

    Returns:
        256 bytes, or None when the payload can go as it is.
    """
    if source is target and gain == 1.0:
        return None
    table = bytearray(encode(amplified(source, gain).astype(np.int16), target))
    # The laws have different smallest values; digital silence shall stay digital silence.
    table[SILENCE[source][0]] = SILENCE[target][0]
    return bytes(table)


@lru_cache(maxsize=256)
def amplified(source: Codec, gain: float) -> NDArray[np.int32]:
    """The linear value of each of the 256 codes times a gain, clipped to 16 bits."""
    louder = np.rint(TO_LINEAR[source] * gain)
    clipped: NDArray[np.int32] = np.clip(louder, -32_768, 32_767).astype(np.int32)
    return clipped
