from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, decode, encode
from ivr.media.mixer import GainMatrix, Mix, Solo, limited, listening


@dataclass
class FakeVoice:
    frame: bytes
    codec: Codec = Codec.PCMA
    row: int = 0


def constant(sample: int, codec: Codec = Codec.PCMA) -> FakeVoice:
    return FakeVoice(encode(np.full(160, sample, np.int16), codec), codec)


def loudness(frame: bytes, codec: Codec = Codec.PCMA) -> int:
    return int(np.median(decode(frame, codec)))


def test_listening__to_nobody_is_nothing() -> None:
    assert listening([], Codec.PCMA) is None


def test_listening__one_voice_of_the_same_law_passes_as_it_is() -> None:
    voice = FakeVoice(bytes(range(160)))

    way = listening([(voice, 1.0)], Codec.PCMA)

    assert isinstance(way, Solo)
    assert way.table is None
    assert way.frame() == voice.frame


def test_listening__one_voice_of_the_other_law_is_translated() -> None:
    way = listening([(constant(5000), 1.0)], Codec.PCMU)

    assert isinstance(way, Solo)
    assert loudness(way.frame(), Codec.PCMU) == pytest.approx(5000, rel=0.05)


@pytest.mark.parametrize("gain", [0.25, 0.5, 2.0, 4.0])
def test_listening__one_voice_with_a_gain(gain: float) -> None:
    way = listening([(constant(3000), gain)], Codec.PCMA)

    assert isinstance(way, Solo)
    assert loudness(way.frame()) == pytest.approx(3000 * gain, rel=0.05)


def test_mix__adds_voices_of_both_laws() -> None:
    way = listening([(constant(3000), 1.0), (constant(2000, Codec.PCMU), 2.0)], Codec.PCMA)

    assert isinstance(way, Mix)
    assert loudness(way.frame()) == pytest.approx(7000, rel=0.05)


def test_mix__what_is_too_loud_stays_within_the_range() -> None:
    way = listening([(constant(30_000), 1.0), (constant(30_000), 1.0)], Codec.PCMA)

    assert isinstance(way, Mix)
    assert loudness(way.frame()) > 31_000


def test_mix__follows_the_voices() -> None:
    voice, other = constant(1000), FakeVoice(SILENCE[Codec.PCMA])
    way = listening([(voice, 1.0), (other, 1.0)], Codec.PCMA)
    assert isinstance(way, Mix)
    way.frame()

    voice.frame = constant(-4000).frame

    assert loudness(way.frame()) == pytest.approx(-4000, rel=0.05)


def test_set__and_remove_a_cell() -> None:
    gains = GainMatrix()
    gains.set("caller", "lawyer", 1.0)
    gains.set("interpreter", "lawyer", 0.5)

    gains.set("caller", "lawyer", 0.0)

    assert gains.heard_by("lawyer") == (("interpreter", 0.5),)
    assert gains.listeners("caller") == []


def test_set__removing_what_is_not_there_does_nothing() -> None:
    gains = GainMatrix()

    gains.set("caller", "lawyer", 0.0)

    assert gains.heard_by("lawyer") == ()


def test_forget__takes_a_leg_out_of_both_directions() -> None:
    gains = GainMatrix()
    gains.set("caller", "lawyer", 1.0)
    gains.set("lawyer", "caller", 1.0)
    gains.set("caller", "supervisor", 1.0)

    assert sorted(gains.forget("caller")) == ["lawyer", "supervisor"]

    assert gains.heard_by("caller") == ()
    assert gains.heard_by("lawyer") == ()


def sine(hertz: float, peak: float) -> NDArray[np.int16]:
    return (peak * np.sin(2 * np.pi * hertz * np.arange(1600) / 8000)).astype(np.int16)


def mixed(*voices: NDArray[np.int16]) -> NDArray[np.int16]:
    """What somebody hears who hears all of them."""
    parts = [FakeVoice(SILENCE[Codec.PCMA]) for _ in voices]
    way = listening([(part, 1.0) for part in parts], Codec.PCMA)
    assert isinstance(way, Mix)
    heard = []
    for at in range(0, len(voices[0]), 160):
        for part, voice in zip(parts, voices, strict=True):
            part.frame = encode(np.ascontiguousarray(voice[at : at + 160]), Codec.PCMA)
        heard.append(decode(way.frame(), Codec.PCMA))
    return np.concatenate(heard)


def test_mix__one_speaker_among_eight_is_as_loud_as_alone() -> None:
    voice = sine(440, 12_000)
    silent = np.zeros(1600, np.int16)

    heard = mixed(voice, *[silent] * 7)

    rms = [float(np.sqrt(np.mean(x.astype(np.float64) ** 2))) for x in (heard, voice)]
    assert rms[0] == pytest.approx(rms[1], rel=0.01)


def test_mix__eight_loud_speakers_never_wrap_and_are_not_cut_off() -> None:
    voices = [sine(200 + 37 * number, 30_000) for number in range(8)]
    exact = np.sum([voice.astype(np.int64) for voice in voices], axis=0)

    heard = mixed(*voices)

    clear = np.abs(exact) > 2000
    assert np.all(np.sign(heard[clear]) == np.sign(exact[clear]))
    assert np.corrcoef(heard, np.tanh(exact / 40_000))[0, 1] > 0.9


def test_mix__two_loud_speakers_are_distorted_less_than_by_cutting_off() -> None:
    """The share of power that is in neither of the tones nor in what is nearest to them."""
    voices = sine(450, 22_000), sine(450, 20_000)

    def distortion(samples: NDArray[np.int16]) -> float:
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
        tone = spectrum[85:96].sum()
        return float(1 - tone / spectrum[10:].sum())

    total = voices[0].astype(np.int32) + voices[1]
    cut_off = np.clip(total, -32_768, 32_767).astype(np.int16)
    high = slice(400, None)

    def edges(samples: NDArray[np.int16]) -> float:
        return float(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))[high].sum())

    heard = limited(total.copy())
    assert distortion(heard) < 0.03
    assert edges(heard) < edges(cut_off)
    assert np.abs(heard).max() <= 32_767


@given(st.lists(st.integers(-(2**20), 2**20), min_size=2, max_size=50))
def test_limited__keeps_order_and_sign_and_leaves_quiet_sums_alone(sums: list[int]) -> None:
    ordered = np.array(sorted(sums), np.int32)

    heard = limited(ordered.copy()).astype(np.int64)

    assert np.all(np.diff(heard) >= 0)
    assert np.all((heard == ordered) | (np.abs(ordered) > 20_000))
    assert np.all(np.abs(heard) <= 32_767)
    assert np.all(np.sign(heard) == np.sign(ordered))
