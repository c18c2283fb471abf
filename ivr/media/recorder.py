"""Recordings in progress: two voices, frame by frame, handed to the writer once a second."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE
from ivr.media.jitter import Frame
from ivr.media.mixer import Voice
from ivr.media.rtp import FRAME_MS
from ivr.media.wav_writer import LONGEST_FRAMES, Channel, WavWriter

# What is lost at most when the process is killed.
_FRAMES_PER_HANDOVER = 1000 // FRAME_MS

# A disk so far behind will not catch up: about 300 MB of memory.
_LARGEST_BACKLOG = 20_000


@dataclass(frozen=True, slots=True)
class _Nobody:
    """The voice of a channel that no leg speaks on."""

    codec: Codec = Codec.PCMA
    frame: Frame = SILENCE[Codec.PCMA]


_NOBODY = _Nobody()


class Recording:
    """One recording; its clock is its count of frames, one each tick, whatever the legs do.

    Attributes:
        name: The id that ivr gave it.
        frames: How many frames lie behind.
    """

    __slots__ = (
        *("_left", "_left_frames", "_on_failure", "_right", "_right_frames", "_writer"),
        *("frames", "name"),
    )

    def __init__(
        self, name: str, writer: WavWriter, *, on_failure: Callable[["Recording", str], None]
    ) -> None:
        self.name = name
        self.frames = 0
        self._writer = writer
        self._on_failure = on_failure
        self._left: Voice = _NOBODY
        self._right: Voice = _NOBODY
        self._left_frames: list[Frame] = []
        self._right_frames: list[Frame] = []

    @property
    def seconds(self) -> float:
        """How much is recorded."""
        return self.frames * FRAME_MS / 1000

    def set_voices(self, left: Voice | None, right: Voice | None) -> None:
        """Says whom the channels take from now on; None is silence."""
        self.hand_over()
        self._left = left or _NOBODY
        self._right = right or _NOBODY

    def records(self, voice: Voice) -> bool:
        """Whether a voice is on one of the channels."""
        return voice is self._left or voice is self._right

    def drop_voice(self, voice: Voice) -> None:
        """Goes on with silence in place of a voice."""
        if self.records(voice):
            left = None if voice is self._left else self._left
            self.set_voices(left, None if voice is self._right else self._right)

    def tick(self) -> None:
        """Takes the voices' present frames."""
        self._left_frames.append(self._left.frame)
        self._right_frames.append(self._right.frame)
        self.frames = frames = self.frames + 1
        if not frames % _FRAMES_PER_HANDOVER:
            self.hand_over()

    def skip(self, ticks: int) -> None:
        """Records silence for a time in which the machine stood still."""
        self.hand_over()
        silence = [_NOBODY.frame] * ticks
        self.frames += ticks
        channel = Channel(_NOBODY.codec, silence)
        self._writer.append(self.name, channel, channel, failed=self._failed)

    def hand_over(self) -> None:
        """Gives the writer what there is; needed before a voice or its law changes."""
        if not self._left_frames:
            return
        if self._writer.backlog > _LARGEST_BACKLOG:
            self._on_failure(self, "The disk does not keep up with the recordings.")
            return
        left = Channel(self._left.codec, self._left_frames)
        right = Channel(self._right.codec, self._right_frames)
        self._left_frames = []
        self._right_frames = []
        self._writer.append(self.name, left, right, failed=self._failed)
        if self.frames > LONGEST_FRAMES - _FRAMES_PER_HANDOVER:
            self._on_failure(self, "The recording has reached the longest that a WAV file holds.")

    def _failed(self, error: OSError) -> None:
        self._on_failure(self, f"The recording cannot be written: {error.strerror}.")
