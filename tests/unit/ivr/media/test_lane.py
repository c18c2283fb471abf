"""A lane with legs whose sockets are lists: no network, no time."""

from collections import deque
from collections.abc import Iterator
from socket import AF_INET, SOCK_DGRAM, socket
from struct import pack

import numpy as np
import pytest

from hotline.errors import InvalidInput
from hotline.rtp import Packet, build_header, parse
from ivr.media.bank import Bank
from ivr.media.control import Address, Codec
from ivr.media.fork import Fork
from ivr.media.g711 import SILENCE, decode, encode
from ivr.media.jitter import DELAY_FRAMES
from ivr.media.lane import Lane
from ivr.media.leg import Leg
from ivr.media.mixer import Mix, Solo, listening
from ivr.media.ports import PortPair
from ivr.media.prompt_player import Playback
from ivr.media.tape import Tape
from ivr.media.telling import Digit, LegHeard, LegSilent, MediaEvent
from ivr.media.tones import key

PEER = ("192.0.2.7", 4000)


class FakeSocket(socket):
    """Receives what the test puts in, keeps what is sent."""

    def __init__(self) -> None:
        super().__init__(AF_INET, SOCK_DGRAM)
        self.setblocking(False)
        self.arriving: deque[tuple[bytes, Address]] = deque()
        self.sent: list[Packet] = []
        self.connected: Address | None = None

    def recvfrom_into(self, buffer: memoryview, *_: int) -> tuple[int, Address]:  # type: ignore[override]  # narrower than the library's, as it is used
        if not self.arriving:
            raise BlockingIOError
        data, source = self.arriving.popleft()
        # What does not fit is cut off, as the kernel does it.
        size = min(len(data), len(buffer))
        buffer[:size] = data[:size]
        return size, source

    def recv_into(self, buffer: memoryview, *_: int) -> int:  # type: ignore[override]  # as above
        return self.recvfrom_into(buffer)[0]

    def send(self, data: memoryview, *_: int) -> int:  # type: ignore[override]  # as above
        packet = parse(data)
        assert packet is not None
        self.sent.append(packet)
        return len(data)

    def sendto(self, data: memoryview, *_: object) -> int:  # type: ignore[override]  # as above
        return self.send(data)

    def connect(self, address: Address) -> None:  # type: ignore[override]  # as above
        self.connected = address


class KeepingSender:
    """A fork's way that keeps what is sent."""

    def __init__(self, sent: list[bytes]) -> None:
        self._sent = sent

    def send(self, datagram: bytes) -> None:
        self._sent.append(datagram)


class Room:
    """One lane and its legs."""

    def __init__(self) -> None:
        self.bank = Bank(lanes=1, legs=8)
        self.lane = Lane(self.bank, 0, Tape(self.bank))
        self.events: list[MediaEvent] = []
        self.sockets: list[FakeSocket] = []

    def report(self, event: MediaEvent) -> None:
        if event == Digit(leg="faulty", digit="9"):
            raise RuntimeError("a fault of ours")
        self.events.append(event)

    def leg(
        self,
        name: str,
        *,
        codec: Codec = Codec.PCMA,
        telephone_event: int | None = 101,
        source: int | None = None,
    ) -> Leg:
        opened, control = FakeSocket(), FakeSocket()
        self.sockets += (opened, control)
        leg = Leg(
            name,
            PortPair(opened, control),
            bank=self.bank,
            row=self.bank.take_row(0),
            codec=codec,
            telephone_event=telephone_event,
            remote=PEER,
            source=source,
            timeout_seconds=1.0,
            report=self.report,
        )
        self.lane.add_leg(leg)
        return leg

    def say(
        self,
        leg: Leg,
        number: int,
        frame: bytes,
        *,
        payload_type: int = 8,
        source: int = 7,
        at: Address = PEER,
    ) -> None:
        header = build_header(
            payload_type=payload_type, sequence=number, timestamp=160 * number, source=source
        )
        self.hear(leg, header + frame, at=at)

    def hear(self, leg: Leg, datagram: bytes, *, at: Address = PEER) -> None:
        self.socket(leg).arriving.append((datagram, at))

    def socket(self, leg: Leg) -> FakeSocket:
        assert isinstance(leg.ports.voice, FakeSocket)
        return leg.ports.voice

    def heard(self, leg: Leg) -> list[bytes]:
        return [packet.payload for packet in self.socket(leg).sent]

    def bridge(self, one: Leg, other: Leg) -> None:
        for speaker, hearer in ((one, other), (other, one)):
            hearer.outbound.listen(listening([(speaker.inbound, 1.0)], hearer.codec))


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    for opened in room.sockets:
        opened.close()


