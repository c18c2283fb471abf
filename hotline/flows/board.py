"""What the telephone processes say of the call flow they lead calls by, for /readyz.

It is of the moment, so it lives on the bus and is gone five seconds after the process.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from hotline.bus import BUS_ERRORS
from hotline.house import House

_TOPIC = "flow"


class FlowNow(BaseModel):
    """The flow of one telephone process.

    `version` is what calls write down; `problem` says why it is not the one that it should be.
    """

    model_config = ConfigDict(frozen=True)

    node: str
    version: str
    problem: str | None = None


def tell(house: House, now: FlowNow) -> None:
    """Says what calls are led by; true for five seconds."""
    house.bus.tell(_TOPIC, now.node, now.model_dump(mode="json"))


def hear(house: House) -> Sequence[FlowNow]:
    """What every telephone process said within five seconds; nothing while the bus is away."""
    try:
        told: list[dict[str, Any]] = house.bus.told(_TOPIC)
    except BUS_ERRORS:
        return ()
    flows = []
    for data in told:
        try:
            flows.append(FlowNow.model_validate(data))
        except ValidationError:
            # A process of another version, in the minute of an update.
            continue
    return sorted(flows, key=lambda flow: flow.node)
