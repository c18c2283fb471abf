"""Draws the call flow from the transition table, so that the drawing cannot go stale."""

from ivr.flow.inputs import CallerHungUp, EngineFailed, HangUpRequested
from ivr.flow.states import State
from ivr.flow.table import TABLE

_EVERYWHERE = (CallerHungUp, HangUpRequested, EngineFailed)
"""Inputs that end the call in every state: drawn as one note, not as fifty arrows."""


def mermaid() -> str:
    """The state diagram in Mermaid's language, ending in a line feed."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (state, _), row in TABLE.items():
        if row.kind in _EVERYWHERE:
            continue
        for target in row.targets:
            if target is not state:
                arrows.setdefault((state, target), []).append(row.kind.__name__)
    endings = ", ".join(kind.__name__ for kind in _EVERYWHERE)
    lines = [
        "stateDiagram-v2",
        f"    [*] --> {State.NEW.value}",
        f"    [*] --> {State.DIALLING.value}",
        *(
            f"    {source.value} --> {target.value}: {', '.join(kinds)}"
            for (source, target), kinds in arrows.items()
        ),
        f"    {State.ENDED.value} --> [*]",
        f"    note right of {State.ENDED.value}: {endings} lead here from every state",
    ]
    return "\n".join(lines) + "\n"
