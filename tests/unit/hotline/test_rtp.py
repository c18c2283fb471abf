from struct import pack

import pytest
from hypothesis import given, settings, strategies as st

from hotline.rtp import Packet, build_header, parse, payload_type

# A busy machine is no fault of the code.
UNHURRIED = settings(deadline=None)

VOICE = b"\xd5" * 160


def packet(*, first: int = 0x80, second: int = 8, tail: bytes = VOICE, sequence: int = 7) -> bytes:
    return pack("!BBHII", first, second, sequence, 1600, 0xDEADBEEF) + tail


def test_parse__plain_packet() -> None:
    assert parse(packet()) == Packet(
        payload_type=8,
        marker=False,
        sequence=7,
        timestamp=1600,
        source=0xDEADBEEF,
        payload=VOICE,
    )


def test_parse__tells_marker_from_payload_type() -> None:
    parsed = parse(packet(second=0x80 | 101))

    assert parsed is not None
    assert (parsed.marker, parsed.payload_type) == (True, 101)


def test_parse__skips_contributing_sources() -> None:
    parsed = parse(packet(first=0x82, tail=b"\x00" * 8 + VOICE))

    assert parsed is not None
    assert parsed.payload == VOICE


def test_parse__skips_extension() -> None:
    parsed = parse(packet(first=0x90, tail=b"\xbe\xde\x00\x02" + b"\x00" * 8 + VOICE))

    assert parsed is not None
    assert parsed.payload == VOICE


def test_parse__takes_padding_off() -> None:
    parsed = parse(packet(first=0xA0, tail=VOICE + b"\x00\x00\x00\x04"))

    assert parsed is not None
    assert parsed.payload == VOICE


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("empty", b""),
        ("eleven bytes", packet()[:11]),
        ("version 1", packet(first=0x40)),
        ("version 0, as STUN", packet(first=0x00)),
        ("more contributing sources than bytes", packet(first=0x8F, tail=b"\x00" * 4)),
        ("an extension that is cut off", packet(first=0x90, tail=b"\xbe")),
        ("an extension longer than the packet", packet(first=0x90, tail=b"\xbe\xde\xff\xff")),
        ("padding longer than the payload", packet(first=0xA0, tail=b"\x00\xff")),
        ("padding of no bytes", packet(first=0xA0, tail=VOICE + b"\x00")),
        ("an RTCP sender report", packet(second=200, tail=b"\x00" * 16)),
    ],
)
def test_parse__refuses(what: str, data: bytes) -> None:
    assert parse(data) is None, what


@UNHURRIED
@given(st.binary(max_size=300))
def test_parse__never_raises(data: bytes) -> None:
    parsed = parse(data)

    assert parsed is None or len(parsed.payload) <= len(data) - 12
    assert parsed is None or payload_type(data) == parsed.payload_type


@UNHURRIED
@given(st.binary(max_size=20))
def test_payload_type__never_raises(data: bytes) -> None:
    found = payload_type(data)

    assert found is None or 0 <= found < 128


@UNHURRIED
@given(
    st.integers(0, 127).filter(lambda kind: kind not in range(64, 96)),
    st.integers(0, 1 << 20),
    st.integers(0, 1 << 40),
    st.integers(0, (1 << 32) - 1),
    st.booleans(),
)
def test_build_header__is_read_back(
    kind: int, sequence: int, timestamp: int, source: int, marker: bool
) -> None:
    header = build_header(
        payload_type=kind, sequence=sequence, timestamp=timestamp, source=source, marker=marker
    )

    assert parse(header + VOICE) == Packet(
        payload_type=kind,
        marker=marker,
        sequence=sequence % (1 << 16),
        timestamp=timestamp % (1 << 32),
        source=source,
        payload=VOICE,
    )
