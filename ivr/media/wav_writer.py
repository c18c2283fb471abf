"""Recordings on disk: stereo 16-bit WAV files, written by a thread of their own.

The tick never waits for the disk. It hands over one second of payloads at a time; this thread turns
them into samples, appends them, and then corrects the lengths in the header. So at any moment,
kill -9 included, the file is a valid WAV that lacks at most the last second.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from ivr.media.control import Codec
from ivr.media.g711 import TO_LINEAR
from ivr.media.rtp import FRAME_SAMPLES, SAMPLE_RATE_HZ

CHANNELS = 2
SAMPLE_BYTES = 2
BYTES_PER_FRAME = FRAME_SAMPLES * CHANNELS * SAMPLE_BYTES

# RIFF, its length, WAVE; fmt, its length, PCM, channels, rate, bytes a second, bytes a sample of
# all channels, bits; data, its length.
_HEADER = Struct("<4sI4s4sIHHIIHH4sI")
_RIFF_OVERHEAD = _HEADER.size - 8

# Lengths are 32 bits: 37 hours of stereo.
LONGEST_FRAMES = (0xFFFF_FFFF - _RIFF_OVERHEAD) // BYTES_PER_FRAME

# Only the service reads recordings.
_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700


# One 32-bit pattern holds both channels of one instant, the left one in the lower half, so
# that it comes first in a file, where the lower bytes do.
def _patterns(codec: Codec, *, shift: int) -> NDArray[np.uint32]:
    return TO_LINEAR[codec].view(np.uint16).astype(np.uint32) << np.uint32(shift)


_LEFT = {codec: _patterns(codec, shift=0) for codec in Codec}
_RIGHT = {codec: _patterns(codec, shift=16) for codec in Codec}


@dataclass(frozen=True, slots=True)
class Channel:
    """One side of a stretch of time, in G.711."""

    codec: Codec
    payload: bytes


def header(data_bytes: int) -> bytes:
    """The 44 bytes before so many bytes of samples."""
    frame_bytes = CHANNELS * SAMPLE_BYTES
    return _HEADER.pack(
        b"RIFF",
        data_bytes + _RIFF_OVERHEAD,
        b"WAVE",
        b"fmt ",
        16,
        1,
        CHANNELS,
        SAMPLE_RATE_HZ,
        SAMPLE_RATE_HZ * frame_bytes,
        frame_bytes,
        8 * SAMPLE_BYTES,
        b"data",
        data_bytes,
    )


def interleave(left: Channel, right: Channel) -> bytes:
    """Two channels of equal length as 16-bit stereo samples."""
    # `take` with a mode that need not check is twice as fast as an index.
    pattern = np.take(_LEFT[left.codec], np.frombuffer(left.payload, np.uint8), mode="clip")
    pattern |= np.take(_RIGHT[right.codec], np.frombuffer(right.payload, np.uint8), mode="clip")
    return pattern.astype("<u4", copy=False).tobytes()


def repair(path: Path) -> float:
    """Makes the header of a recording tell all that the file holds; safe to do again.

    Returns:
        How long the recording is, in seconds.

    Raises:
        OSError: The file cannot be read or written.
        ValueError: It is not one of our recordings.
    """
    with path.open("r+b") as file:
        first = file.read(_HEADER.size)
        if len(first) < _HEADER.size or first[:4] != b"RIFF" or first[36:40] != b"data":
            raise ValueError(f"{path.name} is not a recording.")
        size = file.seek(0, os.SEEK_END) - _HEADER.size
        size -= size % (CHANNELS * SAMPLE_BYTES)
        file.seek(0)
        file.write(header(size))
    return size / (SAMPLE_RATE_HZ * CHANNELS * SAMPLE_BYTES)


class WavFile:
    """One recording's file; used by the writing thread only.

    Raises:
        OSError: The file exists already, or cannot be made.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        # What was recorded is never written over.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.open(path, flags, _FILE_MODE)
        self._size = 0
        os.pwrite(self._file, header(0), 0)

    def append(self, samples: bytes) -> None:
        """Adds samples; the header tells of them afterwards.

        Raises:
            OSError: The disk took none or not all of it; the file is valid up to there.
        """
        view = memoryview(samples)
        while view:
            written = os.pwrite(self._file, view, _HEADER.size + self._size)
            self._size += written
            view = view[written:]
        os.pwrite(self._file, header(self._size), 0)

    def close(self) -> None:
        """Makes sure that all of it is on the disk.

        Raises:
            OSError: It may not be.
        """
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)


@dataclass(frozen=True, slots=True)
class _Open:
    recording: str
    path: Path
    done: Callable[[OSError | None], None]


@dataclass(frozen=True, slots=True)
class _Append:
    recording: str
    left: Channel
    right: Channel
    failed: Callable[[OSError], None]


@dataclass(frozen=True, slots=True)
class _Close:
    recording: str
    done: Callable[[OSError | None], None]


class WavWriter:
    """The thread that writes recordings, in the order in which they are handed over.

    Args:
        deliver: Brings a callback to the thread in which it shall run.
    """

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._deliver = deliver
        self._jobs: SimpleQueue[_Open | _Append | _Close | None] = SimpleQueue()
        self._files: dict[str, WavFile] = {}
        self._problems: dict[str, OSError] = {}
        self._thread = threading.Thread(target=self._run, name="wav-writer", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """How many jobs wait for the disk."""
        return self._jobs.qsize()

    def open(self, recording: str, path: Path, *, done: Callable[[OSError | None], None]) -> None:
        """Makes a recording's file; `done` tells whether it could be."""
        self._jobs.put(_Open(recording, path, done))

    def append(
        self, recording: str, left: Channel, right: Channel, *, failed: Callable[[OSError], None]
    ) -> None:
        """Adds to a recording; `failed` is called once at most, and nothing is added after it."""
        self._jobs.put(_Append(recording, left, right, failed))

    def close(self, recording: str, *, done: Callable[[OSError | None], None]) -> None:
        """Closes a recording's file; `done` tells what has gone wrong with it, now or before."""
        self._jobs.put(_Close(recording, done))

    def stop(self, *, timeout_seconds: float) -> bool:
        """Writes all that waits, and ends the thread; False if that was not done in time."""
        self._jobs.put(None)
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            match job:
                case _Open():
                    self._open(job)
                case _Append():
                    self._append(job)
                case _Close():
                    self._close(job)

    def _open(self, job: _Open) -> None:
        problem: OSError | None = None
        try:
            self._files[job.recording] = WavFile(job.path)
        except OSError as error:
            problem = self._problems[job.recording] = error
        self._deliver(partial(job.done, problem))

    def _append(self, job: _Append) -> None:
        file = self._files.get(job.recording)
        if file is None:
            return
        try:
            file.append(interleave(job.left, job.right))
        except OSError as error:
            self._problems[job.recording] = error
            del self._files[job.recording]
            _close_quietly(file)
            self._deliver(partial(job.failed, error))

    def _close(self, job: _Close) -> None:
        problem = self._problems.pop(job.recording, None)
        file = self._files.pop(job.recording, None)
        if file is not None:
            try:
                file.close()
            except OSError as error:
                problem = error
        self._deliver(partial(job.done, problem))


def _close_quietly(file: WavFile) -> None:
    try:
        file.close()
    except OSError:
        return
