"""Who a lane listens to when others send as well."""

from struct import pack

import pytest

from ivr.media.control import Codec
from ivr.media.jitter import DELAY_FRAMES
from ivr.media.telling import LegHeard
from tests.unit.ivr.media.lane_room import PEER, Room, frame


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
