"""The gateway over real sockets: browsers on one side, an engine's UDP port on the other."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import serve

from agent_console.gateway.rtp import FRAME_BYTES, Sender, voice_of
from agent_console.gateway.server import Gateway, answer_probe
from hotline.calls import service as calls
from hotline.calls.legs import voice_source
from hotline.events import EventType, read_after
from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.rtp import parse
from hotline.tables import Call, Leg
from tests.integration.web_house import WAIT_SECONDS, until, with_bus
from tests.unit.api.factories import add_people, add_talk

TONE = (8000 * np.sin(np.arange(160) * 2 * np.pi * 400 / 8000)).astype("<i2").tobytes()
SILENCE = bytes(FRAME_BYTES)


class Engine:
    """The engine's end of one leg."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.heard_from: tuple[str, int] = ("", 0)
        self._sender = Sender(source=1, sequence=1, timestamp=1)

    async def heard(self) -> bytes:
        """The next packet."""
        async with asyncio.timeout(WAIT_SECONDS):
            loop = asyncio.get_running_loop()
            packet, self.heard_from = await loop.sock_recvfrom(self.socket, 2048)
            return packet

    async def heard_voice(self) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        """The samples of the next packet that is no silence."""
        while True:
            voice = voice_of(await self.heard())
            assert voice is not None
            law, payload = voice
            samples = law.decode(payload)
            if np.abs(samples.astype(int)).max() > 100:
                return samples

    def say(self, payload: bytes) -> None:
        """Sends a packet of A-law to where it last heard from."""
        packet = self._sender.packet(payload, now=0.0)
        self.socket.sendto(packet, self.heard_from)

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def live(house: House) -> Iterator[House]:
    """A house with a real bus."""
    with with_bus(house) as live:
        yield live


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine that has opened one leg."""
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def talk(live: House) -> Accepted:
    """A talk that a lawyer has taken; the engine is not ready."""
    return add_talk(live, add_people(live)["li"])


@asynccontextmanager
async def gateway(
    house: House, *, grace_seconds: float = 20.0, ready_seconds: float = 10.0
) -> AsyncIterator[tuple[Gateway, str]]:
    """A running gateway and its address."""
    running = Gateway(house, grace_seconds=grace_seconds, ready_seconds=ready_seconds)
    task = asyncio.create_task(running.run())
    async with serve(
        running.serve, "127.0.0.1", 0, process_request=answer_probe, compression=None
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield running, f"ws://127.0.0.1:{port}"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def make_ready(house: House, talk: Accepted, engine: Engine) -> None:
    """ivr has opened the engine's leg."""
    with house.database.session() as session:
        leg = session.get_one(Leg, talk.leg_id)
        leg.state, leg.rtp_host, leg.rtp_port = "ready", "127.0.0.1", engine.port
        session.add(leg)
        house.record(session, EventType.LEG_READY, leg_id=leg.id, call_id=leg.call_id)


def end_talk(house: House, talk: Accepted) -> None:
    with house.database.session() as session:
        calls.end(session, house, session.get_one(Call, talk.call_id), reason="caller_hung_up")


def leg_events(house: House) -> list[str]:
    """What was told of the browser so far."""
    with house.database.reading() as session:
        types = [event.type for event in read_after(session, 0)]
    return [type_ for type_ in types if type_ in ("leg.connected", "leg.disconnected")]


def browser(address: str, talk: Accepted, *, token: str | None = None) -> connect:
    return connect(f"{address}/ws/audio/{talk.leg_id}?token={token or talk.leg_token}")


async def text_of(socket: ClientConnection) -> dict[str, object]:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                words: dict[str, object] = json.loads(message)
                return words


async def closed(socket: ClientConnection) -> int:
    async with asyncio.timeout(WAIT_SECONDS):
        await socket.wait_closed()
    return socket.close_code or 0


