"""What speech recognition says of the speech servers that it uses, for administrators.

It is of the moment, so it lives on the bus and is gone five seconds after the process. Nothing in
it is about a person.
"""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from hotline.bus import BUS_ERRORS
from hotline.house import House

_TOPIC = "speech-servers"
_NAME = "asr"


class ServerNow(BaseModel):
    """One vosk-server of one language.

    `is_well` is whether it did not fail, or worked again since; `is_reachable` is None before
    anybody has tried; `sides` is how many sides of calls it listens to at the moment; `error` is
    empty when it never failed, and `failed_seconds_ago` None.
    """

    model_config = ConfigDict(frozen=True)

    language: str
    url: str
    is_well: bool
    is_reachable: bool | None
    sides: int
    failures: int
    error: str
    failed_seconds_ago: float | None


_SERVERS = TypeAdapter(tuple[ServerNow, ...])


def tell(house: House, servers: Iterable[ServerNow]) -> None:
    """Says what the servers are like; true for five seconds."""
    rows = [server.model_dump(mode="json") for server in servers]
    house.bus.tell(_TOPIC, _NAME, {"servers": rows})


def hear(house: House) -> Sequence[ServerNow]:
    """What was said within five seconds; nothing while the bus or the process is away."""
    try:
        told = house.bus.told(_TOPIC)
    except BUS_ERRORS:
        return ()
    servers: list[ServerNow] = []
    for data in told:
        try:
            servers += _SERVERS.validate_python(data.get("servers"))
        except ValidationError:
            # A process of another version, in the minute of an update.
            continue
    return servers
