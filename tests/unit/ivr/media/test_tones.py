import numpy as np
import pytest

from ivr.media.tones import HIGH_HZ, KEYPAD, LOW_HZ, Samples, Tone, key, sines, tone


def level_dbm0(samples: Samples) -> float:
    """A sine that fills 16 bits has 3.14 dBm0."""
    power = float(np.mean(samples.astype(np.float64) ** 2))
    return float(3.14 + 10 * np.log10(power / (32_767**2 / 2)))


def strongest_hz(samples: Samples, count: int = 1) -> set[int]:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    found = set()
    for _ in range(count):
        peak = int(np.argmax(spectrum))
        found.add(round(peak * 8000 / len(samples)))
        spectrum[max(0, peak - 8) : peak + 9] = 0
    return found


@pytest.mark.parametrize(("kind", "on", "off"), [(Tone.RINGING, 1.0, 4.0), (Tone.BUSY, 0.35, 0.35)])
def test_tone__keeps_the_cadence_of_gb_t_3380(kind: Tone, on: float, off: float) -> None:
    samples = tone(kind)

    sounding = samples[: round(on * 8000)]
    assert len(samples) == round((on + off) * 8000)
    assert strongest_hz(sounding).pop() == pytest.approx(450, abs=2)
    assert level_dbm0(sounding) == pytest.approx(-10, abs=0.5)
    assert not samples[len(sounding) :].any()


def test_tone__a_beep_is_short_and_comes_once() -> None:
    assert strongest_hz(tone(Tone.BEEP)) == {1000}
    assert not Tone.BEEP.repeats


@pytest.mark.parametrize("digit", "0123456789*#ABCD")
def test_key__is_its_row_and_its_column(digit: str) -> None:
    row = next(number for number, keys in enumerate(KEYPAD) if digit in keys)
    column = KEYPAD[row].index(digit)

    low, high = sorted(strongest_hz(key(digit, 0.5), 2))

    assert low == pytest.approx(LOW_HZ[row], abs=3)
    assert high == pytest.approx(HIGH_HZ[column], abs=3)


@pytest.mark.parametrize("digit", ["", "E", "12", "123", "1 "])
def test_key__there_are_sixteen(digit: str) -> None:
    with pytest.raises(ValueError, match="no such key"):
        key(digit, 0.1)


def test_sines__begin_and_end_softly() -> None:
    samples = sines([(450, 0.0)], 0.1)

    assert abs(int(samples[0])) < 100
    assert abs(int(samples[-1])) < 100
    assert np.abs(np.diff(samples.astype(np.int32))).max() < 9000
