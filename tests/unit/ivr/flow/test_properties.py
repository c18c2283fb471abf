"""What holds whatever happens in whatever order."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from ivr.flow.actions import Action, Play, RefuseRecording, StopRecording
from ivr.flow.actions_control import DropParty
from ivr.flow.definition import FlowDefinition
from ivr.flow.expected import Expected
from ivr.flow.flow import step
from ivr.flow.inputs import (
    CallAnswered,
    CallArrived,
    CallbackRefused,
    CallbackRegistered,
    CalleeAnswered,
    CalleeFailed,
    CallerHungUp,
    CallerKnown,
    DigitPressed,
    EngineFailed,
    Enqueued,
    Found,
    HangUpRequested,
    Input,
    LawyerHeard,
    LawyerHungUp,
    LawyerLost,
    LawyerUnreached,
    LeftQueue,
    OfferAccepted,
    PositionChanged,
    PromptFinished,
    RecordingRefused,
    TimerFired,
    WordsHeard,
    WordsMissing,
)
from ivr.flow.inputs_control import (
    CompleteRequested,
    DigitsRequested,
    DropRequested,
    HoldRequested,
    JoinRequested,
    MuteRequested,
    PartyAnswered,
    PartyHeld,
    PartyLeft,
    PartyWanted,
    PauseRequested,
    PurposeRequested,
    QueueRequested,
    ResumeRequested,
)
from ivr.flow.mixing import CALLER, LAWYER, hearing
from ivr.flow.parties import Purpose
from ivr.flow.questions import ANSWER_LENGTHS, District
from ivr.flow.reasons import EndReason
from ivr.flow.spoken import SpokenTopic
from ivr.flow.states import CallContext, State, callback_call, incoming_call
from ivr.flow.table import TABLE
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.ledger import Ledger

FLOW = make_flow()

SMALL = replace(
    FLOW.with_languages(["zh", "en"]),
    topic_menu=replace(FLOW.topic_menu, choices=FLOW.topic_menu.choices[:1]),
    waits=replace(FLOW.waits, comfort=60.0),
)
"""One choice of each kind, so that every reachable context can be visited."""

RIGHTS = replace(
    SMALL,
    topic_menu=replace(SMALL.topic_menu, attempts=1),
    refusal_key="7",
    emergency_key="9",
    elderly_key="6",
    queue_position_max=1,
    waits=replace(SMALL.waits, comfort=30.0),
)
"""With the keys for what callers may always ask for."""

INFO = replace(
    FLOW.with_languages(["zh"]),
    topic_menu=SMALL.topic_menu,
    info_key="8",
    emergency_key="9",
    districts=tuple(District(f"11010{number}", "district") for number in range(9)),
)
"""With information by phone, and as little else as can be."""

SPOKEN = replace(
    SMALL, refusal_key="7", info_key="8", emergency_key="9", spoken_topic=SpokenTopic()
)
"""With the topic asked aloud."""

MESSAGES = replace(SMALL, message_key="2", refusal_key="7")
"""With messages for those who have waited long enough."""

WITHOUT_TOPICS = replace(SMALL, topic_menu=replace(FLOW.topic_menu, choices=()))

Happening = Callable[[CallContext], Input]
"""An input that may depend on the present wait or play."""

STARTS = (
    incoming_call(),
    callback_call(language="ko", topic="labour", lawyer="user_1", leg="leg_1"),
)

KEYS = "01239*#"
"""One of each kind: person, call back and choice, another number, choice, unknown, repeat, end."""

WHOLE_NUMBER = "13800001234"


def happenings() -> list[Happening]:
    """One input of each kind that a handler could tell apart."""
    fixed: list[Input] = [
        *(CallArrived(open=o, number_known=n) for o in (True, False) for n in (True, False)),
        CallAnswered(),
        *map(DigitPressed, KEYS),
        *map(Enqueued, (1, 2)),
        *map(PositionChanged, (1, 2)),
        OfferAccepted("leg_2", "user_2"),
        LawyerHeard(),
        LawyerLost(),
        LawyerHungUp(),
        LawyerUnreached(),
        CallerHungUp(),
        HangUpRequested(EndReason.SUPERVISOR),
        HangUpRequested(EndReason.CALLER_LOST),
        EngineFailed(),
        CallbackRegistered(),
        CallbackRefused(),
        CalleeAnswered(),
        CalleeFailed("busy"),
        LeftQueue("end_of_duty"),
    ]
    return [
        *((lambda call, event=event: event) for event in fixed),
        lambda call: TimerFired(call.visit),
        lambda call: TimerFired(call.visit - 1),
        lambda call: PromptFinished(call.play),
        lambda call: PromptFinished(call.play, interrupted=True),
        lambda call: PromptFinished(call.play - 1),
    ]


def controls() -> list[Happening]:
    """What lawyers, colleagues, third parties and a supervisor can do to a talk."""
    fixed: list[Input] = [
        HoldRequested(),
        ResumeRequested(),
        CompleteRequested(),
        JoinRequested(),
        QueueRequested("family"),
        *(PauseRequested(paused=paused, by="user_1") for paused in (True, False)),
        *(MuteRequested(muted, who) for muted in (True, False) for who in (None, "third", "boss")),
        *(
            PartyWanted("third", purpose, lawyer)
            for purpose in (Purpose.CONSULT, Purpose.JOIN, Purpose.TRANSFER)
            for lawyer in (None, "user_3")
        ),
        PartyWanted("boss", Purpose.LISTEN),
        *(PurposeRequested("boss", purpose) for purpose in (Purpose.WHISPER, Purpose.BARGE)),
        *(
            kind(party)
            for kind in (PartyAnswered, PartyLeft, DropRequested)
            for party in ("third", "boss")
        ),
        DigitsRequested(None, "1"),
        DigitsRequested("third", "1"),
    ]
    return [always(event) for event in fixed]


def always(event: Input) -> Happening:
    """An input that is the same in every state."""
    return lambda _call: event


def holds() -> list[Happening]:
    """As few inputs as lead telephones that hold us into every state of a talk."""
    fixed: list[Input] = [
        *(PartyHeld("third", is_holding=is_holding) for is_holding in (True, False)),
        *(
            PartyWanted("third", purpose)
            for purpose in (Purpose.CONSULT, Purpose.JOIN, Purpose.TRANSFER)
        ),
        *(kind("third") for kind in (PartyAnswered, PartyLeft, DropRequested)),
        MuteRequested(True, "third"),
        HoldRequested(),
        ResumeRequested(),
        CompleteRequested(),
        JoinRequested(),
        LawyerLost(),
        LawyerHungUp(),
        CallerHungUp(),
        EngineFailed(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


TALK = CallContext(
    state=State.TALKING,
    number_known=True,
    lawyer="user_1",
    leg="leg_1",
    lawyer_heard=True,
    bridged=True,
    recording=True,
)
"""A talk that has begun; what led here does not matter to call control."""

AFTER_TALK = (State.ENQUEUEING, State.RATING_MENU, State.ENDED)


Arrow = tuple[State, type[Input], State]
Reachable = dict[CallContext, set[Arrow]]


def asides() -> list[Input]:
    """What may come at any time, and is followed no further: it would double every context."""
    return [RecordingRefused("user_1"), CallerKnown(is_slow=True, language="en")]


def rights_happenings() -> list[Happening]:
    """As few inputs as lead callers who use their rights into every state."""
    fixed: list[Input] = [
        CallArrived(open=True, number_known=True),
        CallAnswered(),
        CallerKnown(is_straight=True, language="en", topic="labour"),
        *map(DigitPressed, "679"),
        Enqueued(1),
        OfferAccepted("leg_2", "user_2"),
        LawyerHeard(),
        LawyerHungUp(),
        RecordingRefused("user_1"),
        CalleeAnswered(),
        QueueRequested("family"),
        PartyWanted("third", Purpose.CONSULT, "user_3"),
        PartyAnswered("third"),
        CompleteRequested(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def explore_rights() -> dict[CallContext, set[Arrow]]:
    """Every context of callers who refuse, hurry, or are known, up to the rating."""
    found: dict[CallContext, set[Arrow]] = {}
    deeds = rights_happenings()
    waiting = [settle(start) for start in STARTS]
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        over = call.state in (State.RATING_MENU, State.ENDED)
        for happening in () if over else deeds:
            event = happening(call)
            after, _ = checked_step(call, event, flow=RIGHTS)
            found[call].add((call.state, type(event), after.state))
            if after is not call:
                waiting.append(settle(after))
    return found


def info_happenings() -> list[Happening]:
    """What leads through information by phone; digits of numbers are all alike."""
    fixed: list[Input] = [
        *(CallArrived(open=is_open, number_known=True) for is_open in (True, False)),
        CallAnswered(),
        *map(DigitPressed, "0123489*#"),
        Found(("answer",)),
        Found(()),
        RecordingRefused("user_1"),
        HangUpRequested(EndReason.SUPERVISOR),
        EngineFailed(),
        CallerHungUp(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def explore_info() -> dict[CallContext, set[Arrow]]:
    """Every context of callers who ask for information, up to the queue or the end."""
    found: dict[CallContext, set[Arrow]] = {}
    deeds = info_happenings()
    waiting = [settle(incoming_call())]
    over = (State.ENQUEUEING, State.CONFIRMING_NUMBER, State.FAREWELL, State.ENDED)
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        for happening in () if call.state in over else deeds:
            event = happening(call)
            after, _ = checked_step(call, event, flow=INFO)
            found[call].add((call.state, type(event), after.state))
            waiting.append(settle(replace(after, answers=typed_of(after), refused=False)))
    return found


def typed_of(call: CallContext) -> tuple[str, ...]:
    """What matters of typed numbers: whether each is empty, nearly whole, or whole."""
    if call.question is None:
        return call.answers
    lengths = ANSWER_LENGTHS[call.question]
    return tuple(
        "1" * min(max(len(answer), whole - 1), whole) if answer else ""
        for answer, whole in zip(call.answers, lengths, strict=False)
    )


def spoken_happenings() -> list[Happening]:
    """What leads to the question that is asked aloud, and out of it."""
    fixed: list[Input] = [
        CallArrived(open=True, number_known=True),
        CallAnswered(),
        *map(DigitPressed, "01278*"),
        *map(WordsHeard, ("工资", "嗯", "我不想活了")),
        WordsMissing(),
        RecordingRefused("user_1"),
        CallerHungUp(),
        HangUpRequested(EndReason.SUPERVISOR),
        EngineFailed(),
    ]
    return [
        *map(always, fixed),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]


def explore_spoken() -> dict[CallContext, set[Arrow]]:
    """Every context of callers who are asked aloud, up to the queue or the end."""
    found: dict[CallContext, set[Arrow]] = {}
    deeds = spoken_happenings()
    waiting = [settle(incoming_call())]
    over = (State.TOPIC_MENU, State.INFO_MENU, State.ENQUEUEING, State.ENDED)
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        for happening in () if call.state in over else deeds:
            event = happening(call)
            after, _ = checked_step(call, event, flow=SPOKEN)
            found[call].add((call.state, type(event), after.state))
            if after is not call:
                waiting.append(settle(after))
    return found


def explore_messages() -> dict[CallContext, set[Arrow]]:
    """Every context of callers in the queue who leave a message, up to the last words."""
    waits = (State.ENQUEUEING, State.ANNOUNCING, State.HOLDING)
    told = CallContext(
        number_known=True, queued=True, position=1, expected=Expected(None, may_leave_message=True)
    )
    events: list[Input] = [
        *map(DigitPressed, "257"),
        CallbackRegistered(),
        RecordingRefused("user_1"),
        CallerHungUp(),
        HangUpRequested(EndReason.SUPERVISOR),
        EngineFailed(),
    ]
    deeds: list[Happening] = [
        *((lambda call, event=event: event) for event in events),
        lambda call: TimerFired(call.visit),
        lambda call: PromptFinished(call.play),
    ]
    found: dict[CallContext, set[Arrow]] = {}
    waiting = [replace(told, state=state) for state in waits]
    followed = (*waits, State.BOOKING, State.MESSAGE_PROMPT, State.MESSAGE)
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        for happening in deeds if call.state in followed else ():
            event = happening(call)
            after, _ = checked_step(call, event, flow=MESSAGES)
            found[call].add((call.state, type(event), after.state))
            waiting.append(settle(after))
    return found


def checked_step(
    call: CallContext, event: Input, *, flow: FlowDefinition = FLOW
) -> tuple[CallContext, tuple[Action, ...]]:
    """One step; asserts what must hold after each."""
    ledger = Ledger.of(call)
    after, actions = step(flow, call, event)
    ledger.happen(event, before=call)
    ledger.do(actions)
    ledger.over = after.state is State.ENDED
    ledger.place_confirmed = after.position is not None
    assert ledger == Ledger.of(after), f"{call} {event} {actions}"
    assert after.bridged == (after.state is State.TALKING)
    assert after.visit >= call.visit
    heard = {name for pair in hearing(after) for name in pair}
    assert heard <= {CALLER, LAWYER, *(party.id for party in after.parties if party.is_talking)}
    assert (CALLER in heard) <= (after.state in (State.TALKING, State.TRANSFERRED))
    assert (after.state is State.ENDED) <= (after.end_reason is not None)
    if after.state is not call.state:
        assert after.state in TABLE[call.state, type(event)].targets
    assert not (after.refused and after.recording)
    assert call.refused <= after.refused
    assert after.listening == (after.state is State.SPOKEN_TOPIC)
    assert not (after.refused and after.listening)
    assert after.listening or after.heard == ()
    return after, actions


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


def settle(call: CallContext) -> CallContext:
    """The same context with small numbers: visits and plays count only against each other.

    Of a number that the caller types only matters whether it is begun or whole, of the place
    meanwhile whether there is one; and of all that was asked before nothing matters at the end.
    """
    wished = WHOLE_NUMBER if len(call.wished) > 1 else call.wished and "1"
    # How often a question was said again leads nowhere else.
    call = replace(call, visit=1, play=1, wished=wished, replays=0)
    if call.state in (State.CONFIRMING_NUMBER, State.TYPING_NUMBER, State.BOOKING):
        return replace(call, position=call.position and 1, topic=None)
    if call.state in (State.FAREWELL, State.ENDED):
        return replace(call, attempts=0, announced=None, quiet_rounds=0, language="zh", topic=None)
    return call


def explore(flow: FlowDefinition, *, over: tuple[State, ...] = ()) -> dict[CallContext, set[Arrow]]:
    """Every context that any order of inputs can lead to, with the arrows out of it.

    Args:
        flow: The menus.
        over: States behind which nothing is of interest.
    """
    found: dict[CallContext, set[Arrow]] = {}
    waiting = [settle(start) for start in STARTS]
    deeds = happenings()
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        for event in () if call.state in over else asides():
            after, _ = checked_step(call, event, flow=flow)
            found[call].add((call.state, type(event), after.state))
        for happening in () if call.state in over else deeds:
            event = happening(call)
            after, _ = checked_step(call, event, flow=flow)
            found[call].add((call.state, type(event), after.state))
            if after is not call:
                waiting.append(settle(after))
    return found


def explore_talk(flow: FlowDefinition, deeds: Sequence[Happening]) -> dict[CallContext, set[Arrow]]:
    """Every context of a talk that deeds lead to, with one third party and one supervisor."""
    found: dict[CallContext, set[Arrow]] = {}
    waiting = [settle(TALK)]
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        for event in asides():
            after, _ = checked_step(call, event, flow=flow)
            found[call].add((call.state, type(event), after.state))
        for happening in () if call.state in AFTER_TALK else deeds:
            event = happening(call)
            after, _ = checked_step(call, event, flow=flow)
            found[call].add((call.state, type(event), after.state))
            if after is not call:
                waiting.append(settle(after))
    return found


@pytest.fixture(scope="module")
def reachable() -> dict[CallContext, set[Arrow]]:
    """See `explore` and `explore_talk`; holding by itself, for it would triple every context."""
    found: Reachable = defaultdict(set)
    talk = [*happenings(), *controls()]
    for each in (explore(SMALL), explore_talk(SMALL, talk), explore_talk(SMALL, holds())):
        for call, arrows in each.items():
            found[call] |= arrows
    return found


@pytest.fixture(scope="module")
def with_rights() -> dict[CallContext, set[Arrow]]:
    """See `explore_rights`."""
    return explore_rights()


@pytest.fixture(scope="module")
def with_info() -> dict[CallContext, set[Arrow]]:
    """See `explore_info`."""
    return explore_info()


@pytest.fixture(scope="module")
def with_spoken() -> dict[CallContext, set[Arrow]]:
    """See `explore_spoken`."""
    return explore_spoken()


@pytest.fixture(scope="module")
def with_messages() -> dict[CallContext, set[Arrow]]:
    """See `explore_messages`."""
    return explore_messages()


def test_table__leads_exactly_where_it_says(
    reachable: Reachable,
    with_rights: Reachable,
    with_info: Reachable,
    with_spoken: Reachable,
    with_messages: Reachable,
) -> None:
    # So the diagram, which is drawn from the table, neither hides nor invents an arrow.
    others = explore(WITHOUT_TOPICS, over=(State.ENQUEUEING, State.DIALLING, State.CLOSED_MENU))
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
