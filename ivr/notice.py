"""Evidence that the caller has heard the recording notice: an event, before anything is recorded.

Nobody else can tell afterwards: the recording begins later, and a flow whose prompt is missing goes
on as if it had been said.
"""

from collections.abc import Collection

from ivr.flow.definition import FlowDefinition
from ivr.flow.inputs import Input, PromptFinished
from ivr.flow.states import CallContext, State

_STATES = (State.NOTICE, State.CALLBACK_NOTICE)


def is_given(
    flow: FlowDefinition,
    before: CallContext,
    after: CallContext,
    event: Input,
    *,
    unsaid: Collection[str],
) -> bool:
    """Whether with this step the caller has heard the notice to its end.

    Args:
        flow: The call's flow.
        before: What the flow knew before the step.
        after: What it knows now.
        event: What the step was for; a timer that ran out says nothing of what was heard.
        unsaid: Prompts of this call for which there was no audio.
    """
    has_ended = before.state in _STATES and after.state not in _STATES
    if not has_ended or not isinstance(event, PromptFinished) or event.interrupted:
        return False
    prompts = _prompts(flow, before)
    return bool(prompts) and not set(prompts) & set(unsaid)


def _prompts(flow: FlowDefinition, call: CallContext) -> tuple[str, ...]:
    if call.state is State.CALLBACK_NOTICE:
        return flow.prompts.callback_notice
    return flow.prompts.recording_brief if call.emergency else flow.prompts.notice
