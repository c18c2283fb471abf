"""The telephone of `hotline call`: packets it sends, sound it keeps."""

import numpy as np
import pytest

from hotline import rtp
from hotline.g711 import Samples
from ivr.caller_phone import Ear, Mouth, is_loud
from ivr.media import g711
from ivr.media.control import Codec
from ivr.media.dtmf import DigitReceiver


def sent(mouth: Mouth, *, frames: int) -> list[rtp.Packet]:
    packets = [rtp.parse(data) for _ in range(frames) for data in mouth.next_packets()]
    return [packet for packet in packets if packet is not None]


def speech(frames: int) -> Samples:
    wobble = 8000 * np.sin(np.arange(frames * 160) / 7)
    return wobble.astype(np.int16)


def packet(
    *, timestamp: int, source: int = 1, payload: bytes = g711.SILENCE[Codec.PCMA]
) -> rtp.Packet:
    return rtp.Packet(
        payload_type=8,
        marker=False,
        sequence=0,
        timestamp=timestamp,
        source=source,
        payload=payload,
    )


class TestMouth:
    def test_next_packets__silence_in_unbroken_sequence(self) -> None:
        packets = sent(Mouth(codec=Codec.PCMA, telephone_event=101), frames=3)

        assert [each.payload for each in packets] == [g711.SILENCE[Codec.PCMA]] * 3
        assert [each.marker for each in packets] == [True, False, False]
        first = packets[0]
        assert [(each.sequence - first.sequence) & 0xFFFF for each in packets] == [0, 1, 2]
        steps = [(each.timestamp - first.timestamp) & 0xFFFF_FFFF for each in packets]
        assert steps == [0, 160, 320]

    @pytest.mark.parametrize("codec", list(Codec))
    def test_say__speech_goes_out_and_ends_in_silence(self, codec: Codec) -> None:
        mouth = Mouth(codec=codec, telephone_event=None)
        mouth.say(speech(2)[:-50])
        idle = [mouth.is_idle]

        packets = sent(mouth, frames=3)

        assert [*idle, mouth.is_idle] == [False, True]
        assert {each.payload_type for each in packets} == {codec.value}
        assert [len(each.payload) for each in packets] == [160] * 3
        assert is_loud(g711.decode(packets[1].payload, codec))
        assert not is_loud(g711.decode(packets[2].payload, codec))

    def test_press__each_key_is_received_once(self) -> None:
        mouth = Mouth(codec=Codec.PCMA, telephone_event=97)
        keys = "1120*#D"
        for key in keys:
            mouth.press(key)

        receiver = DigitReceiver()
        received = [
            receiver.receive(
                source=each.source, timestamp=each.timestamp, payload=each.payload, now_ms=20 * at
            )
            for at, each in enumerate(sent(mouth, frames=9 * len(keys)))
            if each.payload_type == 97
        ]

        assert "".join(digit for digit in received if digit) == keys
        assert mouth.is_idle

    def test_press__event_keeps_its_timestamp_and_ends_three_times(self) -> None:
        mouth = Mouth(codec=Codec.PCMA, telephone_event=101)
        sent(mouth, frames=5)
        mouth.press("5")

        events = sent(mouth, frames=9)

        assert len({each.timestamp for each in events}) == 1
        assert [each.marker for each in events] == [True] + [False] * 10
        assert [each.payload[1] & 0x80 for each in events] == [0] * 8 + [0x80] * 3
        durations = [int.from_bytes(each.payload[2:], "big") for each in events]
        assert durations == [160, 320, 480, 640, 800, 960, 1120, 1280, 1280, 1280, 1280]

    def test_press__speech_waits_and_goes_on(self) -> None:
        mouth = Mouth(codec=Codec.PCMA, telephone_event=101)
        mouth.say(speech(1))
        mouth.press("1")

        packets = sent(mouth, frames=10)

        assert [each.payload_type for each in packets] == [101] * 11 + [8]
        assert is_loud(g711.decode(packets[-1].payload, Codec.PCMA))


class TestEar:
    def test_samples__packets_lie_at_their_time_and_gaps_are_silent(self) -> None:
        ear = Ear()
        loud = g711.encode(speech(1), Codec.PCMA)
        ear.hear(packet(timestamp=5000, payload=loud), codec=Codec.PCMA, at_seconds=0.02)
        ear.hear(packet(timestamp=5480, payload=loud), codec=Codec.PCMA, at_seconds=0.09)

        heard = ear.samples()

        assert len(heard) == 160 + 480 + 160
        assert not is_loud(heard[:160])
        assert is_loud(heard[160:320])
        assert not is_loud(heard[320:640])
        assert is_loud(heard[640:])
        assert (ear.packet_count, ear.sound_at) == (2, 0.09)

    def test_samples__timestamps_wrap(self) -> None:
        ear = Ear()
        for step in range(4):
            timestamp = (2**32 - 320 + 160 * step) % 2**32
            ear.hear(packet(timestamp=timestamp), codec=Codec.PCMA, at_seconds=0.02 * step)

        assert len(ear.samples()) == 640

    def test_samples__new_source_goes_on_at_the_present(self) -> None:
        ear = Ear()
        ear.hear(packet(timestamp=0), codec=Codec.PCMA, at_seconds=0.0)
        ear.hear(packet(timestamp=90_000_000, source=2), codec=Codec.PCMA, at_seconds=1.0)

        assert len(ear.samples()) == 8160

    def test_samples__nothing_heard_is_empty(self) -> None:
        ear = Ear()

        assert len(ear.samples()) == 0
        assert ear.sound_at is None

    def test_hear__empty_payload_is_no_sound(self) -> None:
        ear = Ear()
        ear.hear(packet(timestamp=0, payload=b""), codec=Codec.PCMA, at_seconds=0.0)

        assert ear.sound_at is None
