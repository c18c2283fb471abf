"""What is done from the lawyer's acceptance (or our call back) to the end of the talk."""

from dataclasses import replace

from ivr.flow.actions import ReleaseLawyer
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step, return_to_queue, say, without_lawyer
from ivr.flow.entries_control import replace_lawyer
from ivr.flow.entries_ending import hang_up
from ivr.flow.entries_talk import await_lawyer, bridge, enter_callback_notice, lose_lawyer
from ivr.flow.inputs import (
    CalleeAnswered,
    CalleeFailed,
    Input,
    LawyerHeard,
    LawyerHungUp,
    LawyerLost,
    LawyerUnreached,
    PromptFinished,
    TimerFired,
)
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext

_CALLEE_REASONS = {
    "busy": EndReason.CALLEE_BUSY,
    "no_answer": EndReason.CALLEE_NO_ANSWER,
    "unreachable": EndReason.CALLEE_UNREACHABLE,
}


def note_lawyer_heard(
    _flow: FlowDefinition, call: CallContext, event: LawyerHeard | LawyerLost
) -> Step:
    """Remembers whether the lawyer's audio is there, for when the prompt has ended."""
    heard = call.lawyer is not None and isinstance(event, LawyerHeard)
    return replace(call, lawyer_heard=heard), ()


def note_lawyer_gone(_flow: FlowDefinition, call: CallContext, _event: LawyerHungUp) -> Step:
    """Remembers that the lawyer has gone; the notice to the citizen is said to its end."""
    return without_lawyer(call), ()


def bridge_or_ring(
    flow: FlowDefinition, call: CallContext, _event: PromptFinished | TimerFired
) -> Step:
    """The prompt has ended: connects, or rings until the lawyer's audio is there."""
    if call.lawyer is None:
        return return_to_queue(flow, call)
    return bridge(call) if call.lawyer_heard else await_lawyer(flow, call)


def bridge_or_return(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """The time for connecting is over."""
    return bridge(call) if call.lawyer_heard else return_to_queue(flow, call)


def bridge_now(_flow: FlowDefinition, call: CallContext, _event: LawyerHeard) -> Step:
    """The lawyer's audio is there."""
    return bridge(replace(call, lawyer_heard=True))


def lawyer_gone(flow: FlowDefinition, call: CallContext, _event: LawyerHungUp) -> Step:
    """The lawyer gave up before the talk: back to the head of the queue."""
    return return_to_queue(flow, without_lawyer(call))


def lawyer_unreached(flow: FlowDefinition, call: CallContext, _event: LawyerUnreached) -> Step:
    """Nobody took the call on the lawyer's telephone: back to the head of the queue."""
    return return_to_queue(flow, call, EndReason.LAWYER_UNREACHED)


def release_unreached(_flow: FlowDefinition, call: CallContext, _event: LawyerUnreached) -> Step:
    """The same while the citizen hears the notice, which is said to its end."""
    if call.lawyer is None:
        return call, ()
    return without_lawyer(call), (ReleaseLawyer(EndReason.LAWYER_UNREACHED),)


def end_unreached(_flow: FlowDefinition, call: CallContext, _event: LawyerUnreached) -> Step:
    """The same before the citizen has been dialled."""
    return hang_up(call, EndReason.LAWYER_UNREACHED)


def give_lawyer_up(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """The lawyer's audio did not come back: a second lawyer goes on, or the queue is next."""
    return replace_lawyer(flow, call)


def hold_for_lawyer(flow: FlowDefinition, call: CallContext, _event: LawyerLost) -> Step:
    """The lawyer's audio is gone, for example during a page reload."""
    return lose_lawyer(flow, call)


def hold_audio(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """Hold audio while the lawyer is away; the timer of the absence runs on."""
    return say(call, flow.prompts.hold, loop=True, barge_in=False)


def begin_callback(flow: FlowDefinition, call: CallContext, _event: CalleeAnswered) -> Step:
    """The citizen picked up."""
    return enter_callback_notice(flow, call)


def callee_failed(_flow: FlowDefinition, call: CallContext, failed: CalleeFailed) -> Step:
    """The citizen was not reached; the lawyer is told by the reason."""
    return hang_up(call, _CALLEE_REASONS.get(failed.reason, EndReason.CALLEE_FAILED))


def stop_dialling(_flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """The lawyer left while the citizen's telephone rang: it stops ringing."""
    return hang_up(without_lawyer(call), EndReason.LAWYER_HUNG_UP)
