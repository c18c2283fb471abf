import struct

import pytest
from hypothesis import given, strategies as st

from agent_console.gateway.rtp import Sender, voice_of
from hotline.g711 import A_LAW, U_LAW
from hotline.rtp import FRAME_SAMPLES

PAYLOAD = b"\xd5" * FRAME_SAMPLES


def fields(packet: bytes) -> tuple[int, int, int, int, int]:
    """First byte, second byte, sequence, timestamp, source."""
    values: tuple[int, int, int, int, int] = struct.unpack("!BBHII", packet[:12])
    return values


def sender() -> Sender:
    return Sender(source=7, sequence=0xFFFF, timestamp=0xFFFF_FFFF - 159)


class TestSender:
    def test_packet__is_version_2_a_law_with_the_marker_first(self) -> None:
        packet = sender().packet(PAYLOAD, now=1.0)

        assert fields(packet) == (0x80, 0x88, 0xFFFF, 0xFFFF_FFFF - 159, 7)
        assert packet[12:] == PAYLOAD

    def test_packet__counts_on_and_wraps(self) -> None:
        stream = sender()
        stream.packet(PAYLOAD, now=1.0)

        assert fields(stream.packet(PAYLOAD, now=1.02)) == (0x80, 0x08, 0, 0, 7)

    def test_packet__after_a_pause_the_timestamp_leaps_and_the_marker_is_set(self) -> None:
        stream = sender()
        stream.packet(PAYLOAD, now=1.0)

        _, second, sequence, timestamp, _ = fields(stream.packet(PAYLOAD, now=3.0))

        assert second == 0x88
        assert sequence == 0
        assert (timestamp - (0xFFFF_FFFF - 159)) & 0xFFFF_FFFF == 2 * 8000

    def test_packet__jitter_is_no_pause(self) -> None:
        stream = sender()
        stream.packet(PAYLOAD, now=1.0)

        assert fields(stream.packet(PAYLOAD, now=1.09))[3] == 0


class TestVoiceOf:
    def test_voice_of__our_own_packet(self) -> None:
        assert voice_of(sender().packet(PAYLOAD, now=1.0)) == (A_LAW, PAYLOAD)

    def test_voice_of__u_law_with_sources_extension_and_padding(self) -> None:
        header = struct.pack("!BBHIIII", 0x80 | 0x30 | 2, 0, 1, 2, 3, 4, 5)
        extension = struct.pack("!HHI", 0xBEDE, 1, 9)
        packet = header + extension + b"\x11" * 160 + b"\x00\x00\x00\x04"

        assert voice_of(packet) == (U_LAW, b"\x11" * 160)

    @pytest.mark.parametrize(
        "packet",
        [
            b"",
            b"\x80\x08" + bytes(10),
            b"\x40\x08" + bytes(170),
            b"\x80\x65" + bytes(170),
            b"\x8f\x08" + bytes(11),
            b"\x90\x08" + bytes(11),
            b"\xa0\x08" + bytes(10) + b"\xff",
        ],
    )
    def test_voice_of__anything_else_is_nothing(self, packet: bytes) -> None:
        assert voice_of(packet) is None

    @given(st.binary(max_size=200))
    def test_voice_of__never_raises(self, packet: bytes) -> None:
        voice_of(packet)
