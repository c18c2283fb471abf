"""Voice activity: where speech begins and ends, so that silence costs nothing.

`Cutter` turns 20 ms frames into utterances with a little audio before and half a second after.
It is told how long an utterance may get; near that length ever shorter pauses will do.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import webrtcvad

from asr.engine import FRAME_MS, SAMPLE_RATE_HZ

# WebRTC's detector, 0 (lets much through) to 3 (strict); 2 for the noise of telephone lines.
_STRICTNESS = 2

# Speech begins when 6 of the last 10 frames carry voice (120 of 200 ms): clicks and coughs do not.
_BEGIN_WINDOW = 10
_BEGIN_VOICED = 6
# What is kept from before that moment: the window and 300 ms, for soft first consonants.
_BEFORE_FRAMES = _BEGIN_WINDOW + 300 // FRAME_MS

# Silence of half a second ends an utterance (2026-11-21: half the wait of Vosk's own rule).
HANGOVER_MS = 500
# The pause that ends an utterance once it has grown to these parts of its greatest length.
_IMPATIENCE = ((0.85, 100), (0.6, 240))

# From such a pause on the utterance may be over, and work on it may begin.
_PAUSE_MS = 240

IsVoice = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Begun:
    """Speech began; the audio that follows starts here on the recording's clock."""

    position_ms: int


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio of the utterance that has begun."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The utterance is over; its last voiced frame ends here."""

    position_ms: int


@dataclass(frozen=True, slots=True)
class Paused:
    """The utterance may be over: half a pause has gone by."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It was not over."""


Cut = Begun | Audio | Ended | Paused | Resumed


def voice_detector() -> IsVoice:
    """A detector for one side of a call: is there voice in this 20 ms frame of PCM?"""
    vad = webrtcvad.Vad(_STRICTNESS)

    def is_voice(pcm: bytes) -> bool:
        return bool(vad.is_speech(pcm, SAMPLE_RATE_HZ))

    return is_voice


class Cutter:
    """Cuts one side of a call into utterances."""

    def __init__(
        self, is_voice: IsVoice, *, longest_ms: int | None = None, tells_pauses: bool = False
    ) -> None:
        """Args:
        is_voice: Tells voice from silence in a frame.
        longest_ms: The greatest length of an utterance; None when it does not matter.
        tells_pauses: Whether pauses are told that may be its end.
        """
        self._is_voice = is_voice
        self._longest_ms = longest_ms
        self._before: deque[tuple[int, bytes]] = deque(maxlen=_BEFORE_FRAMES)
        self._voiced: deque[bool] = deque(maxlen=_BEGIN_WINDOW)
        self._begun_at: int | None = None
        self._voice_end = 0
        self._tells_pauses = tells_pauses
        self._is_paused = False

    @property
    def is_speaking(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return self._begun_at is not None

    def inherit(self, other: "Cutter") -> None:
        """Goes on where another cutter waits, so that the beginning of a word is not lost."""
        self._before.extend(other._before)
        self._voiced.extend(other._voiced)

    def push(self, pcm: bytes, position_ms: int, *, is_silence: bool = False) -> list[Cut]:
        """Takes the next frame; frames must follow each other, else call `end` between them.

        Args:
            pcm: 20 ms of PCM.
            position_ms: Where it begins.
            is_silence: It is known to be silence; the detector is not asked.
        """
        is_voiced = not is_silence and self._is_voice(pcm)
        if self._begun_at is None:
            return self._wait(pcm, position_ms, is_voiced=is_voiced)
        now = position_ms + FRAME_MS
        if is_voiced:
            self._voice_end = now
        cuts: list[Cut] = [Resumed()] if self._is_paused and is_voiced else []
        self._is_paused = self._is_paused and not is_voiced
        cuts.append(Audio(pcm))
        length, pause = now - self._begun_at, now - self._voice_end
        is_full = self._longest_ms is not None and length >= self._longest_ms
        if is_full or pause >= self._patience_ms(length):
            cuts += self.end()
        elif self._tells_pauses and pause >= _PAUSE_MS and not self._is_paused:
            self._is_paused = True
            cuts.append(Paused())
        return cuts

    def end(self) -> list[Cut]:
        """Ends the utterance if there is one, and forgets what came before."""
        self._before.clear()
        self._voiced.clear()
        if self._begun_at is None:
            return []
        self._begun_at = None
        self._is_paused = False
        return [Ended(self._voice_end)]

    def _wait(self, pcm: bytes, position_ms: int, *, is_voiced: bool) -> list[Cut]:
        self._before.append((position_ms, pcm))
        self._voiced.append(is_voiced)
        if sum(self._voiced) < _BEGIN_VOICED:
            return []
        start = self._before[0][0]
        audio = b"".join(frame for _, frame in self._before)
        self._before.clear()
        self._voiced.clear()
        self._begun_at = start
        self._voice_end = position_ms + FRAME_MS
        return [Begun(start), Audio(audio)]

    def _patience_ms(self, length_ms: int) -> int:
        if self._longest_ms is not None:
            for part, patience in _IMPATIENCE:
                if length_ms >= part * self._longest_ms:
                    return patience
        return HANGOVER_MS
