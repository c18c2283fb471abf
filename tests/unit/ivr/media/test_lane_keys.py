"""Keys through a lane: as events, as tones, and in the sound."""

from struct import pack

import numpy as np
import pytest

from hotline.errors import InvalidInput
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE, encode
from ivr.media.leg import Leg
from ivr.media.prompt_player import Playback
from ivr.media.telling import Digit, LegHeard
from ivr.media.tones import key
from tests.unit.ivr.media.lane_room import PEER, Room, frame


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


def test_skip__keeps_the_keys(room: Room) -> None:
    caller = room.leg("caller")
    room.say(caller, 0, frame(1))
    room.lane.tick()
    room.say(caller, 1, frame(1))
    room.say(caller, 2, pack("!BBH", 5, 10, 160), payload_type=101)

    room.lane.skip(50)

    assert room.events == [LegHeard("caller"), Digit("caller", "5")]


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
