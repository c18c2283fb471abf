"""Questions that are asked again at the caller's wish: in every menu, and not for ever."""

from collections.abc import Callable
from dataclasses import replace

from ivr.flow.entries import Step
from ivr.flow.states import CallContext

MOST_REPLAYS = 3
"""So often a question is said again; from then on the key means nothing, and silence leads on."""


def replay(call: CallContext, ask: Callable[[CallContext], Step]) -> Step:
    """Asks again, without a word of reproach and without counting it as an attempt.

    Args:
        call: The call, in the menu.
        ask: Asks the menu's question.
    """
    if call.replays >= MOST_REPLAYS:
        return call, ()
    return ask(replace(call, replays=call.replays + 1))
