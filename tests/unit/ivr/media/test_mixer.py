from dataclasses import dataclass

import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, decode, encode
from ivr.media.mixer import GainMatrix, Mix, Solo, listening


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


def test_mix__clips_what_is_too_loud() -> None:
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
