import numpy as np
from numpy.typing import NDArray

from asr.resample import Doubler, doubled


def tone(hertz: float, *, rate: int = 8000, seconds: float = 0.5) -> NDArray[np.float64]:
    return np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def pcm(samples: NDArray[np.float64]) -> bytes:
    return bytes((samples * 20_000).astype("<i2").tobytes())


def test_doubled__tone__the_same_tone() -> None:
    result = doubled(pcm(tone(1000)))

    expected = tone(1000, rate=16000) * 20_000 / 32768
    assert len(result) == len(expected)
    assert np.abs(result - expected)[100:-100].max() < 0.01


def test_doubled__tone__no_image_above_the_telephone_band() -> None:
    spectrum = np.abs(np.fft.rfft(doubled(pcm(tone(1500, seconds=1)))))

    assert spectrum[6500] < spectrum[1500] / 100


def test_doubled__nothing__nothing() -> None:
    assert len(doubled(b"")) == 0


def test_push__in_pieces__as_in_one() -> None:
    audio = pcm(tone(700))
    whole = Doubler().push(audio)
    doubler = Doubler()

    pieces = b"".join(
        doubler.push(audio[start : start + 322]) for start in range(0, len(audio), 322)
    )

    assert pieces == whole
    assert len(whole) == 2 * len(audio)


def test_push__nothing__nothing() -> None:
    assert Doubler().push(b"") == b""
