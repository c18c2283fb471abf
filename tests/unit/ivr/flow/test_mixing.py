from dataclasses import replace

import pytest

from ivr.flow.mixing import CALLER, LAWYER, hearing, understood
from ivr.flow.parties import Party, Purpose
from ivr.flow.states import CallContext, State

TALK = CallContext(state=State.TALKING, lawyer="user_1", leg="leg_1", bridged=True)


def talk_with(*purposes: Purpose, state: State = State.TALKING) -> CallContext:
    parties = tuple(Party(purpose.value, purpose, is_talking=True) for purpose in purposes)
    return replace(TALK, state=state, parties=parties)


def both_ways(*pairs: tuple[str, str]) -> set[tuple[str, str]]:
    return {pair for one, other in pairs for pair in ((one, other), (other, one))}


def test_hearing__talk_is_caller_and_lawyer() -> None:
    assert hearing(TALK) == both_ways((CALLER, LAWYER))


def test_hearing__in_a_three_way_talk_everybody_hears_everybody_but_self() -> None:
    assert hearing(talk_with(Purpose.JOIN)) == both_ways(
        (CALLER, LAWYER), (CALLER, "join"), (LAWYER, "join")
    )


def test_hearing__whoever_is_being_reached_hears_nothing() -> None:
    assert hearing(replace(TALK, parties=(Party("p1", Purpose.JOIN),))) == hearing(TALK)


def test_hearing__listener_hears_both_and_is_heard_by_nobody() -> None:
    assert hearing(talk_with(Purpose.LISTEN)) - hearing(TALK) == {
        (CALLER, "listen"),
        (LAWYER, "listen"),
    }


def test_hearing__whisper_reaches_the_lawyer_alone() -> None:
    assert hearing(talk_with(Purpose.WHISPER)) - hearing(TALK) == {
        (CALLER, "whisper"),
        (LAWYER, "whisper"),
        ("whisper", LAWYER),
    }


def test_hearing__barge_is_heard_by_all() -> None:
    assert {("barge", CALLER), ("barge", LAWYER)} < hearing(talk_with(Purpose.BARGE))


def test_hearing__consultation_leaves_the_caller_out() -> None:
    assert hearing(talk_with(Purpose.CONSULT, state=State.ON_HOLD)) == both_ways(
        (LAWYER, "consult")
    )


def test_hearing__after_a_transfer_the_lawyer_is_out() -> None:
    assert hearing(talk_with(Purpose.TRANSFER, state=State.TRANSFERRED)) == both_ways(
        (CALLER, "transfer")
    )


def test_hearing__who_holds_is_heard_by_nobody() -> None:
    """A telephone exchange that holds plays its own music."""
    call = talk_with(Purpose.JOIN)
    (party,) = call.parties
    call = replace(call, parties=(replace(party, is_holding=True),))

    assert hearing(call) == hearing(talk_with(Purpose.JOIN)) - {
        (party.id, CALLER),
        (party.id, LAWYER),
    }


def test_hearing__who_is_muted_hears_and_is_heard_by_nobody() -> None:
    call = replace(talk_with(Purpose.JOIN), muted=frozenset({LAWYER}))

    assert hearing(call) == hearing(talk_with(Purpose.JOIN)) - {
        (LAWYER, CALLER),
        (LAWYER, "join"),
    }


def test_understood__not_whom_nobody_hears() -> None:
    call = replace(TALK, recording=True, muted=frozenset({LAWYER}))

    assert understood(call) == {CALLER}


@pytest.mark.parametrize("state", [State.HOLDING, State.LAWYER_LOST, State.TRANSFERRING])
def test_hearing__nobody_hears_anybody_elsewhere(state: State) -> None:
    assert hearing(talk_with(Purpose.JOIN, Purpose.LISTEN, Purpose.BARGE, state=state)) == set()


RECORDED = replace(TALK, recording=True)


def test_understood__both_sides_of_a_talk() -> None:
    assert understood(RECORDED) == {CALLER, LAWYER}


def test_understood__the_caller_alone_in_a_message() -> None:
    assert understood(replace(RECORDED, state=State.MESSAGE)) == {CALLER}


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(TALK, id="not-recorded"),
        pytest.param(replace(RECORDED, paused=True), id="paused"),
        pytest.param(replace(RECORDED, state=State.MESSAGE, paused=True), id="paused-message"),
        pytest.param(replace(RECORDED, state=State.ON_HOLD), id="on-hold"),
        pytest.param(
            replace(talk_with(Purpose.CONSULT, state=State.ON_HOLD), recording=True),
            id="consultation",
        ),
        pytest.param(replace(RECORDED, state=State.LAWYER_LOST), id="lawyer-lost"),
        pytest.param(replace(RECORDED, state=State.HOLDING), id="in-the-queue"),
    ],
)
def test_understood__nobody_where_words_are_for_nobody(call: CallContext) -> None:
    assert understood(call) == set()
