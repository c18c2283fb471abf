"""The call flow: one pure function from where a call is and what happened to what to do.

Rules of the house:

* `step` never raises for an input and never does anything itself; the runner carries out the
  actions it returns, in their order.
* An input that means nothing in the present state changes nothing.
* A timer counts only if it belongs to the present wait, a prompt's end only if it belongs to the
  last play.
* After `State.ENDED` nothing changes and nothing is to be done.
"""

from dataclasses import replace

from ivr.flow.actions import Action, Play, StartTimer
from ivr.flow.definition import FlowDefinition
from ivr.flow.inputs import Input, PromptFinished, TimerFired
from ivr.flow.states import CallContext
from ivr.flow.table import TABLE


def step(
    flow: FlowDefinition, context: CallContext, event: Input
) -> tuple[CallContext, tuple[Action, ...]]:
    """Takes a call one input further.

    Args:
        flow: Menus, prompts and waits.
        context: Where the call is.
        event: What happened.

    Returns:
        Where the call is now, and what is to be done, in this order.
    """
    row = TABLE.get((context.state, type(event)))
    if row is None or _is_stale(context, event):
        return context, ()
    after, actions = row.handler(flow, context, event)
    if after.state is not context.state:
        after = replace(after, replays=0)
    return after, _without_superseded(actions)


def _is_stale(context: CallContext, event: Input) -> bool:
    match event:
        case TimerFired(visit):
            return visit != context.visit
        case PromptFinished(play):
            return play != context.play
        case _:
            return False


def _without_superseded(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Drops plays and timers that a later one in the same step replaces."""
    last = {type(action): number for number, action in enumerate(actions)}
    return tuple(
        action
        for number, action in enumerate(actions)
        if not isinstance(action, Play | StartTimer) or last[type(action)] == number
    )
