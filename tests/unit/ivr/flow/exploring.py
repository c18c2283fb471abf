"""Goes wherever calls can be led, and checks each step."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from ivr.flow.actions import Action
from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import Input
from ivr.flow.mixing import CALLER, LAWYER, hearing
from ivr.flow.questions import ANSWER_LENGTHS, District
from ivr.flow.spoken import SpokenTopic
from ivr.flow.states import CallContext, State, callback_call, incoming_call
from ivr.flow.table import TABLE
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.happenings import Happening
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

STARTS = (
    incoming_call(),
    callback_call(language="ko", topic="labour", lawyer="user_1", leg="leg_1"),
)

WHOLE_NUMBER = "13800001234"


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

Arrow = tuple[State, type[Input], State]
Reachable = dict[CallContext, set[Arrow]]


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


def settle_typed(call: CallContext) -> CallContext:
    """The same, and of numbers typed for information only whether each is empty or whole."""
    if call.question is not None:
        lengths = ANSWER_LENGTHS[call.question]
        typed = tuple(
            "1" * min(max(len(answer), whole - 1), whole) if answer else ""
            for answer, whole in zip(call.answers, lengths, strict=False)
        )
        call = replace(call, answers=typed)
    return settle(replace(call, refused=False))


def explore(
    flow: FlowDefinition,
    starts: Iterable[CallContext],
    deeds: Sequence[Happening],
    *,
    over: Collection[State],
    asides: Sequence[Input] = (),
    settle: Callable[[CallContext], CallContext] = settle,
) -> Reachable:
    """Every context that any order of inputs can lead to, with the arrows out of it.

    Args:
        flow: The menus.
        starts: Where calls begin.
        deeds: What may happen.
        over: States out of which nothing leads that is of interest.
        asides: What may happen too, and is followed no further.
        settle: Makes contexts alike that differ in nothing that matters.
    """
    found: Reachable = {}
    waiting = [settle(start) for start in starts]
    while waiting:
        call = waiting.pop()
        if call in found:
            continue
        found[call] = set()
        for event in asides:
            after, _ = checked_step(call, event, flow=flow)
            found[call].add((call.state, type(event), after.state))
        for happening in () if call.state in over else deeds:
            event = happening(call)
            after, _ = checked_step(call, event, flow=flow)
            found[call].add((call.state, type(event), after.state))
            if after is not call:
                waiting.append(settle(after))
    return found
