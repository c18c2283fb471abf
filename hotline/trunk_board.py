"""What the telephone processes say of their trunks, for /readyz, /metrics and the wallboard.

It is of the moment, so it lives on the bus and is gone five seconds after the process. Nothing in
it is about a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from hotline.bus import BUS_ERRORS
from hotline.house import House

_TOPIC = "trunks"
_DOWN = "down"
_UNKNOWN = "unknown"
# States of a registration in which no call comes (`ivr.sip.registration`, `ivr.sip.pbx_line`).
_UNREGISTERED = frozenset({"failing", "refused", "unreachable"})


class TrunkNow(BaseModel):
    """One trunk of one telephone process.

    `health` is unknown, up, degraded or down; `registration` is None where none is wanted;
    `max_calls` is None for as many as the line carries.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    health: str
    registration: str | None
    calls: int
    max_calls: int | None

    @property
    def is_dead(self) -> bool:
        """Whether it certainly carries no call."""
        if self.health == _UNKNOWN:
            return self.registration in _UNREGISTERED
        return self.health == _DOWN


class NodeNow(BaseModel):
    """One telephone process.

    `counters` counts what its line dropped or refused since it was started.
    """

    model_config = ConfigDict(frozen=True)

    node: str
    trunks: tuple[TrunkNow, ...]
    counters: dict[str, int]


def tell(house: House, node: str, *, trunks: Iterable[object], counters: Mapping[str, int]) -> None:
    """Says what the trunks of a process are like; true for five seconds.

    Args:
        house: The house.
        node: The process's name.
        trunks: Objects with the attributes of `TrunkNow`.
        counters: What its line counted.
    """
    now = NodeNow(
        node=node,
        trunks=tuple(TrunkNow.model_validate(trunk) for trunk in trunks),
        counters=dict(counters),
    )
    house.bus.tell(_TOPIC, node, now.model_dump(mode="json"))


def hear(house: House) -> Sequence[NodeNow]:
    """What every telephone process said within five seconds; nothing while the bus is away."""
    try:
        told: list[dict[str, Any]] = house.bus.told(_TOPIC)
    except BUS_ERRORS:
        return ()
    nodes = []
    for data in told:
        try:
            nodes.append(NodeNow.model_validate(data))
        except ValidationError:
            # A process of another version, in the minute of an update.
            continue
    return sorted(nodes, key=lambda node: node.node)


def are_all_dead(nodes: Sequence[NodeNow]) -> bool:
    """Whether trunks are known and every one of them is dead."""
    trunks = [trunk for node in nodes for trunk in node.trunks]
    return bool(trunks) and all(trunk.is_dead for trunk in trunks)
