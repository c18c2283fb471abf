"""The ways into the talk: reaching the lawyer, putting both together, losing the lawyer."""

from dataclasses import replace

from ivr.flow.actions import Action, Bridge, OpenTicket, StartRecording, StopPlaying, Unbridge
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import Step, say_in
from ivr.flow.states import CallContext, State


def enter_callback_notice(flow: FlowDefinition, call: CallContext) -> Step:
    """Tells the citizen who calls, and that it will be recorded."""
    return say_in(
        call,
        State.CALLBACK_NOTICE,
        flow.prompts.callback_notice,
        seconds=flow.waits.prompt_limit,
        barge_in=False,
    )


def connect(flow: FlowDefinition, call: CallContext) -> Step:
    """Tells the caller that a lawyer has accepted."""
    return say_in(
        call,
        State.CONNECTING,
        flow.prompts.connecting,
        seconds=flow.waits.connect,
        barge_in=False,
    )


def await_lawyer(flow: FlowDefinition, call: CallContext) -> Step:
    """A ring tone until the lawyer's audio is there."""
    return say_in(
        call,
        State.AWAITING_LAWYER,
        flow.prompts.ringback,
        seconds=flow.waits.telephone if call.by_phone else flow.waits.connect,
        loop=True,
        barge_in=False,
    )


def bridge(call: CallContext) -> Step:
    """Caller and lawyer talk. The recording starts first, so that no word is missed.

    Whoever was muted is heard: no talk begins in a silence that a lawyer has forgotten. The talk of
    a caller who does not want to be recorded is the same, but for the recording.
    """
    is_recorded = not call.refused
    starts = is_recorded and not call.recording
    recorded: tuple[Action, ...] = (StartRecording(),) if starts else ()
    call = replace(
        call,
        state=State.TALKING,
        bridged=True,
        muted=frozenset(),
        recording=is_recorded,
        apology_due=False,
        moved_on=False,
    )
    return call, (StopPlaying(), *recorded, Bridge(), OpenTicket())


def lose_lawyer(flow: FlowDefinition, call: CallContext) -> Step:
    """Takes caller and silent lawyer apart and gives the lawyer time to come back."""
    apart: tuple[Action, ...] = (Unbridge(),) if call.bridged else ()
    call = replace(call, bridged=False, lawyer_heard=False)
    call, actions = say_in(
        call,
        State.LAWYER_LOST,
        flow.prompts.lawyer_lost,
        seconds=flow.waits.lawyer_lost,
        barge_in=False,
    )
    return call, apart + actions
