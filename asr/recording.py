"""Reading one side of a stereo recording for the after-call transcript."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from asr.engine import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, SAMPLE_RATE_HZ
from asr.segments import Span
from asr.vad import Begun, Cutter, Ended, voice_detector

CHANNELS = {"caller": 0, "lawyer": 1}

_BLOCK_FRAMES = 50
_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000


class RecordingSide:
    """One channel of a recording: caller left, lawyer right."""

    def __init__(self, path: Path, speaker: str) -> None:
        self._path = path
        self._channel = CHANNELS[speaker]

    def speech(self, *, longest_ms: int) -> list[Span]:
        """Where somebody speaks, in pieces no longer than given.

        Raises:
            OSError: The file cannot be read.
            wave.Error: It is not a recording of ours.
        """
        cutter = Cutter(voice_detector(), longest_ms=longest_ms)
        spans: list[Span] = []
        begun = 0
        position_ms = 0
        for frame in self._frames():
            for cut in cutter.push(frame, position_ms):
                if isinstance(cut, Begun):
                    begun = cut.position_ms
                elif isinstance(cut, Ended):
                    spans.append(Span(begun, cut.position_ms))
            position_ms += FRAME_MS
        spans += [Span(begun, cut.position_ms) for cut in cutter.end() if isinstance(cut, Ended)]
        return spans

    def audio(self, span: Span) -> bytes:
        """The samples of a stretch, 16-bit mono at 8000 Hz."""
        with self._open() as file:
            file.setpos(min(file.getnframes(), span.start_ms * SAMPLE_RATE_HZ // 1000))
            return self._mono(file.readframes(span.length_ms * SAMPLE_RATE_HZ // 1000))

    def _frames(self) -> Iterator[bytes]:
        with self._open() as file:
            while block := self._mono(file.readframes(_SAMPLES * _BLOCK_FRAMES)):
                for start in range(0, len(block) - FRAME_BYTES + 1, FRAME_BYTES):
                    yield block[start : start + FRAME_BYTES]

    def _mono(self, stereo: bytes) -> bytes:
        channels = np.frombuffer(stereo, dtype="<i2").reshape(-1, len(CHANNELS))
        return channels[:, self._channel].tobytes()

    def _open(self) -> wave.Wave_read:
        file: wave.Wave_read = wave.open(str(self._path))
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (
            len(CHANNELS),
            BYTES_PER_MS * 1000 // SAMPLE_RATE_HZ,
            SAMPLE_RATE_HZ,
        ):
            file.close()
            raise wave.Error("not an 8 kHz 16-bit stereo recording")
        return file