def frame(number: int) -> bytes:
    return bytes([number]) * 160


def test_tick__carries_each_voice_to_the_other(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)

    for number in range(120):
        room.say(caller, number, frame(number))
        room.say(lawyer, number, frame(255 - number))
        room.lane.tick()

    silence = [SILENCE[Codec.PCMA]] * DELAY_FRAMES
    assert room.heard(lawyer) == silence + [frame(n) for n in range(120 - DELAY_FRAMES)]
    assert room.heard(caller) == silence + [frame(255 - n) for n in range(120 - DELAY_FRAMES)]


def test_tick__connects_to_a_certain_peer_and_lets_go_after_silence(room: Room) -> None:
    caller = room.leg("caller")
    for number in range(120):
        room.say(caller, number, frame(1))
        room.lane.tick()
    assert room.socket(caller).connected == PEER

    for _ in range(60):
        room.lane.tick()

    assert room.events == [LegHeard("caller"), LegSilent("caller", 1.0)]
    assert caller.counts().packets_received == 120


def test_update__a_silence_is_counted_anew_and_told_again(room: Room) -> None:
    """A telephone that came back from hold, or was answered, and then died."""
    caller = room.leg("caller")
    room.say(caller, 0, frame(1))
    for _ in range(80):
        room.lane.tick()
    assert room.events == [LegHeard("caller"), LegSilent("caller", 1.0)]

    caller.update(codec=Codec.PCMA, telephone_event=101, remote=PEER, is_sending=True)
    for _ in range(48):
        room.lane.tick()
    assert len(room.events) == 2
    for _ in range(40):
        room.lane.tick()

    assert room.events[2:] == [LegSilent("caller", 1.0)]


def test_update__is_no_silence_of_one_who_talks_on(room: Room) -> None:
    caller = room.leg("caller")
    for number in range(120):
        room.say(caller, number, frame(1))
        room.lane.tick()
        caller.update(codec=Codec.PCMA, telephone_event=101, remote=PEER, is_sending=True)

    assert room.events == [LegHeard("caller")]


def test_tick__a_fault_with_one_leg_is_not_the_others(room: Room) -> None:
    faulty, caller, lawyer = room.leg("faulty"), room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(20):
        room.say(caller, number, frame(number))
        room.say(faulty, number, pack("!BBH", 9, 10, 160), payload_type=101)
        room.lane.tick()

    assert LegSilent("faulty", 1.0) in room.events
    assert room.heard(faulty) == []
    assert room.heard(lawyer)[DELAY_FRAMES:] == [frame(n) for n in range(20 - DELAY_FRAMES)]
    assert room.lane.legs == 2


def test_tick__a_key_ends_what_is_played_before_anything_more_of_it_is_sent(room: Room) -> None:
    caller = room.leg("caller")
    playback = Playback(play=1, loop=True, barge_in=True)
    playback.begin((frame(7),))
    caller.outbound.play(playback)
    room.lane.tick()

    room.say(caller, 1, pack("!BBH", 2, 10, 160), payload_type=101)
    room.lane.tick()
    room.lane.tick()

    silence = SILENCE[Codec.PCMA]
    assert room.heard(caller) == [frame(7), silence, silence]


def test_tick__a_removed_leg_is_served_no_more(room: Room) -> None:
    caller = room.leg("caller")
    room.lane.tick()

    room.lane.remove_leg(caller)
    room.lane.remove_leg(caller)
    room.lane.tick()

    assert len(room.heard(caller)) == 1


