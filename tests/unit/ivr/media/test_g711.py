"""Against the formulas of ITU-T G.711, and against the C library's tables in `audioop`."""

import audioop

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, amplified, decode, encode, translation

# A busy machine is no fault of the code.
UNHURRIED = settings(deadline=None)

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)
BOTH = list(Codec)


def a_law_value(code: int) -> int:
    """G.711 table 1: the 13-bit value at the decoder's output, as 16 bits."""
    code ^= 0x55
    segment, step = (code >> 4) & 7, code & 15
    value = 2 * step + 1 if segment == 0 else (2 * step + 33) << (segment - 1)
    return 8 * (value if code & 0x80 else -value)


def u_law_value(code: int) -> int:
    """G.711 table 2: the 14-bit value at the decoder's output, as 16 bits."""
    code ^= 0xFF
    segment, step = (code >> 4) & 7, code & 15
    value = ((2 * step + 33) << segment) - 33
    return 4 * (-value if code & 0x80 else value)


def test_decode__a_law_is_the_formula() -> None:
    assert decode(EVERY_CODE, Codec.PCMA).tolist() == [a_law_value(c) for c in range(256)]


def test_decode__u_law_is_the_formula() -> None:
    assert decode(EVERY_CODE, Codec.PCMU).tolist() == [u_law_value(c) for c in range(256)]


def test_encode__a_law_is_the_c_library() -> None:
    assert encode(EVERY_SAMPLE, Codec.PCMA) == audioop.lin2alaw(EVERY_SAMPLE.tobytes(), 2)


def test_encode__u_law_is_the_c_library() -> None:
    assert encode(EVERY_SAMPLE, Codec.PCMU) == audioop.lin2ulaw(EVERY_SAMPLE.tobytes(), 2)


def test_encode__gives_every_a_law_code_back() -> None:
    assert encode(decode(EVERY_CODE, Codec.PCMA), Codec.PCMA) == EVERY_CODE


def test_encode__gives_every_u_law_code_back_but_negative_zero() -> None:
    back = encode(decode(EVERY_CODE, Codec.PCMU), Codec.PCMU)

    assert back == EVERY_CODE.replace(b"\x7f", b"\xff")


@pytest.mark.parametrize("codec", BOTH)
@UNHURRIED
@given(sample=st.integers(-32_000, 32_000))
def test_encode__is_within_a_sixteenth_of_the_sample(codec: Codec, sample: int) -> None:
    back = int(decode(encode(np.array([sample], np.int16), codec), codec)[0])

    assert abs(back - sample) <= max(16, abs(sample) / 16)


@pytest.mark.parametrize("codec", BOTH)
def test_silence__is_all_but_zero(codec: Codec) -> None:
    assert len(SILENCE[codec]) == 160
    assert np.abs(decode(SILENCE[codec], codec)).max() <= 8


@pytest.mark.parametrize("codec", BOTH)
def test_translation__of_nothing_is_none(codec: Codec) -> None:
    assert translation(codec, codec, 1.0) is None


@pytest.mark.parametrize(("source", "target"), [(0, 8), (8, 0)])
def test_translation__between_the_laws_is_decoding_and_encoding(source: int, target: int) -> None:
    table = translation(Codec(source), Codec(target), 1.0)
    assert table is not None

    codes = bytes(code for code in range(256) if code != SILENCE[Codec(source)][0])
    expected = encode(decode(codes, Codec(source)), Codec(target))
    assert codes.translate(table) == expected


@pytest.mark.parametrize("gain", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("source", "target"), [(0, 8), (8, 0), (8, 8), (0, 0)])
def test_translation__keeps_silence(source: int, target: int, gain: float) -> None:
    table = translation(Codec(source), Codec(target), gain)

    silence = SILENCE[Codec(source)]
    assert silence.translate(table) == SILENCE[Codec(target)]


def test_amplified__is_clipped_to_16_bits() -> None:
    loudest = amplified(Codec.PCMA, 4.0)

    assert loudest.max() == 32_767
    assert loudest.min() == -32_768