class TestVoice:
    async def test_voice__goes_both_ways(self, live: House, talk: Accepted, engine: Engine) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (_, address), browser(address, talk) as page:
            assert await text_of(page) == {"type": "ready"}
            first = await engine.heard()
            await page.send(TONE)
            heard = await engine.heard_voice()
            engine.say(b"\x2a" * 160)
            async with asyncio.timeout(WAIT_SECONDS):
                frame = await page.recv()

        assert voice_of(first) is not None
        error = heard.astype(int) - np.frombuffer(TONE, "<i2")
        assert np.abs(error).max() <= 256
        assert isinstance(frame, bytes)
        assert np.frombuffer(frame, "<i2").tolist() == [-32256] * 160

    async def test_voice__comes_with_the_source_that_the_engine_expects(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (_, address), browser(address, talk):
            packet = parse(await engine.heard())

        assert packet is not None
        assert packet.source == voice_source(live, talk.leg_id)

    async def test_voice__waits_for_the_engine(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        async with gateway(live) as (_, address), browser(address, talk) as page:
            await page.send(TONE)
            make_ready(live, talk, engine)
            assert await text_of(page) == {"type": "ready"}
            await engine.heard()
            await until(lambda: leg_events(live) == ["leg.connected"])

    async def test_voice__an_engine_that_does_not_come_is_told_to_try_again(
        self, live: House, talk: Accepted
    ) -> None:
        async with gateway(live, ready_seconds=0.1) as (_, address):
            async with browser(address, talk) as page:
                assert await closed(page) == 1013

    async def test_voice__a_burst_does_not_reach_the_engine_as_one(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (_, address), browser(address, talk) as page:
            await engine.heard()
            loop = asyncio.get_running_loop()
            for _ in range(6):
                await page.send(TONE)
            moments = []
            for _ in range(6):
                await engine.heard_voice()
                moments.append(loop.time())

        # Four beats of 20 ms; where the machine stands still, the first may be read late.
        assert moments[-1] - moments[0] > 0.03

    async def test_voice__strange_frames_are_left_out(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (_, address), browser(address, talk) as page:
            await text_of(page)
            await page.send(b"\x00\x01\x02")
            await page.send("words")
            await page.send(TONE)
            assert len(await engine.heard_voice()) == 160


class TestComingBack:
    async def test_reload__keeps_socket_source_and_sequence(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (_, address):
            async with browser(address, talk) as page:
                await page.send(TONE)
                before = await engine.heard()
                port = engine.heard_from
            await until(lambda: leg_events(live) == ["leg.connected", "leg.disconnected"])
            async with browser(address, talk) as page:
                await text_of(page)
                await page.send(TONE)
                await engine.heard_voice()
                after = await engine.heard()
                await until(lambda: leg_events(live).count("leg.connected") == 2)

        assert engine.heard_from == port
        assert after[8:12] == before[8:12]

    async def test_grace__over_the_leg_is_given_up_and_can_be_had_anew(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live, grace_seconds=0.05) as (running, address):
            async with browser(address, talk) as page:
                await text_of(page)
                assert len(running) == 1
            await until(lambda: len(running) == 0)
            async with browser(address, talk) as page:
                assert await text_of(page) == {"type": "ready"}

    async def test_takeover__sends_the_first_away_and_keeps_the_voice(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (_, address), browser(address, talk) as first:
            await text_of(first)
            async with browser(address, talk) as second:
                assert await closed(first) == 4409
                await text_of(second)
                await second.send(TONE)
                await engine.heard_voice()
                assert "leg.disconnected" not in leg_events(live)


class TestRefused:
    async def test_token__of_somebody_else_is_refused(self, live: House, talk: Accepted) -> None:
        async with gateway(live) as (_, address):
            async with browser(address, talk, token="wrong") as page:
                assert await closed(page) == 4401
            async with connect(f"{address}/ws/audio/leg_x?token=") as page:
                assert await closed(page) == 4401

    async def test_other_addresses__are_not_here(self, live: House) -> None:
        async with gateway(live) as (_, address):
            host, port = address.removeprefix("ws://").split(":")
            assert b"404" in await _get(host, int(port), "/nothing")
            assert b"alive" in await _get(host, int(port), "/healthz")


class TestEnd:
    async def test_end__tells_the_browser(
        self, live: House, talk: Accepted, engine: Engine
    ) -> None:
        make_ready(live, talk, engine)
        async with gateway(live) as (running, address), browser(address, talk) as page:
            await text_of(page)
            end_talk(live, talk)
            assert await text_of(page) == {"type": "ended"}
            assert await closed(page) == 1000
            assert len(running) == 0
        assert "leg.disconnected" not in leg_events(live)

    async def test_end__while_waiting_for_the_engine(self, live: House, talk: Accepted) -> None:
        async with gateway(live) as (_, address), browser(address, talk) as page:
            end_talk(live, talk)
            assert await text_of(page) == {"type": "ended"}

    async def test_end__a_leg_that_is_over_is_not_opened(self, live: House, talk: Accepted) -> None:
        end_talk(live, talk)
        async with gateway(live) as (_, address), browser(address, talk) as page:
            assert await text_of(page) == {"type": "ended"}


async def _get(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    async with asyncio.timeout(WAIT_SECONDS):
        answer = await reader.read()
    writer.close()
    return answer
