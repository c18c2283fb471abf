"""What is done when a caller leaves a message instead of waiting.

The call back is booked first, in the caller's place, and the message goes with it: whatever happens
to the line while the caller speaks, somebody calls back.
"""

from dataclasses import replace

from ivr.flow.actions import StartRecording
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step, book_callback, say_in, wait
from ivr.flow.entries_ending import farewell
from ivr.flow.handlers_callback import ask_number
from ivr.flow.handlers_rights import refuse_recording
from ivr.flow.inputs import DigitPressed, PromptFinished, RecordingRefused, TimerFired
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State


def may_leave_message(flow: FlowDefinition, call: CallContext) -> bool:
    """Whether this caller may: the wait has come so far.

    A message is a recording, so that there is none for callers who do not want to be recorded.
    """
    return (
        flow.message_key is not None
        and not call.refused
        and call.expected is not None
        and call.expected.may_leave_message
    )


def begin(flow: FlowDefinition, call: CallContext) -> Step:
    """The key was pressed: the call back is booked; a number that is hidden is asked for first."""
    call = replace(call, leaving_message=True, wished="")
    return book_callback(flow, call) if call.number_known else ask_number(flow, call)


def explain(flow: FlowDefinition, call: CallContext) -> Step:
    """The call back is booked; the caller hears that the message is recorded, then the tone."""
    return say_in(
        replace(call, leaving_message=False, end_reason=EndReason.CALLBACK_BOOKED),
        State.MESSAGE_PROMPT,
        flow.prompts.message_begin,
        seconds=flow.waits.prompt_limit,
        barge_in=False,
    )


def listen(flow: FlowDefinition, call: CallContext, _event: PromptFinished | TimerFired) -> Step:
    """The tone has sounded: the caller speaks."""
    if call.refused:
        return farewell(flow, call, prompts=flow.prompts.callback_booked)
    call = replace(call, state=State.MESSAGE, recording=True)
    call, timed = wait(call, flow.waits.message)
    return call, (StartRecording(is_message=True), *timed)


def press(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """One key refuses the recording, which deletes the message; any other ends it."""
    if pressed.digit == flow.refusal_key:
        return _without(flow, call, by=None)
    if call.state is State.MESSAGE_PROMPT:
        return call, ()
    return farewell(flow, call, prompts=flow.prompts.message_kept)


def end(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """The message is as long as it may be."""
    return farewell(flow, call, prompts=flow.prompts.message_kept)


def refuse(flow: FlowDefinition, call: CallContext, event: RecordingRefused) -> Step:
    """Somebody has written down that the caller does not want to be recorded."""
    return _without(flow, call, by=event.by)


def _without(flow: FlowDefinition, call: CallContext, *, by: str | None) -> Step:
    call, refused = refuse_recording(call, by=by)
    prompts = (*flow.prompts.recording_refused, *flow.prompts.callback_booked)
    call, said = farewell(flow, call, prompts=prompts)
    return call, refused + said
