"""What holds whatever happens in whatever order."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from ivr.flow.actions import Play, RefuseRecording, StopRecording
from ivr.flow.actions_control import DropParty
from ivr.flow.expected import Expected
from ivr.flow.flow import step
from ivr.flow.inputs import (
    CallAnswered,
    CallArrived,
    CalleeAnswered,
    CalleeFailed,
    CallerHungUp,
    DigitPressed,
    Enqueued,
    LeftQueue,
    PositionChanged,
    PromptFinished,
    RecordingRefused,
    TimerFired,
)
from ivr.flow.states import CallContext, State, incoming_call
from ivr.flow.table import TABLE
from tests.unit.ivr.flow.exploring import (
    FLOW,
    INFO,
    MESSAGES,
    RIGHTS,
    SMALL,
    SPOKEN,
    STARTS,
    TALK,
    WITHOUT_TOPICS,
    Reachable,
    checked_step,
    explore,
    settle_typed,
)
from tests.unit.ivr.flow.happenings import (
    Happening,
    asides,
    controls,
    happenings,
    holds,
    info_happenings,
    message_happenings,
    rights_happenings,
    spoken_happenings,
)
from tests.unit.ivr.flow.ledger import Ledger


@settings(max_examples=400, deadline=None)
@given(
    start=st.sampled_from((*STARTS, TALK)),
    script=st.lists(st.sampled_from([*happenings(), *controls()]), max_size=60),
)
def test_step__any_order_of_inputs_leaves_a_legal_state(
    start: CallContext, script: list[Happening]
) -> None:
    call = start
    for happening in script:
        call, _ = checked_step(call, happening(call))


@settings(max_examples=400, deadline=None)
@given(digit=st.text(max_size=3), position=st.integers(), reason=st.text(max_size=8))
def test_step__odd_values_never_raise(digit: str, position: int, reason: str) -> None:
    events = (DigitPressed(digit), Enqueued(position), PositionChanged(position))
    for state in State:
        for event in (*events, CalleeFailed(reason), LeftQueue(reason)):
            step(FLOW, CallContext(state=state, number_known=True, queued=True), event)


@pytest.fixture(scope="module")
def reachable() -> Reachable:
    """Holding by itself, for it would triple every context."""
    after_talk = (State.ENQUEUEING, State.RATING_MENU, State.ENDED)
    found: Reachable = defaultdict(set)
    for each in (
        explore(SMALL, STARTS, happenings(), over=(), asides=asides()),
        explore(SMALL, [TALK], [*happenings(), *controls()], over=after_talk, asides=asides()),
        explore(SMALL, [TALK], holds(), over=after_talk, asides=asides()),
    ):
        for call, arrows in each.items():
            found[call] |= arrows
    return found


@pytest.fixture(scope="module")
def with_rights() -> Reachable:
    """Every context of callers who refuse, hurry, or are known, up to the rating."""
    over = (State.RATING_MENU, State.ENDED)
    return explore(RIGHTS, STARTS, rights_happenings(), over=over)


@pytest.fixture(scope="module")
def with_info() -> Reachable:
    """Every context of callers who ask for information, up to the queue or the end."""
    over = (State.ENQUEUEING, State.CONFIRMING_NUMBER, State.FAREWELL, State.ENDED)
    return explore(INFO, [incoming_call()], info_happenings(), over=over, settle=settle_typed)


@pytest.fixture(scope="module")
def with_spoken() -> Reachable:
    """Every context of callers who are asked aloud, up to the queue or the end."""
    over = (State.TOPIC_MENU, State.INFO_MENU, State.ENQUEUEING, State.ENDED)
    return explore(SPOKEN, [incoming_call()], spoken_happenings(), over=over)


@pytest.fixture(scope="module")
def with_messages() -> Reachable:
    """Every context of callers in the queue who leave a message, up to the last words."""
    waits = (State.ENQUEUEING, State.ANNOUNCING, State.HOLDING)
    told = CallContext(
        number_known=True, queued=True, position=1, expected=Expected(None, may_leave_message=True)
    )
    over = set(State) - {*waits, State.BOOKING, State.MESSAGE_PROMPT, State.MESSAGE}
    starts = [replace(told, state=state) for state in waits]
    return explore(MESSAGES, starts, message_happenings(), over=over)


def test_table__leads_exactly_where_it_says(
    reachable: Reachable,
    with_rights: Reachable,
    with_info: Reachable,
    with_spoken: Reachable,
    with_messages: Reachable,
) -> None:
    # So the diagram, which is drawn from the table, neither hides nor invents an arrow.
    over = (State.ENQUEUEING, State.DIALLING, State.CLOSED_MENU)
    others = explore(WITHOUT_TOPICS, STARTS, happenings(), over=over, asides=asides())
    maps = (reachable, with_rights, with_info, with_spoken, with_messages, others)
    places = [arrows for each in maps for arrows in each.values()]
    reached = {arrow for arrows in places for arrow in arrows}
    declared = {(row.state, row.kind, target) for row in TABLE.values() for target in row.targets}
    assert {arrow for arrow in reached if arrow[0] is not arrow[2]} <= declared
    assert declared <= reached


def test_table__reaches_every_state(
    reachable: Reachable, with_info: Reachable, with_spoken: Reachable, with_messages: Reachable
) -> None:
    found = (*reachable, *with_info, *with_spoken, *with_messages)
    assert {call.state for call in found} == set(State)


def test_step__hang_up_works_everywhere_and_undoes_all(reachable: Reachable) -> None:
    for call in reachable:
        after, _ = checked_step(call, CallerHungUp())
        assert after.state is State.ENDED
        assert Ledger.of(after) == Ledger(over=True, refused=call.refused)


def test_step__every_third_party_is_let_go_when_the_call_ends(reachable: Reachable) -> None:
    for call in (each for each in reachable if each.parties):
        after, actions = checked_step(call, CallerHungUp())
        dropped = {action.party for action in actions if isinstance(action, DropParty)}
        assert dropped == set(call.parties)
        assert after.parties == ()


def test_step__caller_is_never_left_with_nobody(reachable: Reachable) -> None:
    """Who is not talking hears something that ends: a prompt, a timer, or a lawyer who holds."""
    for call in (each for each in reachable if each.state is State.ON_HOLD):
        assert call.lawyer is not None
    for call in (each for each in reachable if each.state is State.TRANSFERRED):
        assert any(party.is_talking for party in call.parties)


def test_step__nothing_is_done_after_the_end(reachable: Reachable) -> None:
    for call in (each for each in reachable if each.state is State.ENDED):
        for happening in happenings():
            assert step(FLOW, call, happening(call)) == (call, ())


def end_prompt(call: CallContext) -> CallContext:
    """What follows when the present prompt ends."""
    return checked_step(call, PromptFinished(call.play))[0]


MENUS = (State.NOTICE, State.LANGUAGE_MENU, State.TOPIC_MENU)
TALKS = (State.TALKING, State.ON_HOLD, State.LAWYER_LOST, State.TRANSFERRING)


def test_step__zero_leads_to_the_queue_within_two_prompts(reachable: Reachable) -> None:
    for call in (each for each in reachable if each.state in MENUS and not each.typed):
        call, _ = checked_step(call, DigitPressed("0"))
        if call.state is State.NOTICE:
            call = end_prompt(call)
        assert call.state is State.ENQUEUEING


def test_step__silence_leads_to_the_queue(reachable: Reachable) -> None:
    for call in (each for each in reachable if each.state in MENUS and not each.typed):
        prompts = 0
        while call.state is not State.ENQUEUEING:
            call = end_prompt(call)
            prompts += 1
            if call.state in MENUS:
                call, _ = checked_step(call, TimerFired(call.visit))
            assert prompts <= 4


def test_step__no_caller_sits_in_silence(reachable: Reachable) -> None:
    """Every state that waits either plays on in a loop or has a timer that fires."""
    talks = {State.TALKING, State.TRANSFERRED}
    waits_for_the_line = {State.NEW, State.ANSWERING, State.DIALLING, State.ENDED} | talks
    for call in reachable:
        if call.state not in waits_for_the_line:
            assert (call.state, TimerFired) in TABLE


def test_step__recording_notice_comes_before_every_recording() -> None:
    for start, notice in zip(
        STARTS, (FLOW.prompts.notice, FLOW.prompts.callback_notice), strict=True
    ):
        call, heard = start, list[str]()
        for event in (CallArrived(open=True, number_known=True), CallAnswered(), CalleeAnswered()):
            call, actions = checked_step(call, event)
            heard += (key for each in actions if isinstance(each, Play) for key in each.prompts)
        assert tuple(heard) == notice


def test_step__who_refuses_is_served_like_everybody_else(with_rights: Reachable) -> None:
    """Refusing changes nothing but what is kept."""
    for call in (each for each in with_rights if not each.refused and each.state in TALKS):
        refused, kept = checked_step(call, RecordingRefused("user_1"), flow=RIGHTS)
        assert replace(refused, refused=False) == replace(call, recording=False, paused=False)
        assert {type(each) for each in kept} <= {StopRecording, RefuseRecording}


def test_step__nobody_is_asked_to_wait_for_the_emergency_key(with_rights: Reachable) -> None:
    """One key, and at most one prompt that is heard to its end, lead to a person."""
    for call in (each for each in with_rights if each.state in MENUS and not each.typed):
        call, _ = checked_step(call, DigitPressed("9"), flow=RIGHTS)
        if call.state is State.NOTICE:
            call, _ = checked_step(call, PromptFinished(call.play), flow=RIGHTS)
        assert call.state is State.ENQUEUEING
        assert call.emergency


def test_step__the_question_asked_aloud_holds_nobody_fast(with_spoken: Reachable) -> None:
    """Whatever was said before, silence leads to the keys, and 0 to a person."""
    for call in (each for each in with_spoken if each.state is State.SPOKEN_TOPIC):
        after, _ = checked_step(call, TimerFired(call.visit), flow=SPOKEN)
        assert after.state is State.TOPIC_MENU
        after, _ = checked_step(call, DigitPressed("0"), flow=SPOKEN)
        assert after.state is State.ENQUEUEING


INFO_STATES = (
    State.INFO_MENU,
    State.INFO_TYPING,
    State.INFO_DISTRICT,
    State.INFO_LOOKUP,
    State.INFO_TELLING,
)


def test_step__information_never_holds_a_caller_fast(with_info: Reachable) -> None:
    """Silence leads to a person, or to the end once there was an answer."""
    for call in (each for each in with_info if each.state in INFO_STATES):
        rounds = 0
        while call.state in INFO_STATES:
            call, _ = checked_step(call, TimerFired(call.visit), flow=INFO)
            rounds += 1
            assert rounds <= 3
        assert call.state in (State.ENQUEUEING, State.CLOSED_MENU, State.FAREWELL)


def test_step__what_was_typed_is_forgotten(with_info: Reachable) -> None:
    for call in (each for each in with_info if each.state is not State.INFO_TYPING):
        assert call.answers == () or call.state is State.ENDED
