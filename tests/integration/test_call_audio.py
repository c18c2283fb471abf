"""Who hears whom, by their ears: a running engine, and peers each with a pitch of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from ivr.audio import CallAudio
from ivr.flow.mixing import CALLER, LAWYER, hearing
from ivr.flow.parties import Party, Purpose
from ivr.flow.states import CallContext, State
from ivr.media.control import Codec
from ivr.media.g711 import decode, encode
from ivr.sip.line import Direction, RemoteMedia
from tests.integration.media_phone import Phone, studio, talking, until

THIRD, BOSS = "third", "boss"
# Each of them whole in a frame of 20 ms, so that every frame of a voice is the same.
PITCHES_HZ = {CALLER: 400, LAWYER: 700, THIRD: 1100, BOSS: 1600}
_HZ_A_BIN = 50
# A voice alone is 4000 loud; what is left of none is the noise of the law.
_LOUD, _HEARD = 4000, 1500
# Whoever is heard so long in a row is heard for good.
_FRAMES = 10

Ears = dict[str, set[str]]

TALK = CallContext(state=State.TALKING, lawyer="user_1", leg="leg_1", bridged=True)
EVERYBODY = {CALLER, LAWYER, THIRD}


def voice(name: str) -> bytes:
    """A frame of somebody's pitch."""
    instants = np.arange(160) / 8000
    samples = _LOUD * np.sin(2 * np.pi * PITCHES_HZ[name] * instants)
    return encode(samples.astype(np.int16), Codec.PCMA)


def voices(frame: bytes) -> set[str]:
    """Whose pitches are in a frame."""
    spectrum = np.abs(np.fft.rfft(decode(frame, Codec.PCMA))) / 80
    return {name for name, hz in PITCHES_HZ.items() if spectrum[hz // _HZ_A_BIN] > _HEARD}


def hears(phone: Phone, names: set[str]) -> bool:
    """Whether somebody hears exactly these now, and not only for a moment."""
    last = [voices(frame) for frame in phone.frames[-_FRAMES:]]
    return len(last) == _FRAMES and all(each == names for each in last)


class Scene:
    """A caller, a lawyer and a supervisor at their browsers, a third party at a telephone."""

    def __init__(self, audio: CallAudio, phones: dict[str, Phone]) -> None:
        self._audio = audio
        self._phones = phones

    async def assert_ears(self, call: CallContext, ears: Ears) -> None:
        """Mixes as the flow means it, and waits until everybody hears exactly these."""
        await self._audio.mix(hearing(call))
        for phone in self._phones.values():
            phone.heard.clear()
        for name, heard in ears.items():
            await until(partial(hears, self._phones[name], heard), f"what {name} hears")


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(studio())
        audio = CallAudio(room.engine, "call_1")
        phones = {name: await Phone.open() for name in PITCHES_HZ}
        room.phones += phones.values()
        ports = {
            CALLER: await audio.open_caller(media_of(phones[CALLER])),
            LAWYER: await audio.open_lawyer("leg_1", source=1),
            THIRD: await audio.open_party(THIRD),
            BOSS: await audio.open_party(BOSS, source=2),
        }
        await audio.change_leg(THIRD, media_of(phones[THIRD]))
        phones[LAWYER].source, phones[BOSS].source = 1, 2
        for name, port in ports.items():
            phones[name].target = ("127.0.0.1", port)
        speaking = ((phone, voice(name)) for name, phone in phones.items())
        await stack.enter_async_context(talking(*speaking))
        yield Scene(audio, phones)


def media_of(phone: Phone) -> RemoteMedia:
    host, port = phone.address
    return RemoteMedia(host, port, Codec.PCMA, 101, Direction.SENDRECV)


def supervised(purpose: Purpose) -> CallContext:
    """A talk by three that a supervisor came to."""
    third = Party(THIRD, Purpose.JOIN, is_talking=True)
    return replace(TALK, parties=(third, Party(BOSS, purpose, is_talking=True)))


def all_but_self(names: set[str]) -> Ears:
    return {name: names - {name} for name in names}


async def test_supervisor__listens_whispers_and_barges_in() -> None:
    async with scene() as talk:
        await talk.assert_ears(
            supervised(Purpose.LISTEN), all_but_self(EVERYBODY) | {BOSS: EVERYBODY}
        )
        await talk.assert_ears(
            supervised(Purpose.WHISPER),
            all_but_self(EVERYBODY) | {LAWYER: {CALLER, THIRD, BOSS}, BOSS: EVERYBODY},
        )
        await talk.assert_ears(supervised(Purpose.BARGE), all_but_self(EVERYBODY | {BOSS}))
        await talk.assert_ears(
            supervised(Purpose.LISTEN), all_but_self(EVERYBODY) | {BOSS: EVERYBODY}
        )


@pytest.mark.parametrize("muted", [LAWYER, THIRD])
async def test_mute__nobody_hears_them_and_they_hear_all(muted: str) -> None:
    call = supervised(Purpose.LISTEN)
    others = EVERYBODY - {muted}
    async with scene() as talk:
        await talk.assert_ears(
            replace(call, muted=frozenset({muted})),
            {name: others - {name} for name in EVERYBODY} | {BOSS: others},
        )
        await talk.assert_ears(call, all_but_self(EVERYBODY) | {BOSS: EVERYBODY})


async def test_hold__nobody_hears_the_music_of_whoever_holds() -> None:
    call = supervised(Purpose.BARGE)
    third, boss = call.parties
    async with scene() as talk:
        await talk.assert_ears(
            replace(call, parties=(replace(third, is_holding=True), boss)),
            {CALLER: {LAWYER, BOSS}, LAWYER: {CALLER, BOSS}, BOSS: {CALLER, LAWYER}},
        )


async def test_consult__caller_hears_nobody_and_is_heard_by_nobody() -> None:
    asked = Party(THIRD, Purpose.CONSULT, is_talking=True)
    ear = Party(BOSS, Purpose.LISTEN, is_talking=True)
    call = replace(TALK, state=State.ON_HOLD, bridged=False, parties=(asked, ear))
    async with scene() as talk:
        await talk.assert_ears(
            call, {CALLER: set(), LAWYER: {THIRD}, THIRD: {LAWYER}, BOSS: {LAWYER, THIRD}}
        )
