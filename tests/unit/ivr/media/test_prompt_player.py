import os
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.errors import PromptUnreadable
from ivr.media.g711 import SILENCE, Samples, decode, translation
from ivr.media.prompt_player import Playback, PromptCache, levelled, load_frames


def write_prompt(
    path: Path, *, samples: int = 480, rate: int = 8000, channels: int = 1, sample: int = 3000
) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.full(samples * channels, sample, "<i2").tobytes())
    return path


def test_load_frames__cuts_into_20_ms(tmp_path: Path) -> None:
    frames = load_frames(write_prompt(tmp_path / "a.wav"), Codec.PCMA)

    assert [len(frame) for frame in frames] == [160, 160, 160]
    assert decode(frames[0], Codec.PCMA)[0] == pytest.approx(3000, rel=0.05)


def speech(peak: float) -> Samples:
    """A second of sound and a second of pause."""
    sound = peak * np.sin(2 * np.pi * 300 * np.arange(8000) / 8000)
    return np.concatenate([sound, np.zeros(8000)]).astype(np.int16)


@pytest.mark.parametrize("peak", [900, 1500, 12_000, 32_000])
def test_levelled__brings_a_far_too_quiet_or_loud_prompt_to_the_level_of_others(
    peak: float,
) -> None:
    spoken = levelled(speech(peak))[:8000].astype(np.float64)

    assert 20 * np.log10(np.sqrt(np.mean(spoken**2)) / 32_768) == pytest.approx(-20, abs=0.5)


@pytest.mark.parametrize("peak", [0, 20, 2500, 4600, 9000])
def test_levelled__leaves_what_is_right_or_silent_as_it_is(peak: float) -> None:
    samples = speech(peak)

    assert levelled(samples) is samples


def test_levelled__never_wraps() -> None:
    """Quiet speech with one loud click."""
    samples = speech(700)
    samples[100] = 30_000

    louder = levelled(samples)

    assert louder[100] > 30_000
    assert np.all(louder[200:8000:2] * samples[200:8000:2].astype(np.int64) >= 0)


def test_levelled__of_nothing_is_nothing() -> None:
    assert len(levelled(np.zeros(0, np.int16))) == 0


def test_load_frames__fills_the_last_one_with_silence(tmp_path: Path) -> None:
    frames = load_frames(write_prompt(tmp_path / "a.wav", samples=170), Codec.PCMU)

    assert len(frames) == 2
    assert frames[1][10:] == SILENCE[Codec.PCMU][10:]


def test_load_frames__takes_long_prompts_in_pieces(tmp_path: Path) -> None:
    frames = load_frames(write_prompt(tmp_path / "a.wav", samples=40_000), Codec.PCMA)

    assert len(frames) == 250
    assert len(set(frames)) == 1


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (8000, 2)])
def test_load_frames__refuses_other_kinds(tmp_path: Path, rate: int, channels: int) -> None:
    path = write_prompt(tmp_path / "a.wav", rate=rate, channels=channels)

    with pytest.raises(PromptUnreadable, match="8 kHz mono"):
        load_frames(path, Codec.PCMA)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all"])
def test_load_frames__refuses_what_is_no_wav(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    with pytest.raises(PromptUnreadable, match="cannot be read"):
        load_frames(path, Codec.PCMA)


def test_load__refuses_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PromptUnreadable, match="missing"):
        PromptCache().load([tmp_path / "a.wav"], Codec.PCMA)


def test_load__joins_several_files(tmp_path: Path) -> None:
    one, two = write_prompt(tmp_path / "a.wav"), write_prompt(tmp_path / "b.wav", sample=-1000)
    cache = PromptCache()

    frames = cache.load([one, two, one], Codec.PCMA)

    assert frames == (
        cache.load([one], Codec.PCMA) + cache.load([two], Codec.PCMA) + cache.load([one], 8)  # type: ignore[arg-type]  # the number is the codec
    )


def test_load__reads_a_file_once(tmp_path: Path) -> None:
    path = write_prompt(tmp_path / "a.wav")
    cache = PromptCache()

    assert cache.load([path], Codec.PCMA) is cache.load([path], Codec.PCMA)


def test_load__reads_a_replaced_file_again(tmp_path: Path) -> None:
    path = write_prompt(tmp_path / "a.wav")
    cache = PromptCache()
    before = cache.load([path], Codec.PCMA)

    write_prompt(path, sample=-1000)
    os.utime(path, ns=(1, 1))

    assert cache.load([path], Codec.PCMA) != before


def test_load__forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    paths = [write_prompt(tmp_path / f"{name}.wav") for name in "abc"]
    cache = PromptCache(most_frames=6)
    first, second, _ = [cache.load([path], Codec.PCMA) for path in paths]

    assert cache.load([paths[1]], Codec.PCMA) is second
    assert cache.load([paths[0]], Codec.PCMA) is not first


def playback(*, loop: bool = False) -> Playback:
    return Playback(play=1, loop=loop, barge_in=False)


def test_take__waits_for_the_frames() -> None:
    play = playback()

    assert play.take() is None
    assert play.is_waiting


def test_take__gives_one_after_the_other_and_then_none() -> None:
    play = playback()

    play.begin((b"a", b"b"))

    assert [play.take() for _ in range(3)] == [b"a", b"b", None]
    assert not play.is_waiting


def test_take__begins_again_in_a_loop() -> None:
    play = playback(loop=True)

    play.begin((b"a", b"b"))

    assert [play.take() for _ in range(5)] == [b"a", b"b", b"a", b"b", b"a"]


def test_take__a_loop_of_nothing_ends() -> None:
    play = playback(loop=True)

    play.begin(())

    assert play.take() is None
    assert not play.is_waiting


def test_translate__changes_the_law_of_what_is_left() -> None:
    play = playback()
    play.begin((SILENCE[Codec.PCMA],) * 2)
    play.take()

    play.translate(translation(Codec.PCMA, Codec.PCMU, 1.0))

    assert play.take() == SILENCE[Codec.PCMU]
