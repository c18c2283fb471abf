"""A whole call with a lawyer at a SIP phone: line, registrar, engine and telephones are real."""

import asyncio
import wave
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from hotline.agents import telephones
from hotline.agents.telephones import Medium
from hotline.house import House
from hotline.tables import User
from ivr.catalogue import PromptCatalogue
from ivr.media.pool import MediaPool, PoolConfiguration
from ivr.sip.sippy_phones import PhoneDesk
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.integration.media_phone import free_ports, tone, until, write_prompt
from tests.sipp.phone_program import phone
from tests.sipp.phone_secrets import REALM, phone_secrets
from tests.sipp.pjsua_call import pjsua_call
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange

# The lawyers' phones are in a network of their own, as they are in an office.
PHONES = "127.0.0.2"
RATE = 8000
CALLER_HZ, LAWYER_HZ = 520.0, 1130.0
# Of the other side, a tenth as loud as it was sent.
HEARD_SAMPLES, HEARD_LEVEL = RATE // 2, 800.0


class Prompts:
    """A tenth of a second of silence for every prompt."""

    def __init__(self, directory: Path) -> None:
        self._path = write_prompt(directory / "prompt.wav", tone(0, 5))

    def path(self, _key: str, _language: str, **_: object) -> Path:
        return self._path


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    ids = add_people(house)
    with house.database.session() as session:
        lawyer = session.get_one(User, ids["li"])
        telephones.choose(session, house, lawyer, Medium.SIP_PHONE)
    return ids


@pytest.fixture
async def exchange(house: House, ids: dict[str, str], tmp_path: Path) -> AsyncIterator[Exchange]:
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
        trunks=one_trunk([ip_network("127.0.0.1/32")]),
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
    await exchange.board.end_all(timeout_seconds=5)
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


def hears(path: Path, hertz: float) -> bool:
    """Whether a recording that still grows has half a second of that tone and of no other."""
    data = path.read_bytes() if path.exists() else b""
    samples = np.frombuffer(data[44 : len(data) // 2 * 2], dtype="<i2")
    windows = samples[: len(samples) // HEARD_SAMPLES * HEARD_SAMPLES].reshape(-1, HEARD_SAMPLES)
    spectra = np.abs(np.fft.rfft(windows)) * 2 / HEARD_SAMPLES
    place = round(hertz * HEARD_SAMPLES / RATE)
    beside = np.delete(spectra, slice(place - 20, place + 21), axis=1).max(axis=1, initial=0.0)
    voice = spectra[:, place - 2 : place + 3].max(axis=1, initial=0.0)
    return bool(np.any((voice > HEARD_LEVEL) & (voice > 3 * beside)))


async def test_phone__registers_takes_a_caller_talks_and_hangs_up(
    exchange: Exchange, ids: dict[str, str], tmp_path: Path
) -> None:
    line = cast(TrunkLine, exchange.line)
    heard = {who: tmp_path / f"heard_by_{who}.wav" for who in ("caller", "lawyer")}
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
            program.hang_up()
            await exchange.state("rating")
            await until(lambda: exchange.lawyer(ids["li"]).state == "wrap_up", "the wrap-up")
            await program.ends()
            await exchange.board.end_all(timeout_seconds=5)
            result = await asyncio.to_thread(telephone.wait)

    assert "hung up" not in result.names
    assert line.phones == frozenset()
