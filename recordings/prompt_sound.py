"""Makes prompts of what people upload: the engine's format, one level, and clear refusals.

The one user of ffmpeg for prompts. What comes in is told by its first bytes, never by its name, and
ffmpeg is told which of the two formats to expect, so that nothing else is ever decoded.
"""

import io
import secrets
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from hotline.errors import InvalidInput

RATE_HZ = 8_000

MAX_BYTES = 10_000_000
"""A minute of 48 kHz stereo WAV has 11.5 MB; as MP3 ten minutes fit."""

SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 60.0
"""The flow gives a prompt 60 s; nobody listens so long."""

LEVEL_DBFS = -20.0
"""Of the speech itself, pauses not counted: that of all shipped prompts."""

_PEAK_DBFS = -3.0
# Below this a frame is a pause; recordings made in an office have noise at about -55 dBFS.
_PAUSE_DBFS = -45.0
_FRAME = RATE_HZ // 50
_FULL_SCALE = 32_768.0
_CLIPPED = 32_700
# A few samples at full scale are peaks; a thousandth of all is a recording that was too loud.
_MOST_CLIPPED = 0.001
_LEAST_SPEECH = 0.2
_LONGEST_PAUSE_SECONDS = 3.0
_MOST_GAIN_DB = 30.0
_LEAST_LEVEL_DBFS = -26.0
_FFMPEG_SECONDS = 30.0
SLOW_TEMPO = 0.8
"""Four fifths of the speed: slower than that, stretched Mandarin tones blur."""

_Samples = npt.NDArray[np.float64]


class PromptRefused(InvalidInput):
    """What was uploaded cannot be a prompt; the message says what to record instead."""


@dataclass(frozen=True, slots=True)
class PromptSound:
    """A prompt that can be played.

    Attributes:
        wav: WAV file, 8000 Hz, mono, 16 bit.
        seconds: Its length.
        level_dbfs: Level of the speech, pauses not counted, as it is now.
        gain_db: What it was made louder by.
    """

    wav: bytes
    seconds: float
    level_dbfs: float
    gain_db: float


def make_prompt(data: bytes) -> PromptSound:
    """Converts an upload, brings it to the level of all prompts, and looks whether it is good.

    Args:
        data: A WAV or MP3 file.

    Raises:
        PromptRefused: It is neither, or too short, long, quiet, loud or empty.
    """
    if len(data) > MAX_BYTES:
        raise PromptRefused(f"The file has more than {MAX_BYTES // 1_000_000} MB.")
    samples = _decode(data, _format_of(data))
    seconds = len(samples) / RATE_HZ
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise PromptRefused(
            f"It is {seconds:.1f} s long; {SHORTEST_SECONDS} to {LONGEST_SECONDS:.0f} s are taken."
        )
    level = _refuse_bad(samples)
    loudest = 20 * np.log10(float(np.abs(samples).max()) / _FULL_SCALE)
    gain = float(min(LEVEL_DBFS - level, _PEAK_DBFS - loudest, _MOST_GAIN_DB))
    if level + gain < _LEAST_LEVEL_DBFS:
        raise PromptRefused(
            "It stays too quiet beside its loudest moment; record it anew without knocks."
        )
    louder = np.clip(samples * 10 ** (gain / 20), -_FULL_SCALE, _FULL_SCALE - 1)
    return PromptSound(_wav(louder), round(seconds, 2), round(level + gain, 1), round(gain, 1))


def slower(source: Path, target: Path) -> None:
    """Writes a slower copy of a prompt, as high as before; it appears whole or not at all.

    Raises:
        PromptRefused: ffmpeg refused, or there was no room.
    """
    try:
        raw = _run(["-f", "wav", "-i", str(source), "-filter:a", f"atempo={SLOW_TEMPO}"], b"")
        target.parent.mkdir(parents=True, exist_ok=True)
        # Two calls may want the same copy at once; each makes its own, and the last one stays.
        partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        partial.write_bytes(_wav(np.frombuffer(raw, dtype="<i2").astype(np.float64)))
        partial.replace(target)
    except OSError as error:
        raise PromptRefused(f"{source.name} could not be slowed down.") from error


def _format_of(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    # An ID3 tag, or the eleven set bits that every MPEG audio frame begins with.
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        return "mp3"
    raise PromptRefused("It is neither a WAV nor an MP3 file.")


def _decode(data: bytes, kind: str) -> _Samples:
    longest = str(LONGEST_SECONDS + 1)
    raw = _run(["-f", kind, "-i", "pipe:0", "-t", longest], data)
    if not raw:
        raise PromptRefused("There is no sound in it.")
    return np.frombuffer(raw, dtype="<i2").astype(np.float64)


def _run(options: list[str], data: bytes) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"]
    command += ["-protocol_whitelist", "pipe,file", *options]
    command += ["-vn", "-ac", "1", "-ar", str(RATE_HZ), "-f", "s16le", "pipe:1"]
    try:
        done = subprocess.run(  # noqa: S603  # our own ffmpeg, options without user input
            command, input=data, capture_output=True, timeout=_FFMPEG_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise PromptRefused("It cannot be read as audio; save it again as WAV or MP3.") from error
    return done.stdout


def _refuse_bad(samples: _Samples) -> float:
    """The level of the speech in dBFS, if it is fit to be heard.

    Raises:
        PromptRefused: It is silent, mostly silent, or clipped.
    """
    if float(np.mean(np.abs(samples) >= _CLIPPED)) > _MOST_CLIPPED:
        raise PromptRefused("It was recorded too loud and is clipped; record it anew, softer.")
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = (frames**2).mean(axis=1) / _FULL_SCALE**2
    # Quiet recordings are measured against their own loudest frames.
    loudest = 10 * np.log10(max(float(power.max()), 1e-12))
    speech = power > 10 ** (min(_PAUSE_DBFS, loudest - 25) / 10)
    if loudest < _PAUSE_DBFS - 15 or not speech.any():
        raise PromptRefused("There is nothing to be heard in it.")
    if float(speech.mean()) < _LEAST_SPEECH:
        raise PromptRefused("Most of it is silence; cut the beginning and the end off.")
    if _longest_pause(speech) > _LONGEST_PAUSE_SECONDS:
        raise PromptRefused(
            "There is a pause of more than 3 s in it, which callers take for an end."
        )
    return float(10 * np.log10(power[speech].mean()))


def _longest_pause(speech: npt.NDArray[np.bool_]) -> float:
    edges = np.flatnonzero(np.diff(np.concatenate(([1], speech.astype(np.int8), [1]))))
    lengths = edges[1::2] - edges[::2]
    return float(lengths.max()) * _FRAME / RATE_HZ if len(lengths) else 0.0


def _wav(samples: _Samples) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.round(samples).astype("<i2").tobytes())
    return target.getvalue()
