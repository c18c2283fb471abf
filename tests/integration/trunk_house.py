"""The trunk line with SIPp as the carrier."""

import asyncio
from ipaddress import ip_network

from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.run import place_call


def make_line(**changes: object) -> TrunkLine:
    """A line that takes calls from this machine, unless something else is said."""
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.1/32")],
        "outbound": None,
        "max_calls": 250,
        "calls_per_second": 250,
        "user_agent": "hotline test",
    }
    return TrunkLine(**with_one_trunk(values | changes))  # type: ignore[arg-type]  # a table of arguments


async def play(line: TrunkLine, scenario: str, **arguments: object) -> None:
    """Plays a scenario against a line; the keys in capitals are the scenario's variables."""
    variables = {name: value for name, value in arguments.items() if name.isupper()}
    others = {name: value for name, value in arguments.items() if not name.isupper()}
    await asyncio.to_thread(
        place_call,
        scenario,
        port=line.port,
        variables=variables,
        **others,  # type: ignore[arg-type]  # passed through
    )
