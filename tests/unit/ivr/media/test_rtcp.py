from struct import pack

import pytest
from hypothesis import given, strategies as st

from ivr.media.rtcp import Block, Report, SenderInfo, build, middle_of, ntp_of, parse, round_trip_ms

SENDER = SenderInfo(ntp=0xB44D_B705_2000_0000, timestamp=1600, packets=100, octets=16_000)
BLOCK = Block(
    source=7, fraction_lost=12, lost=-3, highest=0x1_0005, jitter=40, last_report=9, since_report=5
)

UINT32 = st.integers(0, 2**32 - 1)
BLOCKS = st.builds(
    Block,
    source=UINT32,
    fraction_lost=st.integers(0, 255),
    lost=st.integers(-(2**23), 2**23 - 1),
    highest=UINT32,
    jitter=UINT32,
    last_report=UINT32,
    since_report=UINT32,
)
SENDERS = st.builds(
    SenderInfo, ntp=st.integers(0, 2**64 - 1), timestamp=UINT32, packets=UINT32, octets=UINT32
)
REPORTS = st.builds(
    Report,
    source=UINT32,
    sender=st.none() | SENDERS,
    blocks=st.lists(BLOCKS, max_size=3).map(tuple),
)


@given(REPORTS, st.binary(min_size=1, max_size=40), st.booleans())
def test_build__is_read_as_it_was_meant(report: Report, name: bytes, goodbye: bool) -> None:
    data = build(report, name=name, goodbye=goodbye)

    assert len(data) % 4 == 0
    assert parse(data) == [report]


@given(st.binary(max_size=200))
def test_parse__any_bytes_do_no_harm(data: bytes) -> None:
    reports = parse(data)

    assert reports is None or reports


@given(REPORTS, st.integers(0, 80), st.integers(0, 255))
def test_parse__a_flipped_byte_does_no_harm(report: Report, at: int, value: int) -> None:
    data = bytearray(build(report, name=b"name"))
    data[at % len(data)] = value

    reports = parse(data)

    assert reports is None or len(reports) <= 2


def test_build__names_the_sender_as_rfc_3550_has_it() -> None:
    data = build(Report(0x0102_0304, SENDER, ()), name=b"abc")

    assert data[:8] == bytes((0x80, 200, 0, 6, 1, 2, 3, 4))
    assert data[28:] == bytes((0x81, 202, 0, 3, 1, 2, 3, 4, 1, 3)) + b"abc" + bytes(3)


def test_build__a_good_bye_comes_last() -> None:
    data = build(Report(5, None, ()), name=b"abc", goodbye=True)

    assert data[-8:] == bytes((0x81, 203, 0, 1, 0, 0, 0, 5))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        pack("!BBHI", 0x40, 201, 1, 5),  # version 1
        pack("!BBHI", 0x80, 202, 1, 5),  # a description first
        pack("!BBHI", 0xA0, 201, 1, 5),  # padding in the first packet
        pack("!BBHI", 0x80, 201, 9, 5),  # longer than the datagram
        pack("!BBHI", 0x9F, 201, 1, 5),  # 31 blocks that are not there
        pack("!BBHI", 0x80, 200, 1, 5),  # a sender report without a sender
        build(Report(5, SENDER, (BLOCK,)), name=b"n")[:-3],
    ],
)
def test_parse__refuses_what_lies(data: bytes) -> None:
    assert parse(data) is None


def test_round_trip_ms__is_the_example_of_rfc_3550() -> None:
    """Figure 2 of section 6.4.1: 6.125 s, of which 5.25 s were spent at the receiver."""
    block = Block(7, 0, 0, 0, 0, last_report=0xB705_2000, since_report=0x0005_4000)

    trip = round_trip_ms(block, arrived=0xB710_8000, sent=[1, 0xB705_2000])

    assert trip == pytest.approx(6125)


def test_round_trip_ms__of_an_answer_to_nothing_is_unknown() -> None:
    block = Block(7, 0, 0, 0, 0, last_report=55, since_report=0)

    assert round_trip_ms(block, arrived=60, sent=[1, 2]) is None


def test_round_trip_ms__is_never_negative() -> None:
    block = Block(7, 0, 0, 0, 0, last_report=55, since_report=20)

    assert round_trip_ms(block, arrived=60, sent=[55]) == 0


def test_ntp_of__counts_from_1900() -> None:
    assert ntp_of(0) == 2_208_988_800 << 32
    assert ntp_of(500_000_000) & 0xFFFF_FFFF == 1 << 31
    assert middle_of(0x1111_2222_3333_4444) == 0x2222_3333
