"""What becomes of uploads, with real files and the real decoder."""

import io
import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from recordings.prompt_sound import PromptRefused, make_prompt, slower

RATE = 16_000


def speech(seconds: float = 2.0, level: float = 0.05, pause: float = 0.2) -> np.ndarray:
    """Something like syllables: tone bursts with short pauses."""
    time = np.arange(int(seconds * RATE)) / RATE
    on = (time % 0.5) > pause
    return np.asarray(np.sin(2 * np.pi * 440 * time) * on * level * np.sqrt(2))


def wav(samples: np.ndarray, *, channels: int = 1) -> bytes:
    """A WAV file of samples between -1 and 1."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        clipped = np.clip(samples, -1, 1) * 32_767
        file.writeframes(np.repeat(clipped.astype("<i2"), channels).tobytes())
    return target.getvalue()


def length(data: bytes) -> tuple[int, int, float]:
    """Rate, channels and seconds of a WAV file."""
    with wave.open(io.BytesIO(data)) as file:
        return file.getframerate(), file.getnchannels(), file.getnframes() / file.getframerate()


def test_make_prompt__takes_a_wav_to_the_engines_format_and_level() -> None:
    sound = make_prompt(wav(speech(), channels=2))
    assert length(sound.wav)[:2] == (8000, 1)
    assert sound.seconds == pytest.approx(2.0, abs=0.05)
    assert sound.level_dbfs == pytest.approx(-20, abs=0.2)
    assert sound.gain_db == pytest.approx(6, abs=1)


def test_make_prompt__takes_an_mp3() -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "wav", "-i", "pipe:0"]
    done = subprocess.run(
        [*command, "-f", "mp3", "pipe:1"], input=wav(speech()), capture_output=True, check=True
    )
    assert make_prompt(done.stdout).seconds == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"MZ" + bytes(200), "neither"),
        (b"RIFF1234WAVE" + bytes(50), "cannot be read|no sound"),
        (wav(speech(0.1)), "0.1 s long"),
        (wav(speech(61.0)), "61"),
        (wav(np.zeros(RATE)), "nothing to be heard"),
        (wav(speech(level=1.4)), "clipped"),
        (wav(np.concatenate([speech(0.5), np.zeros(4 * RATE)])), "silence"),
        (wav(np.concatenate([speech(2), np.zeros(4 * RATE), speech(2)])), "pause"),
    ],
)
def test_make_prompt__refuses_with_a_reason(data: bytes, complaint: str) -> None:
    with pytest.raises(PromptRefused, match=complaint):
        make_prompt(data)


def test_make_prompt__a_knock_that_hides_the_voice_is_refused() -> None:
    samples = speech(level=0.01)
    samples[RATE] = 0.99
    samples[RATE + 1] = -0.99
    with pytest.raises(PromptRefused, match="too quiet"):
        make_prompt(wav(samples))


def test_slower__is_longer_and_as_high(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "slow" / "a.wav"
    source.write_bytes(make_prompt(wav(speech(pause=0.0))).wav)
    slower(source, target)

    _, _, seconds = length(target.read_bytes())
    assert seconds == pytest.approx(2.5, abs=0.15)
    with wave.open(str(target)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 8000 / len(samples) == pytest.approx(440, abs=10)
