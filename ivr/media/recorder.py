"""Recordings in progress: two voices, frame by frame, handed to the writer once a second."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hotline.rtp import FRAME_MS
from ivr.media.bank import Bank
from ivr.media.blend import Blend
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE
from ivr.media.interleaver import Channel, Interleaver
from ivr.media.jitter import Bytes
from ivr.media.mixer import Voice
from ivr.media.tape import FRAMES_PER_HANDOVER, Tape
from ivr.media.wav_writer import LONGEST_FRAMES, WavWriter

# A disk so far behind will not catch up: about 300 MB of memory.
_LARGEST_BACKLOG = 10_000


class Nobody:
    """The voice of a channel that no leg speaks on."""

    codec = Codec.PCMA
    frame = SILENCE[Codec.PCMA]

    def __init__(self, bank: Bank) -> None:
        self.row = bank.nobody


@dataclass(frozen=True, slots=True)
class _Voices:
    """Who is on the channels of a recording."""

    left: Voice | None = None
    right: Voice | None = None
    beside: tuple[Voice, ...] = ()

    @property
    def on_the_right(self) -> tuple[Voice, ...]:
        return self.beside if self.right is None else (self.right, *self.beside)


_SILENCE = _Voices()


class Recording:
    """One recording; its clock counts a frame each tick, whatever the legs do.

    Args:
        name: The id that ivr gave it.
        bank: The table of the legs' frames.
        tape: Where its voices gather.
        writer: Who brings them to disk.
        interleaver: Makes one of the two voices.
        nobody: The voice of a channel without a leg.
        on_failure: Called with a sentence when it cannot go on.
    """

    def __init__(
        self,
        name: str,
        *,
        bank: Bank,
        tape: Tape,
        writer: WavWriter,
        interleaver: Interleaver,
        nobody: Voice,
        on_failure: Callable[["Recording", str], None],
    ) -> None:
        self.name = name
        self._bank = bank
        self._tape = tape
        self._row = tape.add(self)
        self._writer = writer
        self._nobody = self._left = self._right = nobody
        self._wanted = _SILENCE
        self._is_paused = False
        self._interleaver = interleaver
        self._on_failure = on_failure
        self._handed_over = 0
        self._is_running = True

    @property
    def frames(self) -> int:
        """How many frames lie behind."""
        return self._handed_over + (self._tape.gathered(self._row) if self._is_running else 0)

    @property
    def seconds(self) -> float:
        """How much is recorded."""
        return self.frames * FRAME_MS / 1000

    def set_voices(
        self, left: Voice | None, right: Voice | None, beside: Sequence[Voice] = ()
    ) -> None:
        """Says whom the channels take from now on, or after the pause; None is silence.

        Args:
            left: The voice of the left channel.
            right: The voice of the right channel.
            beside: Who else is on the right channel.
        """
        self._wanted = _Voices(left, right, tuple(beside))
        if not self._is_paused:
            self._record(self._wanted)

    def pause(self, paused: bool) -> None:
        """Records silence in place of all voices, or no more."""
        self._is_paused = paused
        self._record(_SILENCE if paused else self._wanted)

    def _record(self, voices: "_Voices") -> None:
        self.hand_over()
        self._left = voices.left or self._nobody
        self._right = self._as_one(voices.on_the_right)
        self._tape.set_voices(self._row, self._left.row, self._right.row)

    def _as_one(self, voices: Sequence[Voice]) -> Voice:
        self._tape.set_blend(self._row, None)
        if len(voices) < 2:
            return voices[0] if voices else self._nobody
        blend = Blend(self._bank, voices)
        self._tape.set_blend(self._row, blend)
        return blend

    def records(self, voice: Voice) -> bool:
        """Whether a voice is on one of the channels."""
        wanted = self._wanted
        return voice is wanted.left or voice is wanted.right or voice in wanted.beside

    def renew(self) -> None:
        """Goes on with the voices as they are now; needed after the law of one has changed."""
        self.pause(self._is_paused)

    def drop_voice(self, voice: Voice) -> None:
        """Goes on with silence in place of a voice."""
        if not self.records(voice):
            return
        left, right, beside = self._wanted.left, self._wanted.right, self._wanted.beside
        self.set_voices(
            None if voice is left else left,
            None if voice is right else right,
            [each for each in beside if each is not voice],
        )

    def skip(self, ticks: int) -> None:
        """Records silence for a time in which the machine stood still."""
        self.hand_over()
        silence = np.frombuffer(self._nobody.frame * ticks, np.uint8)
        channel = Channel(self._nobody.codec, silence)
        self._handed_over += ticks
        samples = self._interleaver.interleave(channel, None)
        self._writer.append(self.name, samples, failed=self._fail)

    def hand_over(self) -> None:
        """Gives the writer what has gathered; needed before a voice or its law changes."""
        left, right = self._tape.take(self._row)
        frames = len(left)
        if not frames:
            return
        self._handed_over += frames
        if self._writer.backlog > _LARGEST_BACKLOG:
            self._on_failure(self, "The disk does not keep up with the recordings.")
            return
        samples = self._interleaver.interleave(
            Channel(self._left.codec, left), self._heard_on_the_right(right)
        )
        self._writer.append(self.name, samples, failed=self._fail)
        if self._handed_over > LONGEST_FRAMES - FRAMES_PER_HANDOVER:
            self._on_failure(self, "The recording has reached the longest that a WAV file holds.")

    def _heard_on_the_right(self, codes: Bytes) -> Channel | None:
        return None if self._right is self._nobody else Channel(self._right.codec, codes)

    def end(self) -> None:
        """Counts no more; what has gathered and was not handed over is lost."""
        if self._is_running:
            self._is_running = False
            self._tape.remove(self._row)

    def _fail(self, error: OSError) -> None:
        self._on_failure(self, f"The recording cannot be written: {error.strerror}.")
