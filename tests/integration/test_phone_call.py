"""A whole call with a lawyer at a SIP phone, who gives it to somebody outside in the end.

Line, registrar, engine and telephones are real.
"""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlmodel import select

from hotline.agents import telephones
from hotline.agents.telephones import Medium
from hotline.calls import control
from hotline.calls.parties import Whom
from hotline.calls.rules import Purpose
from hotline.events import EventType
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Call, EventRow, Recording, User
from ivr.catalogue import PromptCatalogue
from ivr.media.pool import MediaPool, PoolConfiguration
from ivr.sip.sippy_phones import PhoneDesk
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.e2e.peers import Telephone
from tests.integration.media_phone import free_ports, read_recording, tone, until, write_prompt
from tests.ports import free_port
from tests.sipp.phone_program import PhoneProgram, phone
from tests.sipp.phone_secrets import REALM, phone_secrets
from tests.sipp.pjsua_call import pjsua_call
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange

# The lawyers' phones are in a network of their own, as they are in an office.
PHONES = "127.0.0.2"
RATE = 8000
CALLER_HZ, LAWYER_HZ, THIRD_HZ = 520.0, 1130.0, 1730.0
# What tests/e2e/phone.py records with.
THIRD_RATE = 16_000
# Of the other side, a tenth as loud as it was sent.
HEARD_SECONDS, HEARD_LEVEL = 0.5, 800.0
# A-law has no zero (G.711).
SILENCE = 8


class Prompts:
    """A tenth of a second of silence for every prompt."""

    def __init__(self, directory: Path) -> None:
        self._path = write_prompt(directory / "prompt.wav", tone(0, 5))

    def path(self, _key: str, _language: str, **_: object) -> Path:
        return self._path


@pytest.fixture
def third_port() -> int:
    return free_port()


@pytest.fixture
def settings(tmp_path: Path, third_port: int) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound=f"127.0.0.1:{third_port}")


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    ids = add_people(house)
    with house.database.session() as session:
        lawyer = session.get_one(User, ids["li"])
        telephones.choose(session, house, lawyer, Medium.SIP_PHONE)
    return ids


@pytest.fixture
async def exchange(
    house: House, ids: dict[str, str], third_port: int, tmp_path: Path
) -> AsyncIterator[Exchange]:
    """The switchboard on a real line and a real engine."""
    boards: list[Exchange] = []
    engines = await MediaPool.start(
        count=1,
        configuration=PoolConfiguration(
            host="127.0.0.1", ports=free_ports(20), asr_address=None, rtp_timeout_seconds=30.0
        ),
        on_event=lambda event: boards[0].board.hear(event),
    )
    line = TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=one_trunk([ip_network("127.0.0.1/32")], ("127.0.0.1", third_port)),
        max_calls=10,
        calls_per_second=50,
        user_agent="hotline test",
        phones=PhoneDesk([ip_network(f"{PHONES}/32")], realm=REALM, user_agent="hotline test"),
    )
    exchange = Exchange(house, engine=cast(Any, engines), line=cast(Any, line))
    exchange.board.catalogue = cast(PromptCatalogue, Prompts(tmp_path))
    boards.append(exchange)
    await line.start(exchange.board.welcome)
    line.admit_phones({"li": phone_secrets("li", "right")})
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)
    await line.stop()
    await engines.stop()


