"""What is done at the end: the rating, the last words, and hang-ups from any side."""

from dataclasses import replace
from functools import partial

from ivr.flow.actions import StoreRating
from ivr.flow.definition import RATING_KEYS, REPEAT_KEY, FlowDefinition
from ivr.flow.entries import Step, wait
from ivr.flow.entries_ending import cut_off, end, enter_rating_menu, farewell, hang_up
from ivr.flow.inputs import (
    CallerHungUp,
    DigitPressed,
    EngineFailed,
    HangUpRequested,
    Input,
    PromptFinished,
    TimerFired,
)
from ivr.flow.reasons import EndReason
from ivr.flow.replays import replay
from ivr.flow.states import CallContext, State

_IN_TALK = frozenset({State.TALKING, State.ON_HOLD, State.LAWYER_LOST, State.TRANSFERRING})


def await_rating(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """The question has been said; silence counts from here."""
    return wait(call, flow.waits.rating)


def rate(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """Stores a rating and thanks."""
    if pressed.digit == REPEAT_KEY:
        return replay(call, partial(enter_rating_menu, flow))
    if pressed.digit not in RATING_KEYS:
        return repeat_rating(flow, call, pressed)
    rating = int(pressed.digit)
    call, said = farewell(flow, replace(call, rating=rating), prompts=flow.prompts.thanks)
    return call, (StoreRating(rating), *said)


def repeat_rating(flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """Asks again after silence or an unknown key; in the end there is no rating."""
    call = replace(call, attempts=call.attempts + 1)
    if call.attempts < flow.rating_attempts:
        return enter_rating_menu(flow, call, retry=True)
    return farewell(flow, call, prompts=flow.prompts.goodbye)


def finish(_flow: FlowDefinition, call: CallContext, _event: PromptFinished | TimerFired) -> Step:
    """The last words have been said."""
    return hang_up(call, EndReason.SYSTEM)


def caller_gone(_flow: FlowDefinition, call: CallContext, _event: CallerHungUp) -> Step:
    """Everything that was begun is undone."""
    return end(call, EndReason.CALLER_HUNG_UP)


def end_on_request(_flow: FlowDefinition, call: CallContext, event: HangUpRequested) -> Step:
    """A supervisor or the system ends the call, or the caller's line is dead.

    The system's end is not the caller's fault, nor is a line that dies in mid-talk; who goes away
    in the queue is called back by the rule for those (`callback.abandoned`).
    """
    is_lost = event.reason is EndReason.CALLER_LOST and call.state in _IN_TALK
    if is_lost or event.reason is EndReason.SYSTEM:
        return cut_off(call, event.reason)
    return hang_up(call, event.reason)


def end_without_audio(_flow: FlowDefinition, call: CallContext, _event: EngineFailed) -> Step:
    """Without its media engine a call is silence: we hang up and call back."""
    return cut_off(call, EndReason.ENGINE_FAILED)
