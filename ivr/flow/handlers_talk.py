"""What is done from the lawyer's acceptance (or our call back) to the end of the talk."""

from dataclasses import replace

from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import (
    Step,
    await_lawyer,
    bridge,
    enter_callback_notice,
    enter_rating_menu,
    hang_up,
    lose_lawyer,
    release,
    return_to_queue,
    say,
    without_lawyer,
)
from ivr.flow.inputs import (
    CalleeAnswered,
    CalleeFailed,
    Input,
    LawyerHeard,
    LawyerHungUp,
    LawyerLost,
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


def give_lawyer_up(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """The lawyer's audio did not come back: back to the head of the queue."""
    return return_to_queue(flow, call)


def hold_for_lawyer(flow: FlowDefinition, call: CallContext, _event: LawyerLost) -> Step:
    """The lawyer's audio is gone, for example during a page reload."""
    return lose_lawyer(flow, call)


def hold_audio(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """Hold audio while the lawyer is away; the timer of the absence runs on."""
    return say(call, flow.prompts.hold, loop=True, barge_in=False)


def end_talk(flow: FlowDefinition, call: CallContext, _event: LawyerHungUp) -> Step:
    """The lawyer said good-bye first: the caller may rate the talk."""
    reason = EndReason.LAWYER_HUNG_UP
    call = replace(call, lawyer=None, leg=None, end_reason=reason, attempts=0)
    call, undone = release(call, reason)
    call, asked = enter_rating_menu(flow, call)
    return call, undone + asked


def begin_callback(flow: FlowDefinition, call: CallContext, _event: CalleeAnswered) -> Step:
    """The citizen picked up."""
    return enter_callback_notice(flow, call)


def callee_failed(_flow: FlowDefinition, call: CallContext, failed: CalleeFailed) -> Step:
    """The citizen was not reached; the lawyer is told by the reason."""
    return hang_up(call, _CALLEE_REASONS.get(failed.reason, EndReason.CALLEE_FAILED))


def stop_dialling(_flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """The lawyer left while the citizen's telephone rang: it stops ringing."""
    return hang_up(without_lawyer(call), EndReason.LAWYER_HUNG_UP)
