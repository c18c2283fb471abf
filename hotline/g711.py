"""G.711: both laws, as tables (ITU-T G.711, tables 1 and 2). Everything is a look-up."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

# A-law sends its even bits inverted, u-law all of them, so that silence is not a row of zeros.
_A_LAW_MASK = 0x55
_U_LAW_MASK = 0xFF
_SIGN = 0x80

# u-law adds 33 to 14-bit magnitudes, so that each segment begins at a power of two.
_U_LAW_BIAS = 33
_U_LAW_LARGEST = 8191


@dataclass(frozen=True, slots=True)
class Law:
    """One of the two laws.

    Attributes:
        payload_type: RTP's (RFC 3551 section 6).
        to_linear: The 16-bit sample of each of the 256 codes.
        from_linear: The code of each 16-bit sample, by its unsigned pattern.
        silence: The code of the smallest positive value.
    """

    payload_type: int
    to_linear: Samples = field(repr=False)
    from_linear: NDArray[np.uint8] = field(repr=False)
    silence: int

    def decode(self, payload: bytes | bytearray | memoryview) -> Samples:
        """G.711 bytes as 16-bit samples."""
        samples: Samples = self.to_linear[np.frombuffer(payload, np.uint8)]
        return samples

    def encode(self, samples: Samples) -> bytes:
        """16-bit samples as G.711 bytes."""
        return self.from_linear[samples.view(np.uint16)].tobytes()


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
    segment = np.zeros_like(magnitude)
    for power in range(first_power, first_power + 7):
        segment += magnitude >= 1 << power
    return segment


def _linear_to_a_law() -> NDArray[np.uint8]:
    sample = _every_sample() >> 3
    magnitude = np.where(sample < 0, ~sample, sample)
    segment = _segment_of(magnitude, 5)
    step = (magnitude >> np.maximum(segment, 1)) & 0x0F
    code: NDArray[np.int32] = (segment << 4) | step | np.where(sample < 0, 0, _SIGN)
    return (code ^ _A_LAW_MASK).astype(np.uint8)


def _linear_to_u_law() -> NDArray[np.uint8]:
    sample = _every_sample() >> 2
    magnitude = np.minimum(np.abs(sample) + _U_LAW_BIAS, _U_LAW_LARGEST)
    segment = _segment_of(magnitude, 6)
    step = (magnitude >> (segment + 1)) & 0x0F
    code: NDArray[np.int32] = (segment << 4) | step | np.where(sample < 0, _SIGN, 0)
    return (code ^ _U_LAW_MASK).astype(np.uint8)


U_LAW = Law(0, _u_law_to_linear(), _linear_to_u_law(), 0xFF)
A_LAW = Law(8, _a_law_to_linear(), _linear_to_a_law(), 0xD5)

LAWS = {law.payload_type: law for law in (U_LAW, A_LAW)}
