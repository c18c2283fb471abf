"""The star says every question again: not as an attempt, and not for ever."""

from dataclasses import replace

import pytest

from ivr.flow.actions import Action, Play
from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import DigitPressed, PromptFinished, TimerFired
from ivr.flow.questions import District
from ivr.flow.replays import MOST_REPLAYS
from ivr.flow.spoken import SpokenTopic
from ivr.flow.states import CallContext, State, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

ARRIVES = """
    arrives from 1234 | answering
    answered          | notice
    prompt ends       | language_menu
"""
TOPICS = f"{ARRIVES}\n key 1 | topic_menu"
INFO = f"{TOPICS}\n key 8 | info_menu"
CALLBACK = f"""{TOPICS}
    key 1      | enqueueing
    enqueued 2 | announcing
    key 1      | confirming_number
"""
TALK = f"""{TOPICS}
    key 1           | enqueueing
    accepted        | connecting
    lawyer heard    | connecting
    prompt ends     | talking
    lawyer hangs up | rating_menu
"""
CLOSED = """
    arrives closed from 1234 | answering
    answered                 | closed_menu
"""

MENUS = {
    State.LANGUAGE_MENU: ARRIVES,
    State.TOPIC_MENU: TOPICS,
    State.INFO_MENU: INFO,
    State.INFO_TYPING: f"{INFO}\n key 1 | info_typing",
    State.INFO_DISTRICT: f"{INFO}\n key 2 | info_district",
    State.INFO_TELLING: f"{INFO}\n key 3 | info_lookup\n found hours | info_telling",
    State.CLOSED_MENU: CLOSED,
    State.CONFIRMING_NUMBER: CALLBACK,
    State.TYPING_NUMBER: f"{CALLBACK}\n key 2 | typing_number",
    State.RATING_MENU: TALK,
}


@pytest.fixture
def flow() -> FlowDefinition:
    return replace(make_flow(), info_key="8", districts=(District("110101", "dongcheng"),))


def into(flow: FlowDefinition, state: State) -> CallContext:
    call = play_scenario(flow, incoming_call(), MENUS[state])
    assert call.state is state
    return call


def said(actions: tuple[Action, ...]) -> tuple[str, ...]:
    return next((each.prompts for each in actions if isinstance(each, Play)), ())


@pytest.mark.parametrize("state", MENUS)
def test_step__star_says_the_question_again_and_counts_as_no_attempt(
    flow: FlowDefinition, state: State
) -> None:
    call = into(flow, state)
    again, actions = step(flow, call, DigitPressed("*"))

    assert again.state is state
    assert said(actions)
    assert again.attempts == call.attempts
    twice, more = step(flow, again, DigitPressed("*"))
    assert said(more) == said(actions)
    assert twice.attempts == call.attempts


@pytest.mark.parametrize("state", MENUS)
def test_step__star_means_nothing_when_all_was_said_often_enough(
    flow: FlowDefinition, state: State
) -> None:
    call = into(flow, state)
    for _ in range(MOST_REPLAYS):
        call, actions = step(flow, call, DigitPressed("*"))
        assert said(actions)

    assert step(flow, call, DigitPressed("*")) == (call, ())


@pytest.mark.parametrize("state", MENUS)
def test_step__silence_leads_out_of_a_menu_whose_star_is_worn_out(
    flow: FlowDefinition, state: State
) -> None:
    call = into(flow, state)
    steps = 0
    while call.state is state:
        call, _ = step(flow, call, DigitPressed("*"))
        call, _ = step(flow, call, PromptFinished(call.play, interrupted=True))
        if call.replays >= MOST_REPLAYS:
            call, _ = step(flow, call, TimerFired(call.visit))
        steps += 1
        assert steps < 20


def test_step__each_menu_may_be_heard_anew(flow: FlowDefinition) -> None:
    call = into(flow, State.LANGUAGE_MENU)
    for _ in range(MOST_REPLAYS):
        call, _ = step(flow, call, DigitPressed("*"))
    call, _ = step(flow, call, DigitPressed("1"))

    _, actions = step(flow, call, DigitPressed("*"))
    assert call.state is State.TOPIC_MENU
    assert said(actions)


def test_step__the_question_asked_aloud_too(flow: FlowDefinition) -> None:
    aloud = replace(flow, spoken_topic=SpokenTopic())
    call = play_scenario(aloud, incoming_call(), f"{ARRIVES}\n key 1 | spoken_topic")
    for _ in range(MOST_REPLAYS):
        call, actions = step(aloud, call, DigitPressed("*"))
        assert said(actions) == aloud.prompts.spoken_topic
    assert step(aloud, call, DigitPressed("*")) == (call, ())
