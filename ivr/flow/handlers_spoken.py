"""What is done while the caller says in a few words what it is about.

One try: whoever is not understood, or not heard in time, presses keys like everybody else. Every
key works meanwhile as in the menu of topics. Words of danger lead to a person at once.
"""

from dataclasses import replace
from functools import partial

from ivr.flow.definition import REPEAT_KEY, FlowDefinition
from ivr.flow.entries import (
    Step,
    ask_aloud,
    enter_queue_with,
    enter_topic_menu,
    stop_listening,
    wait,
)
from ivr.flow.handlers_opening import choose_topic
from ivr.flow.handlers_rights import go_straight
from ivr.flow.inputs import DigitPressed, PromptFinished, TimerFired, WordsHeard, WordsMissing
from ivr.flow.replays import replay
from ivr.flow.spoken import MOST_PIECES, Meaning, understand
from ivr.flow.states import CallContext, State


def await_words(flow: FlowDefinition, call: CallContext, _event: PromptFinished) -> Step:
    """The question has been said; the time for the answer counts from here."""
    return wait(replace(call, words_due=True), flow.waits.words)


def hear(flow: FlowDefinition, call: CallContext, event: WordsHeard) -> Step:
    """Judges all that was said so far; more may come."""
    if flow.spoken_topic is None:
        return ask_by_key(flow, call, event)
    call = replace(call, heard=(*call.heard, event.text))
    topics = {choice.value for choice in flow.topic_menu.choices}
    text = "，".join(call.heard)
    meaning = understand(text, call.language, rules=flow.spoken_topic, topics=topics)
    if meaning.is_danger or meaning.confidence >= flow.spoken_topic.least_confidence:
        return _follow(flow, call, meaning)
    if len(call.heard) >= MOST_PIECES:
        return _ask_by_key(flow, call, before=flow.prompts.spoken_missed)
    # What comes while we still speak may be our own voice, sent back by the line.
    return wait(call, flow.waits.more_words) if call.words_due else (call, ())


def give_up(flow: FlowDefinition, call: CallContext, _event: TimerFired) -> Step:
    """Silence, or a recogniser that takes too long."""
    return _ask_by_key(flow, call, before=flow.prompts.spoken_missed)


def ask_by_key(flow: FlowDefinition, call: CallContext, _event: WordsHeard | WordsMissing) -> Step:
    """Nobody can hear the caller, who need not know."""
    return _ask_by_key(flow, call)


def press(flow: FlowDefinition, call: CallContext, pressed: DigitPressed) -> Step:
    """A key means what it means in the menu of topics, also while the caller speaks."""
    if pressed.digit == REPEAT_KEY:
        return replay(call, partial(ask_aloud, flow))
    call, stopped = stop_listening(call)
    call, actions = choose_topic(flow, replace(call, state=State.TOPIC_MENU), pressed)
    return call, stopped + actions


def _follow(flow: FlowDefinition, call: CallContext, meaning: Meaning) -> Step:
    call, stopped = stop_listening(call)
    if meaning.is_danger:
        call, actions = go_straight(flow, replace(call, emergency=True, hint_due=True))
    else:
        call = replace(call, understood=meaning.topic is not None)
        call, actions = enter_queue_with(flow, call, meaning.topic)
    return call, stopped + actions


def _ask_by_key(flow: FlowDefinition, call: CallContext, *, before: tuple[str, ...] = ()) -> Step:
    call, stopped = stop_listening(call)
    call, asked = enter_topic_menu(flow, call, before=before)
    return call, stopped + asked
