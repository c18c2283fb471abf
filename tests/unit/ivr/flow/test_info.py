"""Information by phone without a person."""

from dataclasses import replace

import pytest

from ivr.flow.actions import LookUp
from ivr.flow.definition import FlowDefinition
from ivr.flow.questions import Question
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

TO_INFO = """
    arrives     | answering
    answered    | notice
    prompt ends | language_menu
    key 1       | topic_menu
    key 8       | info_menu | ask zh: info_menu; wait 60
"""

TYPED_NUMBER = "\n".join(f"key {digit} | info_typing | wait 8" for digit in "202611220")
TYPED_TAIL = "\n".join(f"key {digit} | info_typing | wait 8" for digit in "123")
TYPED = f"""
    key 1 | info_typing | ask zh: info_ticket; wait 60
    {TYPED_NUMBER}
    key 7 | info_typing | ask zh: info_tail; wait 60
    {TYPED_TAIL}
"""
LOOKED_UP = f"""{TYPED}
    key 4 | info_lookup | look up progress zh 2026112207 1234; loop zh: hold; wait 10
"""
TO_ANSWER = f"""{TO_INFO}{LOOKED_UP}
    found progress_open | info_telling | ask zh: progress_open info_more; wait 60
"""
AGAIN = f"""
    key 1 | info_menu
    {LOOKED_UP}
    found info_unknown | info_telling
"""


@pytest.fixture
def info() -> FlowDefinition:
    return replace(make_flow(), info_key="8", emergency_key="9")


class TestProgress:
    def test_step__number_tail_answer_and_good_bye(self, info: FlowDefinition) -> None:
        call = play_scenario(
            info,
            incoming_call(),
            f"""{TO_ANSWER}
            prompt ends | info_telling | wait 4
            key *       | info_telling | ask zh: progress_open info_more; wait 60
            prompt ends | info_telling | wait 4
            silence     | farewell     | say zh: goodbye; wait 60
            prompt ends | ended        | hang up (informed)
            """,
        )
        assert call.end_reason is EndReason.INFORMED

    def test_step__star_begins_the_number_again(self, info: FlowDefinition) -> None:
        play_scenario(
            info,
            incoming_call(),
            f"""{TO_INFO}
            key 1 | info_typing | ask zh: info_ticket; wait 60
            key 5 | info_typing | wait 8
            key * | info_typing | ask zh: info_ticket; wait 60
            {TYPED_NUMBER}
            key 7 | info_typing | ask zh: info_tail; wait 60
            """,
        )

    def test_step__three_tries_in_a_call(self, info: FlowDefinition) -> None:
        play_scenario(
            info,
            incoming_call(),
            f"""{TO_ANSWER}{AGAIN}{AGAIN}
            key 1 | info_menu
            {TYPED}
            key 4 | info_telling | ask zh: info_locked info_more; wait 60
            """,
        )

    def test_step__a_look_that_takes_too_long(self, info: FlowDefinition) -> None:
        play_scenario(
            info,
            incoming_call(),
            f"""{TO_INFO}{LOOKED_UP}
            silence | info_telling | ask zh: info_unavailable info_more; wait 60
            """,
        )


class TestOtherQuestions:
    def test_step__centre_of_a_district(self, info: FlowDefinition) -> None:
        play_scenario(
            info,
            incoming_call(),
            f"""{TO_INFO}
            key 2 | info_typing | ask zh: info_district; wait 60
            key 5 | info_typing | wait 8
            key 1 | info_typing | wait 8
            key 0 | info_typing | wait 8
            key 1 | info_typing | wait 8
            key 0 | info_typing | wait 8
            key 4 | info_lookup | look up centre zh 510104; loop zh: hold; wait 10
            """,
        )

    def test_step__hours_need_no_number(self, info: FlowDefinition) -> None:
        play_scenario(
            info,
            incoming_call(),
            f"{TO_INFO}\nkey 3 | info_lookup | look up hours zh; loop zh: hold; wait 10",
        )


class TestToAPerson:
    @pytest.mark.parametrize("happens", ["key 0", "silence"])
    def test_step__from_the_menu(self, info: FlowDefinition, happens: str) -> None:
        play_scenario(info, incoming_call(), f"{TO_INFO}\n{happens} | enqueueing")

    def test_step__from_the_answer(self, info: FlowDefinition) -> None:
        play_scenario(info, incoming_call(), f"{TO_ANSWER}\nkey 0 | enqueueing")

    def test_step__after_two_unknown_keys(self, info: FlowDefinition) -> None:
        table = f"{TO_INFO}\nkey 7 | info_menu\nkey 7 | enqueueing"
        play_scenario(info, incoming_call(), table)

    def test_step__in_an_emergency(self, info: FlowDefinition) -> None:
        call = play_scenario(info, incoming_call(), f"{TO_INFO}\nkey 9 | enqueueing")
        assert call.emergency


def test_repr__shows_nothing_that_was_typed() -> None:
    typed = ("2026112207", "1234")
    shown = repr(LookUp(Question.PROGRESS, typed, "zh"))
    shown += repr(CallContext(state=State.INFO_TYPING, answers=typed))
    assert "2026112207" not in shown
    assert "1234" not in shown
