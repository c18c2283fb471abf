"""G.711 to linear PCM, by table: the fork carries what the telephone network carries.

ITU-T G.711 (11/88), tables 1a (A-law) and 2a (u-law).
"""

import numpy as np
import numpy.typing as npt

ULAW = 0
ALAW = 8


def _alaw_table() -> npt.NDArray[np.int16]:
    # Every second bit is inverted on the wire.
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = (code >> 4) & 7
    mantissa = (code & 0x0F) << 4
    linear = np.where(
        exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0)
    )
    return np.where(code & 0x80, linear, -linear).astype(np.int16)


def _ulaw_table() -> npt.NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    # 0x84 is the bias that makes the segments' steps line up.
    linear = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -linear, linear).astype(np.int16)


_TABLES = {ALAW: _alaw_table(), ULAW: _ulaw_table()}
CODECS = frozenset(_TABLES)


def decode(codec: int, payload: bytes) -> bytes:
    """Signed 16-bit little-endian PCM of a G.711 payload.

    Args:
        codec: `ALAW` or `ULAW`, which are RTP's payload types (RFC 3551 table 4).
        payload: One byte per sample.
    """
    samples = _TABLES[codec][np.frombuffer(payload, dtype=np.uint8)]
    return samples.astype("<i2", copy=False).tobytes()
