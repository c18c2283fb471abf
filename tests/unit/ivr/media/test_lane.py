"""Legs of a lane: voices to each other, silence, bursts and faults."""

from struct import pack

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE
from ivr.media.jitter import DELAY_FRAMES
from ivr.media.mixer import Mix, Solo, listening
from ivr.media.telling import LegHeard, LegSilent
from tests.unit.ivr.media.lane_room import PEER, Room, frame


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


def test_listening__says_how_each_is_made(room: Room) -> None:
    caller, lawyer, third = room.leg("a"), room.leg("b", codec=Codec.PCMU), room.leg("c")

    assert isinstance(listening([(caller.inbound, 1.0)], lawyer.codec), Solo)
    both = [(caller.inbound, 1.0), (lawyer.inbound, 1.0)]
    assert isinstance(listening(both, third.codec), Mix)


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
