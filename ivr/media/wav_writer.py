"""Recordings on disk: stereo 16-bit WAV files, written by a thread of their own.

The tick never waits for the disk. It hands over one second of samples at a time; this thread
appends them, and then corrects the lengths in the header. So at any moment, kill -9 included, the
file is a valid WAV that lacks little more than the last second.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from struct import Struct

from hotline.rtp import FRAME_SAMPLES, SAMPLE_RATE_HZ

CHANNELS = 2
SAMPLE_BYTES = 2
BYTES_PER_FRAME = FRAME_SAMPLES * CHANNELS * SAMPLE_BYTES

# RIFF, its length, WAVE; fmt, its length, PCM, channels, rate, bytes a second, bytes a sample of
# all channels, bits; data, its length.
_HEADER = Struct("<4sI4s4sIHHIIHH4sI")
_RIFF_OVERHEAD = _HEADER.size - 8

# Lengths are 32 bits: 37 hours of stereo.
LONGEST_FRAMES = (0xFFFF_FFFF - _RIFF_OVERHEAD) // BYTES_PER_FRAME

# How long what was handed over waits before the writer looks.
_PAUSE_SECONDS = 0.2

# What was recorded is never written over.
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC

# Only the service reads recordings.
_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700


Task = Callable[[], None]


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
        try:
            self._file = os.open(path, _FLAGS, _FILE_MODE)
        except FileNotFoundError:
            # The first recording of the day.
            path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            self._file = os.open(path, _FLAGS, _FILE_MODE)
        self._size = 0
        os.pwrite(self._file, header(0), 0)

    def append(self, samples: bytes | memoryview) -> None:
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


class WavWriter:
    """The thread that writes recordings, in the order in which they are handed over.

    It does little but wait for the disk: whatever it computed would keep the interpreter from the
    tick, and make it late by as much. Nor is it woken for each piece: that takes longer than to
    write it. It looks by itself.

    Args:
        deliver: Brings a callback to the thread in which it shall run.
    """

    def __init__(self, deliver: Callable[[Task], None]) -> None:
        self._deliver = deliver
        self._jobs: deque[Task] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._files: dict[str, WavFile] = {}
        self._problems: dict[str, OSError] = {}
        self._thread = threading.Thread(target=self._run, name="wav-writer", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """How many jobs wait for the disk."""
        return len(self._jobs)

    def open(self, recording: str, path: Path, *, done: Callable[[OSError | None], None]) -> None:
        """Makes a recording's file; `done` tells whether it could be."""
        self._jobs.append(partial(self._open, recording, path, done))
        self._wake.set()

    def append(
        self, recording: str, samples: memoryview, *, failed: Callable[[OSError], None]
    ) -> None:
        """Adds to a recording; `failed` is called once at most, and nothing is added after it."""
        self._jobs.append(partial(self._append, recording, samples, failed))

    def close(self, recording: str, *, done: Callable[[OSError | None], None]) -> None:
        """Closes a recording's file; `done` tells what has gone wrong with it, now or before."""
        self._jobs.append(partial(self._close, recording, done))

    def stop(self, *, timeout_seconds: float) -> bool:
        """Writes all that waits, and ends the thread; False if that was not done in time."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            # Nobody wakes it for a close, so it looks by itself while there is one to come.
            is_busy = self._files or self._problems
            self._wake.wait(_PAUSE_SECONDS if is_busy else None)
            self._wake.clear()
            while self._jobs:
                self._jobs.popleft()()

    def _open(self, recording: str, path: Path, done: Callable[[OSError | None], None]) -> None:
        problem: OSError | None = None
        try:
            self._files[recording] = WavFile(path)
        except OSError as error:
            problem = self._problems[recording] = error
        self._deliver(partial(done, problem))

    def _append(
        self, recording: str, samples: memoryview, failed: Callable[[OSError], None]
    ) -> None:
        file = self._files.get(recording)
        if file is None:
            return
        try:
            file.append(samples)
        except OSError as error:
            self._problems[recording] = error
            del self._files[recording]
            with suppress(OSError):
                file.close()
            self._deliver(partial(failed, error))

    def _close(self, recording: str, done: Callable[[OSError | None], None]) -> None:
        problem = self._problems.pop(recording, None)
        file = self._files.pop(recording, None)
        if file is not None:
            try:
                file.close()
            except OSError as error:
                problem = error
        self._deliver(partial(done, problem))
