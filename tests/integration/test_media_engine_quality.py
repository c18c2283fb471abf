"""What a running engine tells of the network, and of the voices that it loses there."""

import asyncio
import time

from ivr.media.control import Codec
from ivr.media.g711 import SILENCE
from ivr.media.ports import PortPool
from ivr.media.rtcp import Block, Report, build, middle_of, parse
from ivr.media.rtp import build_header
from tests.integration.media_phone import free_ports, studio, until

_OURS = 0xCAFE


async def test_rtcp__is_exchanged_and_tells_the_round_trip() -> None:
    """A peer with both ports; the engine's first report comes within 3 s."""
    ports = PortPool(host="127.0.0.1", ports=free_ports(1)).open()
    async with studio() as room:
        port = await room.engine.open_leg(
            "leg_a", codec=Codec.PCMA, telephone_event=101, remote=("127.0.0.1", ports.port)
        )
        header = build_header(payload_type=8, sequence=1, timestamp=0, source=_OURS)
        ports.voice.sendto(header + SILENCE[Codec.PCMA], ("127.0.0.1", port))
        heard: list[Report] = []

        def listen() -> bool:
            try:
                heard.extend(parse(ports.control.recv(1500)) or ())
            except BlockingIOError:
                return False
            return True

        await until(listen, "a report")
        came = time.monotonic_ns()
        await asyncio.sleep(0.05)
        told = heard[0].sender
        assert told is not None
        assert heard[0].blocks[0].source == _OURS
        since = (time.monotonic_ns() - came) * 65_536 // 10**9
        block = Block(heard[0].source, 0, 0, 0, 0, middle_of(told.ntp), since)
        answer = build(Report(_OURS, None, (block,)), name=b"phone")
        ports.control.sendto(answer, ("127.0.0.1", port + 1))

        deadline = time.monotonic() + 5
        while (quality := await room.engine.quality("leg_a")).rtt_ms is None:
            assert time.monotonic() < deadline, "no round trip was told"
            await asyncio.sleep(0.05)
        assert quality.rtt_ms < 40
    ports.close()
