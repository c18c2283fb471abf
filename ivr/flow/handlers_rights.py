"""What callers may ask for whenever they like: no recording, a person at once.

The keys for it work before, in and after every menu; what a caller asks for stays true for the
rest of the call.
"""

from dataclasses import replace

from ivr.flow.actions import Action, HurryPlace, RefuseRecording, SetLanguage, StopRecording
from ivr.flow.definition import FlowDefinition
from ivr.flow.entries import (
    Step,
    announce,
    enter_queue_with,
    enter_topic_menu,
    say_in,
    stop_listening,
)
from ivr.flow.inputs import CallerKnown, DigitPressed, RecordingRefused
from ivr.flow.states import CallContext, State


def know(flow: FlowDefinition, call: CallContext, known: CallerKnown) -> Step:
    """Remembers what is known of the caller for when the notice has been said."""
    spoken = {choice.value for choice in flow.language_menu.choices}
    language = known.language if known.language in spoken else None
    call = replace(
        call,
        language=language or call.language,
        topic=known.topic,
        straight=known.is_straight,
        slow=call.slow or known.is_slow,
    )
    return call, ()


def is_rights_key(flow: FlowDefinition, key: str) -> bool:
    """Whether the key asks for one of the things that callers may always ask for."""
    return key in (flow.refusal_key, flow.emergency_key, flow.elderly_key)


def press_in_notice(flow: FlowDefinition, call: CallContext, key: str) -> Step:
    """During the notice, which is said to its end, or in its short form."""
    if key == flow.refusal_key:
        return _refuse_aloud(flow, call, State.NOTICE)
    if key == flow.elderly_key:
        return replace(call, straight=True, elderly=True, slow=True), ()
    if call.emergency:
        return call, ()
    # Nobody shall be recorded unaware, not even in a hurry.
    brief = () if call.refused else flow.prompts.recording_brief
    return say_in(
        replace(call, straight=True, emergency=True),
        State.NOTICE,
        (*flow.prompts.emergency, *brief),
        seconds=flow.waits.prompt_limit,
        barge_in=False,
    )


def press_in_menu(
    flow: FlowDefinition, call: CallContext, key: str, *, question: tuple[str, ...]
) -> Step:
    """In a menu: a refusal is heard and the question is asked again; else to a person."""
    if key == flow.refusal_key:
        return _refuse_aloud(flow, call, call.state, then=question)
    if key == flow.elderly_key:
        return go_straight(flow, replace(call, elderly=True, slow=True))
    return go_straight(flow, replace(call, emergency=True, hint_due=True))


def press_when_closed(
    flow: FlowDefinition, call: CallContext, key: str, *, question: tuple[str, ...]
) -> Step:
    """Nobody is there: a person cannot be promised, but where help is can be said."""
    if key == flow.refusal_key:
        return _refuse_aloud(flow, call, call.state, then=question)
    before: tuple[str, ...] = ()
    if key == flow.emergency_key:
        call, before = replace(call, emergency=True), flow.prompts.emergency_closed
    else:
        call = replace(call, elderly=True, slow=True)
    return say_in(call, call.state, (*before, *question), seconds=flow.waits.prompt_limit)


def press_in_queue(flow: FlowDefinition, call: CallContext, key: str) -> Step:
    """In the queue: the place is kept, or becomes that of an emergency."""
    if key == flow.refusal_key and not call.refused:
        call, refused = refuse_recording(call, by=None)
        call, said = announce(flow, call, flow.prompts.recording_refused)
        return call, refused + said
    if key != flow.emergency_key or call.emergency:
        return call, ()
    call = replace(call, emergency=True, hint_due=False)
    call, said = announce(flow, call, flow.prompts.emergency)
    return call, (HurryPlace(), *said)


def press_in_callback_notice(
    flow: FlowDefinition, call: CallContext, pressed: DigitPressed
) -> Step:
    """We called the citizen, who does not want to be recorded."""
    if pressed.digit != flow.refusal_key:
        return call, ()
    return _refuse_aloud(flow, call, State.CALLBACK_NOTICE)


def refuse(flow: FlowDefinition, call: CallContext, event: RecordingRefused) -> Step:
    """The lawyer was told; nothing but the recording changes.

    Who was just heard saying what it is about says it by key instead.
    """
    was_heard = call.listening
    call, refused = refuse_recording(call, by=event.by)
    if not was_heard:
        return call, refused
    call, asked = enter_topic_menu(flow, call)
    return call, refused + asked


def refuse_recording(call: CallContext, *, by: str | None) -> Step:
    """No audio of this call is kept from here on, nor what there is already."""
    if call.refused:
        return call, ()
    call, unheard = stop_listening(call)
    stopped: tuple[Action, ...] = (*unheard, StopRecording()) if call.recording else unheard
    call = replace(call, refused=True, recording=False, paused=False)
    return call, (*stopped, RefuseRecording(by))


def go_straight(flow: FlowDefinition, call: CallContext) -> Step:
    """To a person without menus, with the language and topic that are known."""
    call, actions = enter_queue_with(flow, call, call.topic)
    return call, (SetLanguage(call.language), *actions)


def _refuse_aloud(
    flow: FlowDefinition, call: CallContext, state: State, *, then: tuple[str, ...] = ()
) -> Step:
    if call.refused:
        return call, ()
    call, refused = refuse_recording(call, by=None)
    call, said = say_in(
        call,
        state,
        (*flow.prompts.recording_refused, *then),
        seconds=flow.waits.prompt_limit,
        barge_in=bool(then),
    )
    return call, refused + said
