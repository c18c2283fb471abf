import numpy as np
import pytest

from ivr.media.control import Codec
from ivr.media.g711 import decode
from ivr.media.interleaver import Channel, Interleaver

CODES = np.arange(256).astype(np.uint8)


def channel(codec: Codec, codes: np.ndarray = CODES) -> Channel:
    return Channel(codec, codes)


def test_interleave__left_and_right_in_their_own_laws() -> None:
    left, right = channel(Codec.PCMA), channel(Codec.PCMU, CODES[::-1])

    samples = np.frombuffer(Interleaver().interleave(left, right), "<i2")

    assert samples[0::2].tolist() == decode(left.codes.tobytes(), Codec.PCMA).tolist()
    assert samples[1::2].tolist() == decode(right.codes.tobytes(), Codec.PCMU).tolist()


@pytest.mark.parametrize("codec", Codec)
def test_interleave__nobody_on_the_right_is_silence(codec: Codec) -> None:
    samples = np.frombuffer(Interleaver().interleave(channel(codec), None), "<i2")

    assert samples[0::2].tolist() == decode(CODES.tobytes(), codec).tolist()
    assert not samples[1::2].any()


def test_interleave__each_stretch_is_its_own() -> None:
    stereo = Interleaver()
    long = stereo.interleave(channel(Codec.PCMA), channel(Codec.PCMA))
    before = bytes(long)

    # Shorter than the one before, and frame by frame as the tape gives it.
    short = stereo.interleave(
        channel(Codec.PCMU, CODES[:32].reshape(2, 16)), channel(Codec.PCMA, CODES[32:64])
    )

    assert bytes(long) == before
    samples = np.frombuffer(short, "<i2")
    assert samples[0::2].tolist() == decode(CODES[:32].tobytes(), Codec.PCMU).tolist()
    assert samples[1::2].tolist() == decode(CODES[32:64].tobytes(), Codec.PCMA).tolist()
