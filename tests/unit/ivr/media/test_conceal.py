import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from ivr.media.conceal import CONCEALED_FRAMES, HISTORY_FRAMES, Concealment, merge
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, decode, encode
from ivr.media.tones import Samples

HISTORY = HISTORY_FRAMES * 160
PROMPTS = Path(__file__).parents[4] / "ivr" / "prompts" / "audio"


def voice(samples: int, *, pitch_hz: float = 125.0, peak: float = 8000.0) -> Samples:
    """A buzz with harmonics, periodic as a vowel is."""
    instants = np.arange(samples) / 8000
    parts = [np.sin(2 * np.pi * pitch_hz * n * instants) / n for n in range(1, 6)]
    samples_16: Samples = (peak * np.sum(parts, axis=0) / 2).astype(np.int16)
    return samples_16


def gap(samples: Samples, codec: Codec = Codec.PCMA) -> Concealment:
    return Concealment(encode(samples[:HISTORY], codec), codec)


def likeness(one: Samples, other: Samples) -> float:
    return float(np.corrcoef(one.astype(float), other.astype(float))[0, 1])


@pytest.mark.parametrize("codec", Codec)
@pytest.mark.parametrize("pitch", [70, 100, 125, 160, 195])
def test_next__goes_on_as_the_voice_would_have(pitch: int, codec: Codec) -> None:
    spoken = voice(HISTORY + 160, pitch_hz=pitch)

    made = gap(spoken, codec).next()

    assert made is not None
    assert likeness(decode(made, codec), spoken[HISTORY:]) > 0.9


def test_next__fades_to_nothing_in_60_ms() -> None:
    concealment = gap(voice(HISTORY))

    frames = [concealment.next() for _ in range(CONCEALED_FRAMES + 1)]

    *made, after = frames
    peaks = [int(np.abs(decode(frame, Codec.PCMA)).max()) for frame in made if frame is not None]
    assert len(peaks) == 3
    assert peaks[0] > peaks[1] > peaks[2]
    assert np.abs(decode(made[-1] or b"", Codec.PCMA)[-4:]).max() < 200
    assert after is None


def test_next__has_no_edge_within() -> None:
    spoken = voice(HISTORY, pitch_hz=110)
    concealment = gap(spoken)

    made = b"".join(frame for frame in (concealment.next(), concealment.next()) if frame)

    whole = np.concatenate([spoken, decode(made, Codec.PCMA)]).astype(np.int32)
    steepest = np.abs(np.diff(spoken.astype(np.int32))).max()
    assert np.abs(np.diff(whole)).max() < 2 * steepest


def test_next__of_silence_is_nothing() -> None:
    assert Concealment(SILENCE[Codec.PCMU] * HISTORY_FRAMES, Codec.PCMU).next() is None


def test_blend__begins_as_the_gap_ended_and_ends_as_the_voice_is() -> None:
    spoken = voice(HISTORY + 320)
    concealment = gap(spoken)
    concealment.next()
    came = encode(spoken[HISTORY + 160 :], Codec.PCMA)

    blended = concealment.blend(came)

    assert len(blended) == 160
    assert blended != came
    assert blended[96:] == came[96:]
    assert likeness(decode(blended, Codec.PCMA), spoken[HISTORY + 160 :]) > 0.9


def test_merge__begins_as_one_and_ends_as_the_other() -> None:
    one, other = (encode(np.full(160, value, np.int16), Codec.PCMA) for value in (6000, -6000))

    merged = decode(merge(one, other, Codec.PCMA), Codec.PCMA)

    assert merged[0] == pytest.approx(6000, rel=0.05)
    assert merged[-1] == pytest.approx(-6000, rel=0.05)
    assert np.all(np.diff(merged.astype(np.int32)) <= 0)


@settings(deadline=None)
@given(st.binary(min_size=HISTORY, max_size=HISTORY), st.sampled_from(Codec))
def test_next__any_past_gives_whole_frames(history: bytes, codec: Codec) -> None:
    concealment = Concealment(history, codec)

    for _ in range(CONCEALED_FRAMES + 1):
        frame = concealment.next()
        assert frame is None or len(frame) == 160
    assert len(concealment.blend(SILENCE[codec])) == 160


def through_loss(spoken: list[bytes], lost: set[int], *, conceals: bool) -> Samples:
    """What is heard of some frames, as the lane does it."""
    heard: list[bytes] = []
    concealment: Concealment | None = None
    for number, frame in enumerate(spoken):
        if number not in lost:
            heard.append(frame if concealment is None else concealment.blend(frame))
            concealment = None
            continue
        if conceals and concealment is None and number >= HISTORY_FRAMES:
            concealment = Concealment(b"".join(heard[-HISTORY_FRAMES:]), Codec.PCMA)
        made = None if concealment is None else concealment.next()
        heard.append(made or SILENCE[Codec.PCMA])
    return decode(b"".join(heard), Codec.PCMA)


def spectra(samples: Samples) -> NDArray[np.float64]:
    """What an ear makes of sound: how loud each pitch is, every 8 ms."""
    windows = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), 256)[::64]
    return np.abs(np.fft.rfft(windows * np.hanning(256))).ravel()


@pytest.mark.parametrize("percent", [1, 5, 10])
def test_next__speech_with_losses_is_more_like_itself_than_with_silences(percent: int) -> None:
    with wave.open(str(PROMPTS / "zh" / "recording_notice.wav"), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    payload = encode(samples, Codec.PCMA)
    spoken = [payload[at : at + 160] for at in range(0, len(payload) - 159, 160)]
    clean = spectra(decode(b"".join(spoken), Codec.PCMA))
    alike = {True: 0.0, False: 0.0}
    for seed in range(5):
        rng = np.random.default_rng(100 * seed + percent)
        lost = set(np.flatnonzero(rng.random(len(spoken)) < percent / 100).tolist())
        for conceals in alike:
            heard = spectra(through_loss(spoken, lost, conceals=conceals))
            alike[conceals] += float(np.corrcoef(heard, clean)[0, 1]) / 5

    assert alike[True] > alike[False]
    assert alike[True] > 1 - 0.3 * percent / 100