def test_tick__a_burst_does_not_make_the_voice_late_for_long(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(15):
        room.say(caller, number, frame(number))
    for number in range(15, 200):
        room.say(caller, number, frame(number))
        room.lane.tick()

    assert room.heard(lawyer)[-1] == frame(199 - DELAY_FRAMES)


def test_skip__drops_what_is_old_and_moves_the_clock(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(10):
        room.say(caller, number, frame(number))
        room.lane.tick()
    for number in range(10, 40):
        room.say(caller, number, frame(number))

    room.lane.skip(30)
    for number in range(40, 60):
        room.say(caller, number, frame(number))
        room.lane.tick()

    sent = room.socket(lawyer).sent
    assert (sent[10].timestamp - sent[9].timestamp) % (1 << 32) == 31 * 160
    assert (sent[10].sequence - sent[9].sequence) % (1 << 16) == 1
    assert room.heard(lawyer)[-1] == frame(59 - DELAY_FRAMES)


def test_skip__keeps_the_keys(room: Room) -> None:
    caller = room.leg("caller")
    room.say(caller, 0, frame(1))
    room.lane.tick()
    room.say(caller, 1, frame(1))
    room.say(caller, 2, pack("!BBH", 5, 10, 160), payload_type=101)

    room.lane.skip(50)

    assert room.events == [LegHeard("caller"), Digit("caller", "5")]


def test_listening__says_how_each_is_made(room: Room) -> None:
    caller, lawyer, third = room.leg("a"), room.leg("b", codec=Codec.PCMU), room.leg("c")

    assert isinstance(listening([(caller.inbound, 1.0)], lawyer.codec), Solo)
    both = [(caller.inbound, 1.0), (lawyer.inbound, 1.0)]
    assert isinstance(listening(both, third.codec), Mix)


def test_tick__keys_go_as_events_with_one_sequence(room: Room) -> None:
    caller = room.leg("caller")
    caller.outbound.send_digits("42")

    for _ in range(25):
        room.lane.tick()

    sent = room.socket(caller).sent
    steps = zip(sent, sent[1:], strict=False)
    assert {(later.sequence - earlier.sequence) % (1 << 16) for earlier, later in steps} == {1}
    assert [packet.payload_type for packet in sent] == ([101] * 8 + [8] * 2) * 2 + [8] * 5
    events = [packet for packet in sent if packet.payload_type == 101]
    assert len({packet.timestamp for packet in events}) == 2
    assert [packet.payload[0] for packet in events] == [4] * 8 + [2] * 8
    assert (sent[10].timestamp - sent[0].timestamp) % (1 << 32) == 1600
    assert room.heard(caller)[8] == SILENCE[Codec.PCMA]


def test_tick__keys_go_as_tones_where_no_event_was_negotiated(room: Room) -> None:
    caller = room.leg("caller", telephone_event=None)
    caller.outbound.send_digits("4")

    for _ in range(12):
        room.lane.tick()

    heard = room.heard(caller)
    assert [frame == SILENCE[Codec.PCMA] for frame in heard] == [False] * 5 + [True] * 7


def test_send_digits__on_hold_drops_what_is_left(room: Room) -> None:
    caller = room.leg("caller")
    caller.outbound.send_digits("123")
    room.lane.tick()

    for is_sending in (False, True):
        caller.update(codec=Codec.PCMA, telephone_event=101, remote=PEER, is_sending=is_sending)
        room.lane.tick()

    assert [packet.payload_type for packet in room.socket(caller).sent] == [101, 8]


def test_send_digits__more_than_a_few_are_refused(room: Room) -> None:
    caller = room.leg("caller")
    caller.outbound.send_digits("1" * 32)

    with pytest.raises(InvalidInput):
        caller.outbound.send_digits("1")


def test_quality__tells_what_was_lost(room: Room) -> None:
    caller = room.leg("caller")
    assert caller.quality().received == 0
    for number in range(100):
        if number % 10:
            room.say(caller, number, frame(number))
        room.lane.tick()

    quality = caller.quality()

    assert (quality.received, quality.lost, quality.late) == (90, 9, 0)
    assert 2.8 < quality.mos < 3.5
    assert quality.rtt_ms is None


def vowel(number: int) -> bytes:
    """The next 20 ms of a buzz of 125 Hz."""
    instants = (np.arange(160) + 160 * number) / 8000
    samples = sum(6000 / n * np.sin(2 * np.pi * 125 * n * instants) for n in (1, 2, 3))
    return encode(np.asarray(samples).astype(np.int16), Codec.PCMA)


def test_tick__a_lost_frame_is_made_up_for_all_who_hear_it(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    sent: list[bytes] = []
    caller.set_fork(Fork(KeepingSender(sent), stream=1, first_frame=0))
    for number in range(40):
        if number not in (20, 21):
            room.say(caller, number, vowel(number))
        room.lane.tick()

    heard = room.heard(lawyer)
    for lost in (20, 21):
        made, meant = (decode(frame, Codec.PCMA) for frame in (heard[lost + 2], vowel(lost)))
        assert np.corrcoef(made, meant)[0, 1] > 0.9
        assert sent[lost + 2][5] == 1
        assert sent[lost + 2][16:] == heard[lost + 2]
    assert heard[23 + 2] == vowel(23)
    assert caller.counts().frames_missing == DELAY_FRAMES + 2


def test_tick__a_voice_that_stays_away_fades_to_silence_and_costs_nothing(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(20):
        room.say(caller, number, vowel(number))
        room.lane.tick()
    for _ in range(20):
        room.lane.tick()

    quiet = [frame == SILENCE[Codec.PCMA] for frame in room.heard(lawyer)[20 + DELAY_FRAMES :]]
    assert quiet == [False] * 3 + [True] * 15
    assert not caller.inbound.is_mending


def test_tick__a_codec_changed_within_a_gap_is_silence(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(20):
        room.say(caller, number, vowel(number))
        room.lane.tick()
    for _ in range(3):
        room.lane.tick()

    caller.update(codec=Codec.PCMU, telephone_event=101, remote=PEER, is_sending=True)
    room.bridge(caller, lawyer)
    room.lane.tick()

    assert room.heard(lawyer)[-1] == SILENCE[Codec.PCMA]


def test_tick__a_forged_source_does_not_disturb_the_voice(room: Room) -> None:
    """Somebody sends in the peer's name, but cannot know the stream."""
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(60):
        room.say(caller, number + 40_000, frame(200), source=0xBAD)
        room.say(caller, number, frame(number))
        if number == 0:
            # The first to come is believed, whoever it is; it has fallen silent now.
            room.socket(caller).arriving.popleft()
        room.say(caller, number + 5000, frame(201))
        room.lane.tick()

    assert room.heard(lawyer)[DELAY_FRAMES:] == [frame(n) for n in range(60 - DELAY_FRAMES)]
    assert caller.quality().lost == 0


def test_tick__keys_of_a_forged_source_are_not_pressed(room: Room) -> None:
    caller = room.leg("caller")
    for number in range(10):
        room.say(caller, number, frame(1))
        room.say(caller, 700, pack("!BBH", 5, 10, 160), payload_type=101, source=0xBAD)
        room.lane.tick()

    assert room.events == [LegHeard("caller")]


@pytest.mark.parametrize("frames_before", [1, 60])
def test_tick__a_new_source_of_the_same_peer_is_heard_after_60_ms(
    room: Room, frames_before: int
) -> None:
    """A telephone exchange connects somebody else, without a word of signalling."""
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(frames_before):
        room.say(caller, number, frame(1))
        room.lane.tick()

    for number in range(20):
        room.say(caller, number + 30_000, frame(9), source=99)
        room.lane.tick()

    assert room.heard(lawyer)[-10:] == [frame(9)] * 10


def test_tick__a_new_source_is_heard_at_once_when_it_was_signalled(room: Room) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(20):
        room.say(caller, number, frame(1))
        room.lane.tick()

    caller.update(codec=Codec.PCMA, telephone_event=101, remote=PEER, is_sending=True)
    for number in range(10):
        room.say(caller, number + 30_000, frame(9), source=99)
        room.lane.tick()

    # The first of them is blended with what was made up before it.
    assert room.heard(lawyer)[21 + DELAY_FRAMES :] == [frame(9)] * (9 - DELAY_FRAMES)


def test_tick__another_source_is_never_heard_where_one_was_agreed(room: Room) -> None:
    """A browser's leg: somebody sends in the gateway's name while the gateway is silent."""
    lawyer, caller = room.leg("lawyer", source=7), room.leg("caller")
    room.bridge(caller, lawyer)
    for number in range(60):
        room.say(lawyer, number, frame(1))
        room.lane.tick()

    for number in range(20):
        room.say(lawyer, number + 30_000, frame(9), source=99)
        room.lane.tick()

    assert frame(9) not in room.heard(caller)
    assert lawyer.counts().packets_refused == 20


def test_tick__a_stranger_who_was_first_gives_way_to_the_signalled_address(room: Room) -> None:
    stranger = ("198.51.100.9", 666)
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(10):
        room.say(caller, number, frame(200), source=0xBAD, at=stranger)
        room.lane.tick()

    for number in range(20):
        room.say(caller, number, frame(200), source=0xBAD, at=stranger)
        room.say(caller, number, frame(number), source=5)
        room.lane.tick()

    assert room.heard(lawyer)[-1] == frame(20 - 1 - DELAY_FRAMES)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x80",
        bytes(172),  # version 0
        b"\xc0\x08" + bytes(170),  # version 3
        b"\xa0\x08" + bytes(169) + b"\xff",  # more padding than packet
        b"\xa0\x08" + bytes(170),  # padding of nothing
        b"\x8f\x08" + bytes(30),  # fifteen sources that are not there
        b"\x90\x08" + bytes(12) + b"\xff\xff" + bytes(156),  # an endless extension
        b"\x80\xc8" + bytes(170),  # RTCP
        b"\x80\x60" + bytes(170),  # a payload type nobody spoke of
        b"\x80\x08" + bytes(1400),
    ],
    ids=range(11),
)
def test_tick__hostile_packets_cost_nothing(room: Room, datagram: bytes) -> None:
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(40):
        room.say(caller, number, frame(number))
        room.hear(caller, datagram)
        room.hear(caller, datagram, at=("198.51.100.9", 666))
        room.lane.tick()

    assert room.lane.legs == 2
    assert room.events == [LegHeard("caller")]
    heard = room.heard(lawyer)
    assert [one for one in heard if one in {frame(n) for n in range(40)}][-1] == frame(
        39 - DELAY_FRAMES
    )
    assert caller.counts().packets_refused > 0


def press_in_band(room: Room, leg: Leg, digits: str, *, first: int = 0) -> None:
    """Keys as tones, 0.1 s each with as long a pause, sent as voice."""
    pieces = [piece for digit in digits for piece in (key(digit, 0.1), np.zeros(800, np.int16))]
    payload = encode(np.concatenate(pieces), leg.codec)
    for number in range(len(payload) // 160):
        spoken = payload[160 * number : 160 * number + 160]
        room.say(leg, first + number, spoken, payload_type=leg.codec)
        room.lane.tick()


def digits_of(room: Room) -> list[str]:
    return [event.digit for event in room.events if isinstance(event, Digit)]


def test_tick__keys_are_heard_in_the_sound_where_there_are_no_events(room: Room) -> None:
    a_law = room.leg("caller", telephone_event=None)
    u_law = room.leg("other", telephone_event=None, codec=Codec.PCMU)

    press_in_band(room, a_law, "159#")
    press_in_band(room, u_law, "7")

    assert room.events == [
        LegHeard("caller"),
        *(Digit("caller", digit) for digit in "159#"),
        LegHeard("other"),
        Digit("other", "7"),
    ]


def test_tick__keys_in_the_sound_are_not_heard_beside_events(room: Room) -> None:
    press_in_band(room, room.leg("caller"), "159")

    assert digits_of(room) == []


def test_set_heard__who_talks_presses_no_key_unless_asked_to(room: Room) -> None:
    caller = room.leg("caller", telephone_event=None)
    caller.set_heard(True)
    press_in_band(room, caller, "1")
    caller.detect_tones(True)
    press_in_band(room, caller, "2", first=10)
    caller.detect_tones(False)
    caller.set_heard(False)
    press_in_band(room, caller, "3", first=20)
    caller.detect_tones(None)
    press_in_band(room, caller, "4", first=30)

    assert digits_of(room) == ["2", "4"]


def test_update__events_that_appear_only_later_end_the_search_in_the_sound(room: Room) -> None:
    caller = room.leg("caller", telephone_event=None)
    press_in_band(room, caller, "1")

    caller.update(codec=Codec.PCMA, telephone_event=101, remote=PEER, is_sending=True)
    press_in_band(room, caller, "2", first=10)

    assert digits_of(room) == ["1"]


def test_tick__comfort_noise_is_a_sign_of_life_and_silent(room: Room) -> None:
    """RFC 3389: the peer suppresses its silence."""
    caller, lawyer = room.leg("caller"), room.leg("lawyer")
    room.bridge(caller, lawyer)
    for number in range(80):
        room.say(caller, number, b"\x40", payload_type=13)
        room.lane.tick()

    assert room.events == [LegHeard("caller"), LegSilent("lawyer", 1.0)]
    assert set(room.heard(lawyer)) == {SILENCE[Codec.PCMA]}
    assert caller.quality().lost == 0
