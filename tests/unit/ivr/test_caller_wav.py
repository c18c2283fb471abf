"""WAV files of any shape become telephone sound."""

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hotline.errors import InvalidInput
from ivr.caller_wav import read_speech, resample, write_heard


def tone(hertz: float, *, rate_hz: int, seconds: float = 1.0) -> NDArray[np.float64]:
    """A sine at half of full scale, in the range -1 to 1."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate_hz * seconds)) / rate_hz)


def write(
    path: Path, samples: NDArray[np.float64], *, rate_hz: int, width: int = 2, channels: int = 1
) -> Path:
    """Writes the same samples into every channel."""
    scaled = np.repeat(np.rint(samples * (2 ** (8 * width - 1) - 1)).astype(np.int64), channels)
    if width == 1:
        data = (scaled + 128).astype(np.uint8).tobytes()
    elif width == 3:
        data = b"".join(int(value).to_bytes(3, "little", signed=True) for value in scaled)
    else:
        data = scaled.astype(f"<i{width}").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate_hz)
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.writeframes(data)
    return path


def loudest_hz(samples: NDArray[np.int16]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * 8000 / len(samples)


def level(samples: NDArray[np.int16]) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    return float(np.sqrt(np.mean(middle**2)))


class TestReadSpeech:
    @pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 44100, 48000, 6000])
    def test_read_speech__any_rate_keeps_pitch_length_and_level(
        self, tmp_path: Path, rate_hz: int
    ) -> None:
        path = write(tmp_path / "a.wav", tone(440, rate_hz=rate_hz), rate_hz=rate_hz)

        speech = read_speech(path)

        assert abs(len(speech) - 8000) <= 1
        assert loudest_hz(speech) == pytest.approx(440, abs=2)
        assert level(speech) == pytest.approx(0.5 * 32767 / np.sqrt(2), rel=0.03)

    @pytest.mark.parametrize("width", [1, 2, 3, 4])
    @pytest.mark.parametrize("channels", [1, 2])
    def test_read_speech__any_width_and_channels_keep_the_level(
        self, tmp_path: Path, width: int, channels: int
    ) -> None:
        path = write(
            tmp_path / "a.wav",
            tone(440, rate_hz=8000),
            rate_hz=8000,
            width=width,
            channels=channels,
        )

        speech = read_speech(path)

        assert len(speech) == 8000
        assert level(speech) == pytest.approx(0.5 * 32767 / np.sqrt(2), rel=0.02)

    def test_read_speech__what_is_above_the_telephone_band_does_not_fold_back(
        self, tmp_path: Path
    ) -> None:
        path = write(tmp_path / "a.wav", tone(6000, rate_hz=16000), rate_hz=16000)

        assert level(read_speech(path)) < 0.01 * 0.5 * 32767

    @pytest.mark.parametrize("content", [b"", b"RIFF", b"not a wave file at all"])
    def test_read_speech__other_files_are_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(content)

        with pytest.raises(InvalidInput, match="a.wav"):
            read_speech(path)

    def test_read_speech__missing_and_empty_files_are_refused(self, tmp_path: Path) -> None:
        empty = write(tmp_path / "empty.wav", np.zeros(0), rate_hz=8000)

        for path in (tmp_path / "none.wav", empty):
            with pytest.raises(InvalidInput):
                read_speech(path)


class TestWriteHeard:
    def test_write_heard__can_be_read_back(self, tmp_path: Path) -> None:
        samples = (tone(440, rate_hz=8000) * 32767).astype(np.int16)

        write_heard(tmp_path / "heard.wav", samples)

        assert np.array_equal(read_speech(tmp_path / "heard.wav"), samples)

    def test_write_heard__unwritable_place_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="missing"):
            write_heard(tmp_path / "missing" / "heard.wav", np.zeros(1, np.int16))


def test_resample__nothing_stays_nothing() -> None:
    assert len(resample(np.zeros(0), rate_hz=16000, target_hz=8000)) == 0
