"""What phones hear of a running engine: prompts, silence, each other."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from hotline.errors import InvalidInput
from ivr.media.control import Codec
from ivr.media.errors import NoSuchLeg, PromptUnreadable
from ivr.media.g711 import SILENCE
from ivr.media.telling import Digit, LegHeard, PromptFinished
from tests.integration.media_phone import (
    DEADLINE_SECONDS,
    Phone,
    Studio,
    level,
    noise,
    studio,
    talking,
    tone,
    until,
    until_quiet,
    write_prompt,
)


@pytest_asyncio.fixture
async def engine_room() -> AsyncIterator[Studio]:
    async with studio() as opened:
        yield opened


def share_heard(frames: list[bytes], spoken: list[bytes]) -> float:
    """How much of what was spoken was heard as it was; 0 if any was doubled or out of order.

    On a busy machine the phones of a test are late by more than any buffer bears; what the engine
    makes up then is not counted.
    """
    numbers = {frame: number for number, frame in enumerate(spoken)}
    heard = [numbers[frame] for frame in frames if frame in numbers]
    return len(heard) / len(spoken) if heard == sorted(set(heard)) else 0.0


async def until_heard(say: Callable[[list[bytes]], Awaitable[None]], listener: Phone) -> None:
    """Speaks, other words each time, until most of them are heard bit for bit and in order.

    A machine that stands still for half a second costs a sentence, and people say another one. An
    engine that loses, doubles or swaps half of each sentence never gets through.
    """
    for seed in range(100, 120):
        spoken = noise(60, seed=seed)
        await say(spoken)
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                while share_heard(listener.frames, spoken) <= 0.5:  # noqa: ASYNC110  # frames tell nobody
                    await asyncio.sleep(0.02)
                return
    raise AssertionError("no sentence of twenty was heard")


def contains(frames: list[bytes], wanted: list[bytes]) -> bool:
    return any(
        frames[at : at + len(wanted)] == wanted for at in range(len(frames) - len(wanted) + 1)
    )


async def test_open_leg__sends_silence_evenly_before_anything_comes(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a")

    await until(lambda: len(phone.heard) >= 30)

    packets = [heard.packet for heard in phone.heard]
    assert {packet.payload for packet in packets} == {SILENCE[Codec.PCMA]}
    assert {packet.payload_type for packet in packets} == {8}
    assert len({packet.source for packet in packets}) == 1
    sequences = [packet.sequence for packet in packets]
    assert set(np.diff(sequences) % (1 << 16)) == {1}
    steps = np.diff([packet.timestamp for packet in packets]) % (1 << 32)
    # Time in which the machine stood still is left out.
    stalls = (await engine_room.engine.statistics()).stalls
    assert np.count_nonzero(steps != 160) <= stalls
    assert set(steps % 160) == {0}


async def test_open_leg__takes_even_ports(engine_room: Studio) -> None:
    phones = [await engine_room.phone(f"leg_{number}") for number in range(5)]

    ports = [phone.target[1] for phone in phones if phone.target]
    assert len(set(ports)) == 5
    assert all(port % 2 == 0 for port in ports)


async def test_open_leg__without_an_address_keeps_quiet_until_it_hears(
    engine_room: Studio,
) -> None:
    phone = await Phone.open()
    engine_room.phones.append(phone)
    port = await engine_room.engine.open_leg(
        "leg_a", codec=Codec.PCMA, telephone_event=101, remote=None
    )
    phone.target = ("127.0.0.1", port)

    await phone.say(tone(4000, 10))

    await until(lambda: phone.heard)
    assert (await engine_room.event(LegHeard)).leg == "leg_a"


async def test_play__is_heard_bit_for_bit(engine_room: Studio, tmp_path: Path) -> None:
    phone = await engine_room.phone("leg_a")
    first, second = noise(40, seed=1), noise(25, seed=2)
    paths = [write_prompt(tmp_path / "1.wav", first), write_prompt(tmp_path / "2.wav", second)]

    await engine_room.engine.play("leg_a", play=7, paths=paths)
    finished = await engine_room.event(PromptFinished)

    assert finished == PromptFinished(leg="leg_a", play=7, interrupted=False)
    await until(lambda: contains(phone.frames, [*first, *second, SILENCE[Codec.PCMA]]))


async def test_play__to_a_u_law_leg(engine_room: Studio, tmp_path: Path) -> None:
    phone = await engine_room.phone("leg_a", codec=Codec.PCMU)
    prompt = [frame.replace(b"\x7f", b"\xff") for frame in noise(20, codec=Codec.PCMU)]
    path = write_prompt(tmp_path / "1.wav", prompt, Codec.PCMU)

    await engine_room.engine.play("leg_a", play=1, paths=[path])

    await until(lambda: contains(phone.frames, prompt))


async def test_play__loops_until_it_is_stopped(engine_room: Studio, tmp_path: Path) -> None:
    phone = await engine_room.phone("leg_a")
    prompt = noise(5)
    path = write_prompt(tmp_path / "1.wav", prompt)

    await engine_room.engine.play("leg_a", play=1, paths=[path], loop=True)
    await until(lambda: contains(phone.frames, prompt * 3))
    await engine_room.engine.stop_playing("leg_a")

    assert (await engine_room.event(PromptFinished)).interrupted
    await until(lambda: phone.frames[-1] == SILENCE[Codec.PCMA])


async def test_play__a_newer_one_interrupts_the_older(engine_room: Studio, tmp_path: Path) -> None:
    await engine_room.phone("leg_a")
    paths = [write_prompt(tmp_path / "1.wav", noise(20))]

    await engine_room.engine.play("leg_a", play=1, paths=paths, loop=True)
    await engine_room.engine.play("leg_a", play=2, paths=paths)
    await until(lambda: len(engine_room.events_of(PromptFinished)) == 2)

    assert engine_room.events_of(PromptFinished) == [
        PromptFinished(leg="leg_a", play=1, interrupted=True),
        PromptFinished(leg="leg_a", play=2, interrupted=False),
    ]


async def test_play__an_unreadable_file_is_refused(engine_room: Studio, tmp_path: Path) -> None:
    await engine_room.phone("leg_a")

    with pytest.raises(PromptUnreadable, match="missing"):
        await engine_room.engine.play("leg_a", play=1, paths=[tmp_path / "none.wav"])

    assert engine_room.events_of(PromptFinished) == []


async def test_play__to_nobody_is_refused(engine_room: Studio, tmp_path: Path) -> None:
    path = write_prompt(tmp_path / "1.wav", noise(2))

    with pytest.raises(NoSuchLeg):
        await engine_room.engine.play("leg_x", play=1, paths=[path])


async def test_press__is_one_digit_each(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a")

    await phone.say(tone(0, 5))
    for key in (1, 1, 11):
        await phone.press(key)
        await phone.say(tone(0, 5))
    await until(lambda: len(engine_room.events_of(Digit)) >= 3)
    await phone.say(tone(0, 10))

    assert [event.digit for event in engine_room.events_of(Digit)] == ["1", "1", "#"]


async def test_press__with_any_payload_type(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a", telephone_event=96)

    await phone.press(5, payload_type=96)

    assert await engine_room.event(Digit) == Digit(leg="leg_a", digit="5")


async def test_press__barges_in(engine_room: Studio, tmp_path: Path) -> None:
    phone = await engine_room.phone("leg_a")
    path = write_prompt(tmp_path / "1.wav", noise(20))
    await engine_room.engine.play("leg_a", play=3, paths=[path], loop=True, barge_in=True)

    await phone.press(2)
    await engine_room.event(Digit)

    assert engine_room.events[-2:] == [
        PromptFinished(leg="leg_a", play=3, interrupted=True),
        Digit(leg="leg_a", digit="2"),
    ]
    await until(lambda: phone.frames[-1] == SILENCE[Codec.PCMA])


async def test_press__does_not_end_a_prompt_that_must_be_heard(
    engine_room: Studio, tmp_path: Path
) -> None:
    phone = await engine_room.phone("leg_a")
    path = write_prompt(tmp_path / "1.wav", noise(60))
    await engine_room.engine.play("leg_a", play=3, paths=[path])

    await phone.press(2)

    assert not (await engine_room.event(PromptFinished)).interrupted


async def bridge(room: Studio, *legs: str, gain: float = 1.0) -> None:
    one, other = legs
    await room.engine.set_gains([(one, other, gain), (other, one, gain)])


async def test_set_gains__both_hear_each_other_bit_for_bit(engine_room: Studio) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await bridge(engine_room, "leg_a", "leg_b")

    await asyncio.gather(until_heard(caller.say, lawyer), until_heard(lawyer.say, caller))


async def test_set_gains__between_the_laws(engine_room: Studio) -> None:
    caller = await engine_room.phone("leg_a", codec=Codec.PCMU)
    lawyer = await engine_room.phone("leg_b", codec=Codec.PCMA)
    await bridge(engine_room, "leg_a", "leg_b")

    voices = (caller, tone(5000, 1, Codec.PCMU)[0]), (lawyer, tone(-9000)[0])
    async with talking(*voices):
        await until(lambda: lawyer.last_level == pytest.approx(5000, rel=0.05))
        await until(lambda: caller.last_level == pytest.approx(-9000, rel=0.05))


async def test_set_gains__a_supervisor_hears_both_and_is_not_heard(engine_room: Studio) -> None:
    names = ("leg_a", "leg_b", "leg_s")
    caller, lawyer, supervisor = [await engine_room.phone(name) for name in names]
    await bridge(engine_room, "leg_a", "leg_b")
    await engine_room.engine.set_gains([("leg_a", "leg_s", 1.0), ("leg_b", "leg_s", 0.5)])

    voices = (caller, tone(4000)[0]), (lawyer, tone(6000)[0]), (supervisor, tone(-8000)[0])
    async with talking(*voices):
        await until(lambda: supervisor.last_level == pytest.approx(7000, rel=0.06))
        await until(lambda: lawyer.last_level == pytest.approx(4000, rel=0.06))
        await until(lambda: len(supervisor.heard) > 50)

    assert max(level(frame) for frame in supervisor.frames) < 7500
    assert min(level(frame) for frame in lawyer.frames + caller.frames) >= -8


async def test_set_gains__zero_takes_the_voice_away(engine_room: Studio) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await bridge(engine_room, "leg_a", "leg_b")
    async with talking((caller, tone(4000)[0])):
        await until(lambda: lawyer.last_level > 3000)

        await engine_room.engine.set_gains([("leg_a", "leg_b", 0.0)])

        await until(lambda: lawyer.frames[-1] == SILENCE[Codec.PCMA])


async def test_set_gains__to_a_closed_leg_changes_nothing(engine_room: Studio) -> None:
    lawyer = await engine_room.phone("leg_b")
    caller = await engine_room.phone("leg_a")

    with pytest.raises(NoSuchLeg):
        await engine_room.engine.set_gains([("leg_a", "leg_b", 1.0), ("leg_a", "leg_x", 1.0)])

    await caller.say(tone(4000, 20))
    assert set(lawyer.frames) == {SILENCE[Codec.PCMA]}


async def test_play__covers_the_bridge_and_gives_it_back(
    engine_room: Studio, tmp_path: Path
) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await bridge(engine_room, "leg_a", "leg_b")
    path = write_prompt(tmp_path / "1.wav", tone(-6000, 20))
    async with talking((caller, tone(4000)[0])):
        await until(lambda: lawyer.last_level > 3000)

        await engine_room.engine.play("leg_b", play=1, paths=[path])
        await until(lambda: min(level(frame) for frame in lawyer.frames) < -5000)

        await until(lambda: lawyer.last_level > 3000)


@pytest.mark.parametrize("length", [80, 240, 320])
async def test_say__in_packets_of_other_lengths(engine_room: Studio, length: int) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await bridge(engine_room, "leg_a", "leg_b")

    async def say(spoken: list[bytes]) -> None:
        voice = b"".join(spoken)
        pieces = [voice[at : at + length] for at in range(0, len(voice), length)]
        begun = time.monotonic()
        for number, piece in enumerate(pieces):
            await asyncio.sleep(begun + number * length / 8000 - time.monotonic())
            caller.send_frame(piece)

    await until_heard(say, lawyer)


async def test_say__in_the_other_law_is_understood(engine_room: Studio) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await bridge(engine_room, "leg_a", "leg_b")
    caller.codec = Codec.PCMU

    async with talking((caller, tone(5000, 1, Codec.PCMU)[0])):
        await until(lambda: lawyer.last_level == pytest.approx(5000, rel=0.06))


async def test_say__uneven_and_out_of_order_is_heard_smoothly(engine_room: Studio) -> None:
    caller, lawyer = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    await bridge(engine_room, "leg_a", "leg_b")

    async def say(spoken: list[bytes]) -> None:
        first = caller.timestamp
        begun = time.monotonic()
        for tick in range(len(spoken)):
            await asyncio.sleep(begun + 0.02 * tick + 0.015 * (tick % 3 == 1) - time.monotonic())
            number = tick ^ 1
            caller.timestamp = first + 160 * number
            caller.send_frame(spoken[number])

    await until_heard(say, lawyer)


async def test_update_leg__on_hold_sends_nothing(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a")
    remote = phone.address
    await until(lambda: phone.heard)

    await engine_room.engine.update_leg(
        "leg_a", codec=Codec.PCMA, telephone_event=101, remote=remote, sending=False
    )
    await until_quiet(phone)
    heard = len(phone.heard)

    await engine_room.engine.update_leg(
        "leg_a", codec=Codec.PCMA, telephone_event=101, remote=remote
    )
    await until(lambda: len(phone.heard) > heard + 5)
    sequences = [heard.packet.sequence for heard in phone.heard]
    assert set(np.diff(sequences) % (1 << 16)) == {1}


async def test_update_leg__to_the_other_law_and_another_address(
    engine_room: Studio, tmp_path: Path
) -> None:
    phone = await engine_room.phone("leg_a")
    await phone.say(tone(1000, 40))
    path = write_prompt(tmp_path / "1.wav", tone(5000, 30))
    await engine_room.engine.play("leg_a", play=1, paths=[path], loop=True)
    other = await Phone.open(Codec.PCMU)
    engine_room.phones.append(other)

    await engine_room.engine.update_leg(
        "leg_a", codec=Codec.PCMU, telephone_event=None, remote=other.address
    )

    await until(lambda: other.heard)
    assert {heard.packet.payload_type for heard in other.heard} == {0}
    await until(lambda: other.last_level == pytest.approx(5000, rel=0.06))


async def test_send_digits__arrive_as_keys_at_another_leg(engine_room: Studio) -> None:
    """Two legs of the engine telephone with each other, through a wire that only passes on."""
    near, far = await engine_room.phone("leg_a"), await engine_room.phone("leg_b")
    near.pass_on(far.send)
    far.pass_on(near.send)

    await engine_room.engine.send_digits("leg_a", "1234567890*#ABCD")
    await until(lambda: len(engine_room.events_of(Digit)) == 16, "the digits")

    assert {event.leg for event in engine_room.events_of(Digit)} == {"leg_b"}
    assert "".join(event.digit for event in engine_room.events_of(Digit)) == "1234567890*#ABCD"


async def test_send_digits__refuses_what_has_no_key(engine_room: Studio) -> None:
    await engine_room.phone("leg_a")

    with pytest.raises(InvalidInput, match="Digits"):
        await engine_room.engine.send_digits("leg_a", "12x")


async def test_play_tone__goes_on_until_it_is_stopped(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a")

    await engine_room.engine.play_tone("leg_a", "busy", play=4)
    await until(lambda: any(frame != SILENCE[Codec.PCMA] for frame in phone.frames))
    await engine_room.engine.stop_playing("leg_a")

    assert await engine_room.event(PromptFinished) == PromptFinished("leg_a", 4, True)
    with pytest.raises(InvalidInput, match="tone"):
        await engine_room.engine.play_tone("leg_a", "siren")


async def test_quality__is_good_on_a_quiet_wire(engine_room: Studio) -> None:
    phone = await engine_room.phone("leg_a")
    await phone.say(tone(4000, 30))

    async with asyncio.timeout(DEADLINE_SECONDS):
        while (quality := await engine_room.engine.quality("leg_a")).received < 30:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    assert quality.leg == "leg_a"
    assert quality.lost == 0
    with pytest.raises(NoSuchLeg):
        await engine_room.engine.quality("leg_b")


async def test_send_digits__as_tones_are_found_in_the_sound(engine_room: Studio) -> None:
    """Neither leg has telephone events; who hears the other afterwards presses no more keys."""
    near = await engine_room.phone("leg_a", telephone_event=None)
    far = await engine_room.phone("leg_b", telephone_event=None)
    near.pass_on(far.send)

    await engine_room.engine.send_digits("leg_a", "12#")
    await until(lambda: len(engine_room.events_of(Digit)) == 3, "the digits")
    await bridge(engine_room, "leg_a", "leg_b")
    await engine_room.engine.send_digits("leg_a", "4")
    await asyncio.sleep(0.5)

    assert [event.digit for event in engine_room.events_of(Digit)] == ["1", "2", "#"]
    assert {event.leg for event in engine_room.events_of(Digit)} == {"leg_b"}


async def test_close_leg__while_its_prompt_is_being_loaded(
    engine_room: Studio, tmp_path: Path
) -> None:
    path = write_prompt(tmp_path / "1.wav", noise(2000))
    for number in range(5):
        leg = f"leg_{number}"
        await engine_room.phone(leg)
        asking = asyncio.create_task(engine_room.engine.play(leg, play=1, paths=[path]))
        await asyncio.sleep(0)
        await engine_room.engine.close_leg(leg)
        await asking

    assert (await engine_room.engine.statistics()).legs == 0
