"""A row of the call flow's table: in this state, on this input, this handler."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step
from ivr.flow.inputs import Input
from ivr.flow.states import CallContext, State as S

_I = TypeVar("_I", bound=Input)

Handler = Callable[[FlowDefinition, CallContext, _I], Step]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        state: The state it is about.
        kind: The class of input.
        handler: Decides; called only with inputs of `kind`.
        targets: Every state it may lead to, `state` itself included where it may stay.
    """

    state: S
    kind: type[object]
    handler: Handler[Input]
    targets: tuple[S, ...]


def make_row(state: S, kind: type[_I], handler: Handler[_I], *targets: S) -> Row:
    """A row; without targets it stays where it is."""
    # `step` looks rows up by the input's class, so a handler only ever sees its own kind.
    return Row(state, kind, cast("Handler[Input]", handler), targets or (state,))
