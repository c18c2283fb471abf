"""G.711 as the engine uses it: by codec, whole payloads at a time.

A payload that only changes its law or its loudness is one `bytes.translate`; numpy is needed only
where several voices are added up.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hotline.g711 import A_LAW, U_LAW, Law, Samples as Samples
from hotline.rtp import FRAME_SAMPLES
from ivr.media.control import Codec

_LAWS: dict[Codec, Law] = {Codec.PCMA: A_LAW, Codec.PCMU: U_LAW}

TO_LINEAR: dict[Codec, Samples] = {codec: law.to_linear for codec, law in _LAWS.items()}

# One frame in which nothing is heard: the code of the smallest positive value.
SILENCE: dict[Codec, bytes] = {
    codec: bytes([law.silence]) * FRAME_SAMPLES for codec, law in _LAWS.items()
}


def decode(payload: bytes | bytearray, codec: Codec) -> Samples:
    """G.711 bytes as 16-bit samples."""
    return _LAWS[codec].decode(payload)


def encode(samples: Samples, codec: Codec) -> bytes:
    """16-bit samples as G.711 bytes."""
    return _LAWS[codec].encode(samples)


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
