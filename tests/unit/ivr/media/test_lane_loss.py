"""What a lane makes of frames that are lost."""

import numpy as np

from ivr.media.control import Codec
from ivr.media.fork import Fork
from ivr.media.g711 import SILENCE, decode, encode
from ivr.media.jitter import DELAY_FRAMES
from tests.unit.ivr.media.lane_room import PEER, KeepingSender, Room, frame


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
