from struct import unpack

import pytest

from hotline.errors import InvalidInput
from hotline.rtp import Packet, parse
from ivr.media.control import Codec
from ivr.media.digit_sender import MOST_DIGITS, DigitSender, check_digits
from ivr.media.dtmf import DigitReceiver
from ivr.media.g711 import SILENCE


def send(digits: str, ticks: int = 1000) -> list[Packet | None]:
    """What each tick sends."""
    sender = DigitSender(digits)
    sent: list[Packet | None] = []
    while not sender.is_over and len(sent) < ticks:
        tick = len(sent)
        data = sender.event(
            payload_type=101, sequence=65_530 + tick, timestamp=2**32 - 320 + 160 * tick, source=9
        )
        sent.append(None if data is None else parse(data))
    return sent


def test_event__a_key_is_held_then_ends_three_times() -> None:
    packets = [packet for packet in send("5") if packet is not None]

    told = [unpack("!BBH", packet.payload) for packet in packets]
    assert [event for event, _, _ in told] == [5] * 8
    assert [flags & 0x80 for _, flags, _ in told] == [0] * 5 + [0x80] * 3
    assert [duration for _, _, duration in told] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [packet.marker for packet in packets] == [True] + [False] * 7
    assert {packet.timestamp for packet in packets} == {2**32 - 320}
    assert [packet.sequence for packet in packets] == [(65_530 + n) % 65_536 for n in range(8)]
    assert {packet.payload_type for packet in packets} == {101}


def test_event__between_two_keys_the_voice_goes_on() -> None:
    sent = send("11")

    assert [packet is None for packet in sent] == ([False] * 8 + [True] * 2) * 2


def test_event__is_what_our_own_receiver_understands() -> None:
    receiver = DigitReceiver()

    heard = [
        receiver.receive(
            source=packet.source,
            timestamp=packet.timestamp,
            payload=packet.payload,
            now_ms=20 * tick,
        )
        for tick, packet in enumerate(send("1199*#AD"))
        if packet is not None
    ]

    assert "".join(filter(None, heard)) == "1199*#AD"


def test_add__presses_more_keys_afterwards() -> None:
    sender = DigitSender("1")
    sender.tone(Codec.PCMA)

    sender.add("2")

    assert sender.waiting == 2


def test_tone__is_followed_by_a_rest() -> None:
    sender = DigitSender("7")

    frames = [sender.tone(Codec.PCMU) for _ in range(10)]

    assert SILENCE[Codec.PCMU] not in frames[:5]
    assert set(frames[5:]) == {SILENCE[Codec.PCMU]}
    assert sender.is_over


@pytest.mark.parametrize("digits", ["", "E", "1 2", "1" * (MOST_DIGITS + 1), "一"])
def test_check_digits__refuses_what_has_no_key(digits: str) -> None:
    with pytest.raises(InvalidInput):
        check_digits(digits)
