"""What is done from the first ring until the caller has a place in the queue."""

from dataclasses import replace
from functools import partial

from ivr.flow.actions import Answer, Reject, SetLanguage
from ivr.flow.definition import PERSON_KEY, REPEAT_KEY, Choice, FlowDefinition
from ivr.flow.entries import (
    Step,
    enter_language_menu,
    enter_notice,
    enter_queue_with,
    enter_topic_menu,
    enter_topic_question,
    topic_menu,
    wait,
)
from ivr.flow.entries_ending import closed_question, end, enter_closed_menu, farewell
from ivr.flow.handlers_callback import ask_number
from ivr.flow.handlers_info import enter_info_menu
from ivr.flow.handlers_rights import (
    go_straight,
    is_rights_key,
    press_in_menu,
    press_in_notice,
    press_when_closed,
)
from ivr.flow.inputs import (
    CallAnswered,
    CallArrived,
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

_MAX_TYPED_AHEAD = 2
"""One key for the language, one for the topic."""

_SERVICE_UNAVAILABLE = 503
"""RFC 3261 section 21.5.4: the server cannot take the call at present."""


def answer(_flow: FlowDefinition, call: CallContext, arrived: CallArrived) -> Step:
    """Every call is answered, in and outside hours: a busy tone helps nobody."""
    call = replace(
        call,
        state=State.ANSWERING,
        open=arrived.open,
        number_known=arrived.number_known,
        tail=arrived.tail,
        before=arrived.before,
        after=arrived.after,
    )
    return call, (Answer(),)


def reject(_flow: FlowDefinition, call: CallContext, event: EngineFailed | HangUpRequested) -> Step:
    """A call that has not been answered yet is refused instead of hung up."""
    reason = event.reason if isinstance(event, HangUpRequested) else EndReason.ENGINE_FAILED
    call, undone = end(call, reason)
    return call, (*undone, Reject(_SERVICE_UNAVAILABLE))


def greet(flow: FlowDefinition, call: CallContext, _event: CallAnswered) -> Step:
    """The recording notice, or, outside hours, the offer of a call back."""
    if call.open:
        return enter_notice(flow, call)
    why = (*call.before, *call.after, *flow.prompts.closed)
    return enter_closed_menu(flow, call, why=why, reason=EndReason.OUT_OF_HOURS)


def type_ahead(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """Remembers keys of callers who know the menus already."""
    if is_rights_key(flow, pressed.digit):
        return press_in_notice(flow, call, pressed.digit)
    return replace(call, typed=(call.typed + pressed.digit)[:_MAX_TYPED_AHEAD]), ()


def begin_menus(
    flow: FlowDefinition, call: CallContext, _event: PromptFinished | TimerFired
) -> Step:
    """The first menu, or as far as the keys lead that were pressed during the notice.

    Those who go to a person without menus still choose for themselves where they press keys.
    """
    typed = call.typed
    if call.straight and not typed:
        return go_straight(flow, call)
    # Who types the topic's key does not want to be asked aloud.
    keys_before_topic = len(flow.language_menu.choices) > 1
    prefers_keys = call.asked_aloud or len(typed) > keys_before_topic
    call = replace(call, topic=None, typed="", asked_aloud=prefers_keys)
    call, actions = enter_language_menu(flow, call)
    for digit in typed:
        # A key meant for a menu must not act in the queue, where 1 asks for a call back.
        if call.state is State.LANGUAGE_MENU:
            call, more = choose_language(flow, call, DigitPressed(digit))
            actions += more
        elif call.state is State.TOPIC_MENU:
            call, more = choose_topic(flow, call, DigitPressed(digit))
            actions += more
    return call, actions


def await_key(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """The question has been said; silence counts from here."""
    return wait(call, flow.waits.answer)


def choose_language(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """One key chooses the language; 0 goes straight to a person."""
    if is_rights_key(flow, pressed.digit):
        return press_in_menu(flow, call, pressed.digit, question=flow.language_menu.question)
    if pressed.digit == PERSON_KEY:
        call, actions = enter_queue_with(flow, call, None)
        return call, (SetLanguage(call.language), *actions)
    if pressed.digit == REPEAT_KEY:
        return replay(call, partial(enter_language_menu, flow))
    language = flow.language_menu.meaning(pressed.digit)
    if language is None:
        call = replace(call, attempts=call.attempts + 1)
        if call.attempts < flow.language_menu.attempts:
            return enter_language_menu(flow, call, retry=True)
        language = call.language
    return _speak(flow, call, language)


def take_default_language(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Silence means the language of last time, or the default one.

    Asking twice would double the way to a person.
    """
    return _speak(flow, call, call.language)


def choose_topic(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """One key chooses the topic; 0 means any lawyer."""
    if is_rights_key(flow, pressed.digit):
        question = topic_menu(flow, call).question
        return press_in_menu(flow, call, pressed.digit, question=question)
    if pressed.digit == flow.info_key:
        return enter_info_menu(flow, replace(call, attempts=0))
    if pressed.digit == PERSON_KEY:
        return enter_queue_with(flow, call, None)
    if pressed.digit == REPEAT_KEY:
        return replay(call, partial(enter_topic_menu, flow))
    chosen = topic_menu(flow, call).choice(pressed.digit)
    if chosen is not None:
        return _narrow(flow, call, chosen)
    call = replace(call, attempts=call.attempts + 1)
    if call.attempts < flow.topic_menu.attempts:
        return enter_topic_menu(flow, call, retry=True)
    return enter_queue_with(flow, call, call.branch)


def skip_topic(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Silence means any lawyer: whoever cannot press keys shall not be asked twice."""
    return enter_queue_with(flow, call, call.branch)


def _narrow(flow: FlowDefinition, call: CallContext, chosen: Choice) -> Step:
    """The topic is chosen, or the menu below it is asked once."""
    if not chosen.choices:
        return enter_queue_with(flow, call, chosen.value)
    return enter_topic_menu(flow, replace(call, branch=chosen.value, attempts=0))


def choose_when_closed(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """A call back, information, or where help is; any other key hears the offer again."""
    key = pressed.digit
    if key == flow.callback_key:
        return ask_number(flow, call)
    if is_rights_key(flow, key):
        return replay(call, partial(_press_when_closed, flow, key=key))
    if key == flow.info_key:
        return enter_info_menu(flow, replace(call, attempts=0))
    if key == REPEAT_KEY:
        return replay(call, partial(_offer, flow))
    return repeat_offer(flow, call, pressed)


def _press_when_closed(flow: FlowDefinition, call: CallContext, *, key: str) -> Step:
    return press_when_closed(flow, call, key, question=closed_question(flow))


def repeat_offer(flow: FlowDefinition, call: CallContext, _event: Input) -> Step:
    """Offers the call back once more, then says good-bye."""
    if call.attempts:
        prompts = flow.prompts
        goodbye = prompts.closed_goodbye if call.number_known else prompts.number_unknown
        return farewell(flow, call, prompts=goodbye)
    return _offer(flow, replace(call, attempts=1))


def _offer(flow: FlowDefinition, call: CallContext) -> Step:
    return enter_closed_menu(flow, call, why=(), reason=call.end_reason or EndReason.OUT_OF_HOURS)


def _speak(flow: FlowDefinition, call: CallContext, language: str) -> Step:
    call = replace(call, language=language, attempts=0)
    call, actions = enter_topic_question(flow, call)
    return call, (SetLanguage(language), *actions)
