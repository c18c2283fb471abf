"""Prompts: WAV files as frames that are ready to send, and the playing of them."""

import wave
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import numpy as np

from hotline.rtp import FRAME_SAMPLES, SAMPLE_RATE_HZ
from ivr.media.control import Codec
from ivr.media.errors import PromptUnreadable
from ivr.media.g711 import SILENCE, Samples, encode
from ivr.media.mixer import limited
from ivr.media.tones import Tone, tone

Frames = tuple[bytes, ...]

# An hour of prompts in one law takes 29 MB.
_CACHED_FRAMES = 180_000

# Longer is no prompt but a mistake, and would hold up the thread that loads them.
_LONGEST_SECONDS = 600

# The engine's own thread needs the interpreter every 10 ms: encode in pieces that take far less.
_SAMPLES_AT_ONCE = 16_000


# How loud a voice is: -20 dB of a full range; from 6 dB off on a prompt is changed, and by 18 dB at
# most, since what is still quieter is rather a bad recording, whose noise would come up too.
_LEVEL_RMS = 32_768 * 10 ** (-20 / 20)
_TOLERATED_GAIN = 10 ** (6 / 20)
_LARGEST_GAIN = 10 ** (18 / 20)

# Nothing is said at all (-60 dB).
_QUIETEST_RMS = 32.8


def load_frames(path: Path, codec: Codec) -> Frames:
    """A WAV file as 20 ms payloads, the last one filled up with silence.

    Args:
        path: An 8 kHz mono 16-bit WAV of at most ten minutes.
        codec: The law the payloads shall be in.

    Raises:
        PromptUnreadable: It is missing, or of another kind.
    """
    try:
        with wave.open(str(path), "rb") as file:
            kind = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if kind != (SAMPLE_RATE_HZ, 1, 2) or file.getnframes() > _LONGEST_SECONDS * kind[0]:
                raise PromptUnreadable(
                    f"The prompt {path} is not an 8 kHz mono 16-bit WAV of at most ten minutes."
                )
            pcm = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise PromptUnreadable(f"The prompt {path} cannot be read as a WAV file.") from error
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.int16, copy=False)
    samples = levelled(samples)
    pieces = range(0, len(samples), _SAMPLES_AT_ONCE)
    payload = b"".join(encode(samples[at : at + _SAMPLES_AT_ONCE], codec) for at in pieces)
    return _cut(payload, codec)


@lru_cache(maxsize=8)
def tone_frames(kind: Tone, codec: Codec) -> Frames:
    """One round of a tone as 20 ms payloads."""
    return _cut(encode(tone(kind), codec), codec)


def levelled(samples: Samples) -> Samples:
    """A prompt as loud as the others, if it is far from that.

    Anybody may replace a prompt by a recording of their own, and those are as loud as it happened.
    What is right already is left bit for bit.
    """
    whole = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].astype(np.float32)
    power = (whole.reshape(-1, FRAME_SAMPLES) ** 2).mean(axis=1)
    loudest = float(power.max(initial=0))
    if loudest < _QUIETEST_RMS**2:
        return samples
    # Pauses say nothing of how loud the voice is.
    spoken = float(power[power > loudest / 1000].mean())
    gain = _LEVEL_RMS / spoken**0.5
    if 1 / _TOLERATED_GAIN <= gain <= _TOLERATED_GAIN:
        return samples
    gain = min(gain, _LARGEST_GAIN)
    pieces = (
        samples[at : at + _SAMPLES_AT_ONCE] for at in range(0, len(samples), _SAMPLES_AT_ONCE)
    )
    return np.concatenate([limited(np.rint(piece * gain).astype(np.int32)) for piece in pieces])


def _cut(payload: bytes, codec: Codec) -> Frames:
    missing = -len(payload) % FRAME_SAMPLES
    payload += SILENCE[codec][:missing]
    return tuple(payload[at : at + FRAME_SAMPLES] for at in range(0, len(payload), FRAME_SAMPLES))


class PromptCache:
    """Keeps the prompts used most recently; a file that was replaced on disk counts as another.

    Belongs to the thread that loads.
    """

    def __init__(self, *, most_frames: int = _CACHED_FRAMES) -> None:
        self._most_frames = most_frames
        self._frames = 0
        self._loaded: OrderedDict[tuple[str, int, int, Codec], Frames] = OrderedDict()

    def load(self, paths: Sequence[Path], codec: Codec) -> Frames:
        """The frames of some files, one after the other.

        Raises:
            PromptUnreadable: One of them cannot be played.
        """
        parts = [self._load_one(path, codec) for path in paths]
        return parts[0] if len(parts) == 1 else tuple(frame for part in parts for frame in part)

    def _load_one(self, path: Path, codec: Codec) -> Frames:
        try:
            status = path.stat()
        except OSError as error:
            raise PromptUnreadable(f"The prompt {path} is missing.") from error
        name = (str(path), status.st_mtime_ns, status.st_size, codec)
        frames = self._loaded.get(name)
        if frames is None:
            frames = load_frames(path, codec)
            self._loaded[name] = frames
            self._frames += len(frames)
            self._make_room()
        self._loaded.move_to_end(name)
        return frames

    def _make_room(self) -> None:
        while self._frames > self._most_frames and len(self._loaded) > 1:
            _, frames = self._loaded.popitem(last=False)
            self._frames -= len(frames)


class Playback:
    """One play on one leg: where it is, and what ends it.

    Attributes:
        play: The number by which ivr knows it.
        barge_in: Whether a key ends it.
        coming: The frames that are left; None while they are being loaded.
    """

    __slots__ = ("_loop", "barge_in", "coming", "play")

    def __init__(self, *, play: int, loop: bool, barge_in: bool) -> None:
        self.play = play
        self.barge_in = barge_in
        self.coming: Iterator[bytes] | None = None
        self._loop = loop

    def begin(self, frames: Frames) -> None:
        """Starts to play; until then `is_waiting`."""
        self.coming = cycle(frames) if self._loop else iter(frames)

    def translate(self, table: bytes | None) -> None:
        """Changes the law of what is left, by a table of `g711.translation`."""
        if self.coming is not None:
            self.coming = (frame.translate(table) for frame in self.coming)

    @property
    def is_waiting(self) -> bool:
        """Whether the frames are still being loaded."""
        return self.coming is None

    def take(self) -> bytes | None:
        """The next frame, or None when it is over. While it waits there is none either."""
        return None if self.coming is None else next(self.coming, None)
