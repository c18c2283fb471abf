"""Both lines, each with the peer that it is made for, behind one set of names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network

from ivr.sip.digest import Credentials
from ivr.sip.line import Line, LineCall
from ivr.sip.pbx_line import PbxLine
from ivr.sip.session_timer import DEFAULT_POLICY, SessionPolicy
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk
from tests.sipp.listener import Desk, Witness
from tests.sipp.office_pbx import OfficePbx
from tests.sipp.run import Sipp, offer, place_call

LINES = ("trunk", "pbx")

# A session that neither line takes.
IPV6 = offer().replace("c=IN IP4 [media_ip]", "c=IN IP6 2001:db8::9")


@dataclass(frozen=True)
class LineHouse:
    """A line that was started.

    Attributes:
        line: The line.
        desk: Who takes its calls.
        port: Where a peer calls: the line itself, or its PBX.
    """

    line: Line
    desk: Desk
    port: int

    async def dial(self, witness: Witness, *, timeout_seconds: float = 60.0) -> LineCall:
        """Dials the peer."""
        return await self.line.dial(
            "13800001234",
            from_number="12348",
            host="127.0.0.1",
            port=40_000,
            listener=witness,
            timeout_seconds=timeout_seconds,
        )


def make_pbx_line(pbx: OfficePbx, **changes: object) -> PbxLine:
    """The PBX line at a PBX."""
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "server": ("127.0.0.1", pbx.port),
        "credentials": Credentials("8001", "secret"),
        "max_calls": 10,
        "user_agent": "hotline test",
    }
    return PbxLine(**(values | changes))  # type: ignore[arg-type]  # a table of arguments


@asynccontextmanager
async def open_line(
    kind: str,
    *,
    callee_port: int | None = None,
    max_calls: int = 10,
    session_policy: SessionPolicy = DEFAULT_POLICY,
) -> AsyncIterator[LineHouse]:
    """A line of that kind.

    Args:
        kind: One of `LINES`.
        callee_port: Where its calls go, on 127.0.0.1.
        max_calls: Calls at the same time.
        session_policy: What it wants of session timers.
    """
    desk = Desk()
    if kind == "pbx":
        async with OfficePbx() as pbx:
            pbx.callee = None if callee_port is None else ("127.0.0.1", callee_port)
            pbx_line = make_pbx_line(pbx, max_calls=max_calls, session_policy=session_policy)
            await pbx_line.start(desk.take)
            try:
                yield LineHouse(pbx_line, desk, pbx.port)
            finally:
                await pbx_line.stop()
        return
    line = TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=one_trunk(
            [ip_network("127.0.0.1/32")],
            None if callee_port is None else ("127.0.0.1", callee_port),
        ),
        max_calls=max_calls,
        calls_per_second=50,
        user_agent="hotline test",
        session_policy=session_policy,
    )
    await line.start(desk.take)
    try:
        yield LineHouse(line, desk, line.port)
    finally:
        await line.stop()


async def play(house: LineHouse, scenario: str, **variables: object) -> None:
    """Plays a scenario against a line, to its end."""
    await asyncio.to_thread(place_call, scenario, port=house.port, variables=variables)


async def finish(sipp: Sipp) -> None:
    """Waits until SIPp has played its scenario, and asserts that it went as written."""
    (await asyncio.to_thread(sipp.wait)).check()
