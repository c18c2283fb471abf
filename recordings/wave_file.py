"""Our recordings as files: 8 kHz, 16-bit, stereo WAV with a header of 44 bytes.

A file left by a dead process may hold more than its header tells of; `mend` makes the header true.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

CHANNELS = 2
SAMPLE_RATE_HZ = 8000
SAMPLE_BYTES = 2
FRAME_BYTES = CHANNELS * SAMPLE_BYTES
HEADER_BYTES = 44

_BYTES_PER_SECOND = SAMPLE_RATE_HZ * FRAME_BYTES
_LENGTH = struct.Struct("<I")
_RIFF_LENGTH_AT = 4
_DATA_LENGTH_AT = 40
_BLOCK_BYTES = 1 << 18


def mend(path: Path) -> float:
    """Makes the header tell of all the audio in the file; a sound file is left as it is.

    Returns:
        How long the recording is, in seconds.

    Raises:
        OSError: The file cannot be read or written.
        ValueError: The file is not one of our recordings.
    """
    with path.open("r+b") as file:
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or header[:4] != b"RIFF" or header[36:40] != b"data":
            raise ValueError(f"{path.name} is not a recording")
        size = file.seek(0, os.SEEK_END) - HEADER_BYTES
        size -= size % FRAME_BYTES
        if _LENGTH.unpack_from(header, _DATA_LENGTH_AT)[0] != size:
            # A torn last sample would make the file's length odd to strict readers.
            file.truncate(HEADER_BYTES + size)
            file.seek(_RIFF_LENGTH_AT)
            file.write(_LENGTH.pack(size + HEADER_BYTES - 8))
            file.seek(_DATA_LENGTH_AT)
            file.write(_LENGTH.pack(size))
            file.flush()
            os.fsync(file.fileno())
    return size / _BYTES_PER_SECOND


def blocks(path: Path) -> Iterator[bytes]:
    """The audio of a sound file in pieces of whole stereo samples, interleaved."""
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        while block := file.read(_BLOCK_BYTES):
            yield block


def sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of the whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
