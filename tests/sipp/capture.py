"""Speech as a capture file that SIPp can play: RTP in UDP in IPv4 in Ethernet."""

import struct
from pathlib import Path

_FRAME_BYTES = 160
_FRAME_MICROSECONDS = 20_000
_PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
_PORT = 40000
_SSRC = 0x5EEDCA11
# A key is held for a tenth of a second, at -10 dBm0.
_KEY_PACKETS = 5
_KEY_VOLUME = 10


def write_capture(path: Path, payload: bytes, *, payload_type: int = 8) -> None:
    """Writes G.711 bytes as a capture of 20 ms RTP packets.

    SIPp puts its own addresses and ports in; only lengths, times and RTP count.
    """
    packets = []
    for number in range(len(payload) // _FRAME_BYTES):
        frame = payload[number * _FRAME_BYTES : (number + 1) * _FRAME_BYTES]
        first = 0x80 if number == 0 else 0
        head = struct.pack(
            "!BBHII", 0x80, payload_type | first, number & 0xFFFF, number * _FRAME_BYTES, _SSRC
        )
        packets.append(head + frame)
    _write(path, packets)


def write_key_capture(path: Path, event: int, *, timestamp: int, payload_type: int = 101) -> None:
    """Writes a key as telephone events (RFC 4733 section 2.5.1), its end sent three times.

    Args:
        path: The file.
        event: 0 to 9 for the digits.
        timestamp: Of the event; the same key pressed twice needs two of them.
        payload_type: Of telephone events.
    """
    packets = []
    for number in range(_KEY_PACKETS + 2):
        is_over = 0x80 if number >= _KEY_PACKETS - 1 else 0
        duration = min(number + 1, _KEY_PACKETS) * _FRAME_BYTES
        first = 0x80 if number == 0 else 0
        head = struct.pack("!BBHII", 0x80, payload_type | first, number, timestamp, _SSRC)
        packets.append(head + struct.pack("!BBH", event, is_over | _KEY_VOLUME, duration))
    _write(path, packets)


def _write(path: Path, packets: list[bytes]) -> None:
    parts = [_PCAP_HEADER]
    for number, rtp in enumerate(packets):
        packet = _ethernet(rtp)
        seconds, micros = divmod(number * _FRAME_MICROSECONDS, 1_000_000)
        parts.append(struct.pack("<IIII", seconds, micros, len(packet), len(packet)) + packet)
    path.write_bytes(b"".join(parts))


def _ethernet(rtp: bytes) -> bytes:
    udp = struct.pack("!HHHH", _PORT, _PORT, 8 + len(rtp), 0) + rtp
    loopback = bytes([127, 0, 0, 1])
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + loopback * 2
    return bytes(12) + b"\x08\x00" + ip + udp