def write_voice(path: Path, hertz: float) -> Path:
    """Two seconds of one tone."""
    samples = 8000 * np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def hears(path: Path, hertz: float, *, rate: int = RATE) -> bool:
    """Whether a file that still grows has half a second of that tone and of no other."""
    data = path.read_bytes() if path.exists() else b""
    samples = np.frombuffer(data[44 : len(data) // 2 * 2], dtype="<i2")
    return has_tone(samples, hertz, rate=rate)


def has_tone(samples: NDArray[np.int16], hertz: float, *, rate: int = RATE) -> bool:
    """Whether there is half a second of that tone and of no other."""
    length = round(HEARD_SECONDS * rate)
    windows = samples[: len(samples) // length * length].reshape(-1, length)
    spectra = np.abs(np.fft.rfft(windows)) * 2 / length
    place = round(hertz * HEARD_SECONDS)
    beside = np.delete(spectra, slice(place - 20, place + 21), axis=1).max(axis=1, initial=0.0)
    voice = spectra[:, place - 2 : place + 3].max(axis=1, initial=0.0)
    return bool(np.any((voice > HEARD_LEVEL) & (voice > 3 * beside)))


def recording_of(exchange: Exchange) -> Recording:
    with exchange.house.database.reading() as session:
        return session.exec(select(Recording)).one()


def notices_of(exchange: Exchange) -> list[EventRow]:
    """What says that the caller was told of being recorded."""
    with exchange.house.database.reading() as session:
        query = select(EventRow).where(EventRow.type == EventType.NOTICE_GIVEN.value)
        return list(session.exec(query))


async def check_recording(exchange: Exchange) -> None:
    """The caller left, the lawyer right, and nothing of what was asked in private."""
    await until(lambda: recording_of(exchange).state != "recording", "the recording's end")
    recording = recording_of(exchange)
    (notice,) = notices_of(exchange)
    assert notice.data["call_id"] == recording.call_id
    assert notice.at <= recording.started_at
    left, right = read_recording(exchange.house.settings.recordings_dir / recording.path)
    assert [has_tone(left, hertz) for hertz in (CALLER_HZ, LAWYER_HZ)] == [True, False]
    assert [has_tone(right, hertz) for hertz in (LAWYER_HZ, THIRD_HZ)] == [True, False]
    # The caller's tone never ends; while on hold it is said to nobody.
    assert np.abs(np.concatenate([left[-RATE // 2 :], right[-RATE // 2 :]])).max() <= SILENCE


async def consult(exchange: Exchange, lawyer_id: str) -> None:
    """The lawyer asks for a third party at the console."""
    with exchange.house.database.session() as session:
        call = session.exec(select(Call)).one()
        lawyer = session.get_one(User, lawyer_id)
        whom = Whom(number="110")
        control.reach(session, exchange.house, call, whom, purpose=Purpose.CONSULT, by=lawyer)
    await exchange.tell_events()


async def play_until(third: Telephone, voice: Path, heard: Callable[[], bool], what: str) -> None:
    """The third party says its two seconds again and again."""
    task = asyncio.create_task(until(heard, what))
    while not task.done():
        third.say(f"play {voice}")
        await asyncio.wait([task], timeout=2.0)
    await task


async def transfer(
    exchange: Exchange,
    lawyer_id: str,
    third: Telephone,
    program: PhoneProgram,
    heard: dict[str, Path],
    directory: Path,
) -> None:
    """An attended transfer, completed as at any desk phone: by hanging up."""
    voice = write_voice(directory / "third.wav", THIRD_HZ)
    await consult(exchange, lawyer_id)
    await asyncio.to_thread(third.wait_for, "incoming", timeout_seconds=60.0)
    third.say("answer")
    await asyncio.to_thread(third.wait_for, "confirmed", timeout_seconds=60.0)
    await play_until(third, voice, lambda: hears(heard["lawyer"], THIRD_HZ), "what is told")
    await until(lambda: hears(heard["third"], LAWYER_HZ, rate=THIRD_RATE), "what is asked")
    assert not hears(heard["caller"], THIRD_HZ)
    assert not hears(heard["third"], CALLER_HZ, rate=THIRD_RATE)
    program.hang_up()
    await exchange.state("transferred")
    await check_recording(exchange)
    await until(lambda: exchange.lawyer(lawyer_id).state == "wrap_up", "the wrap-up")
    await play_until(third, voice, lambda: hears(heard["caller"], THIRD_HZ), "the third party")
    await until(lambda: hears(heard["third"], CALLER_HZ, rate=THIRD_RATE), "the caller's voice")


async def test_phone__takes_a_caller_asks_somebody_and_leaves_the_caller_to_them(
    exchange: Exchange, ids: dict[str, str], third_port: int, tmp_path: Path
) -> None:
    line = cast(TrunkLine, exchange.line)
    heard = {who: tmp_path / f"heard_by_{who}.wav" for who in ("caller", "lawyer", "third")}
    options = {
        "--host": PHONES,
        "--press": "1",
        "--play": str(write_voice(tmp_path / "lawyer.wav", LAWYER_HZ)),
        "--record": str(heard["lawyer"]),
        "--patience": "60",
    }
    arguments = tuple(part for option in options.items() for part in option)
    async with phone(line.port, username="li", password="right", options=arguments) as program:
        assert (await program.says("registration"))["status"] == 200
        with pjsua_call(
            port=line.port,
            seconds=60,
            digits="0",
            digit_seconds=0.5,
            play=write_voice(tmp_path / "caller.wav", CALLER_HZ),
            record=heard["caller"],
        ) as telephone:
            await exchange.waits()
            await exchange.lawyer_accepts(ids["li"])
            await program.says("answered")
            await exchange.state("talking")
            await until(lambda: hears(heard["caller"], LAWYER_HZ), "the lawyer's voice")
            await until(lambda: hears(heard["lawyer"], CALLER_HZ), "the caller's voice")
            third = await asyncio.to_thread(
                Telephone, port=third_port, number="110", save=heard["third"]
            )
            with third:
                await transfer(exchange, ids["li"], third, program, heard, tmp_path)
            await program.ends()
            await exchange.board.end_all(timeout_seconds=60)
            result = await asyncio.to_thread(telephone.wait)

    assert "hung up" not in result.names
    assert line.phones == frozenset()
