"""The ways out of a call: the rating, the last words, and hang-ups from any side."""

from dataclasses import replace

from ivr.flow.actions import Action, HangUp, KeepCaller
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step, release, say_in
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State


def enter_closed_menu(
    flow: FlowDefinition, call: CallContext, *, why: tuple[str, ...], reason: EndReason
) -> Step:
    """Says why nobody can be reached and offers a call back; withheld numbers are asked for."""
    call = replace(call, end_reason=reason)
    prompts = (*why, *closed_question(flow))
    return say_in(call, State.CLOSED_MENU, prompts, seconds=flow.waits.prompt_limit)


def closed_question(flow: FlowDefinition) -> tuple[str, ...]:
    """What can be done while nobody is there: a call back, information."""
    return (*flow.prompts.closed_offer, *(flow.prompts.closed_info if flow.info_key else ()))


def enter_rating_menu(flow: FlowDefinition, call: CallContext, *, retry: bool = False) -> Step:
    """Asks how the talk was."""
    prompts = flow.prompts.rating_retry if retry else flow.prompts.rating
    return say_in(call, State.RATING_MENU, prompts, seconds=flow.waits.prompt_limit)


def farewell(flow: FlowDefinition, call: CallContext, *, prompts: tuple[str, ...]) -> Step:
    """Last words before we hang up for the reason already in the context."""
    reason = call.end_reason or EndReason.SYSTEM
    call, undone = release(replace(call, end_reason=reason), reason)
    call, said = say_in(
        call, State.FAREWELL, prompts, seconds=flow.waits.prompt_limit, barge_in=False
    )
    return call, undone + said


def end(call: CallContext, reason: EndReason) -> Step:
    """The call is over for `reason`, unless it was already ending for another."""
    reason = call.end_reason or reason
    call, undone = release(call, reason)
    return replace(call, state=State.ENDED, end_reason=reason), undone


_SERVED_OR_NOT_BEGUN = frozenset(
    {
        State.NEW,
        State.CLOSED_MENU,
        State.DIALLING,
        State.TRANSFERRED,
        State.RATING_MENU,
        State.FAREWELL,
        State.ENDED,
    }
)


def cut_off(call: CallContext, reason: EndReason) -> Step:
    """Ends the call by our own fault: whoever has not been served yet is called back."""
    kept: tuple[Action, ...] = ()
    if call.number_known and call.state not in _SERVED_OR_NOT_BEGUN:
        kept = (KeepCaller(call.language, call.topic),)
    call, ended = hang_up(call, reason)
    return call, kept + ended


def hang_up(call: CallContext, reason: EndReason) -> Step:
    """Ends the call from our side."""
    call, undone = end(call, reason)
    return call, (*undone, HangUp(call.end_reason or reason))
