import struct

from hypothesis import given, strategies

from asr.fork import Frame, build, lost_between, parse
from hotline.g711 import A_LAW, U_LAW

LOUD = bytes(range(160))


def frame(*, payload: bytes = LOUD, codec: int = 8) -> Frame:
    return Frame(stream=7, sequence=65535, position_ms=123_460, codec=codec, payload=payload)


def test_parse__built_frame__comes_back() -> None:
    assert parse(build(frame())) == frame()


def test_parse__silence_without_payload__frame_without_samples() -> None:
    parsed = parse(build(frame(payload=b"")))

    assert parsed is not None
    assert parsed.pcm is None


def test_parse__silence_with_payload__keeps_the_samples() -> None:
    datagram = bytearray(build(frame()))
    datagram[5] |= 1

    assert parse(bytes(datagram)) == frame()


def test_parse__header__as_agreed_with_the_engine() -> None:
    datagram = struct.pack("!4sBBHII", b"HLF1", 0, 0, 2, 3, 4) + LOUD

    assert parse(datagram) == Frame(stream=3, sequence=2, position_ms=4, codec=0, payload=LOUD)


def test_parse__other_codec_or_length__none() -> None:
    good = build(frame())

    assert parse(good[:4] + b"\x09" + good[5:]) is None
    assert parse(good[:-1]) is None
    assert parse(good + b"x") is None
    assert parse(good[:16]) is None


@given(strategies.binary(max_size=400))
def test_parse__anything__never_raises(datagram: bytes) -> None:
    parse(datagram)
    parse(b"HLF1" + datagram)


def test_pcm__both_laws__sixteen_bits_each() -> None:
    for law in (A_LAW, U_LAW):
        pcm = frame(codec=law.payload_type).pcm
        assert pcm == law.decode(LOUD).tobytes()


def test_lost_between__next__none() -> None:
    assert lost_between(41, 42) == 0


def test_lost_between__round_the_end__counted() -> None:
    assert lost_between(65534, 1) == 2
