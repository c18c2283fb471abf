"""Asking to be called back: the number is heard, changed, agreed to; the place stays."""

import pytest

from ivr.flow.flow import step
from ivr.flow.inputs import DigitPressed
from ivr.flow.numbers import LONGEST_NUMBER, may_be_dialled, read_telephone, tail_of
from ivr.flow.states import CallContext, State, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

FLOW = make_flow()

TO_HOLDING = """
    arrives from 1234 | answering
    answered          | notice
    prompt ends       | language_menu
    key 1             | topic_menu
    key 1             | enqueueing
    enqueued 3/5_10   | announcing | ask zh: ahead_2 wait_5_10 hint; wait 60
    prompt ends       | holding
"""

ASKED = "callback_confirm number_yao number_2 number_3 number_4 callback_confirm_keys"
TYPED = " ".join(f"number_{'yao' if digit == '1' else digit}" for digit in "13900001234")


def hold() -> CallContext:
    """A caller from a number that ends in 1234, third in the queue."""
    return play_scenario(FLOW, incoming_call(), TO_HOLDING)


def type_number(call: CallContext, number: str) -> CallContext:
    """Presses the keys of a number."""
    for digit in number:
        call, _ = step(FLOW, call, DigitPressed(digit))
        assert call.state is State.TYPING_NUMBER
    return call


class TestConfirm:
    def test_step__calling_number_is_read_out_and_agreed_to(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            f"""
            key 1               | confirming_number | ask zh: {ASKED}; wait 60
            prompt ends         | confirming_number | wait 4
            key 1               | booking           | register callback zh labour; wait 10
            callback registered | farewell          | say zh: booked; wait 60
            """,
        )

    def test_step__silence_is_asked_once_and_then_taken_as_agreed(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            f"""
            key 1   | confirming_number
            silence | confirming_number | ask zh: {ASKED}; wait 60
            silence | booking           | register callback zh labour; wait 10
            """,
        )

    def test_step__zero_leads_back_to_the_queue_in_the_same_place(self) -> None:
        call = play_scenario(
            FLOW,
            hold(),
            """
            key 1       | confirming_number
            key 0       | announcing | ask zh: comfort; wait 60
            prompt ends | holding    | loop zh: hold; wait 30
            """,
        )
        assert (call.queued, call.position, call.wished) == (True, 3, "")

    def test_step__star_reads_the_number_out_again_and_other_keys_nothing(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            f"""
            key 1 | confirming_number
            key * | confirming_number | ask zh: {ASKED}; wait 60
            key 9 | confirming_number |
            """,
        )

    def test_step__lawyer_who_becomes_free_comes_first(self) -> None:
        call = play_scenario(
            FLOW,
            hold(),
            """
            key 1    | confirming_number
            accepted | connecting | say zh: connecting; wait 10
            """,
        )
        assert not call.queued

    def test_step__number_that_cannot_be_read_out_is_named(self) -> None:
        play_scenario(
            FLOW,
            incoming_call(),
            """
            arrives closed | answering
            answered       | closed_menu
            key 1 | confirming_number | ask zh: callback_own callback_confirm_closed; wait 60
            key 0 | closed_menu       | ask zh: offer; wait 60
            """,
        )


class TestType:
    def start(self) -> CallContext:
        """A caller who is asked to type a number."""
        return play_scenario(
            FLOW,
            hold(),
            """
            key 1       | confirming_number
            key 2       | typing_number | ask zh: callback_type; wait 60
            prompt ends | typing_number | wait 8
            """,
        )

    def test_step__typed_number_is_read_out_whole_and_booked(self) -> None:
        call = type_number(self.start(), "13900001234")
        play_scenario(
            FLOW,
            call,
            f"""
            key # | confirming_number
            || ask zh: callback_confirm_typed {TYPED} callback_confirm_keys; wait 60
            key 1 | booking | register callback zh labour to 13900001234; wait 10
            """,
        )

    def test_step__pause_ends_the_number_too(self) -> None:
        call = type_number(self.start(), "01088886666")
        play_scenario(FLOW, call, "silence | confirming_number")

    def test_step__star_begins_again(self) -> None:
        call = type_number(self.start(), "139")
        call = play_scenario(FLOW, call, "key * | typing_number | ask zh: callback_type; wait 60")
        assert call.wished == ""

    def test_step__wrong_number_is_asked_for_once_more_then_the_calling_one_is_offered(
        self,
    ) -> None:
        call = type_number(self.start(), "110")
        call = play_scenario(
            FLOW,
            call,
            "key # | typing_number | ask zh: callback_invalid callback_type; wait 60",
        )
        play_scenario(
            FLOW,
            type_number(call, "12"),
            f"""
            key #   | confirming_number | ask zh: {ASKED}; wait 60
            silence | booking           | register callback zh labour; wait 10
            """,
        )

    def test_step__number_too_long_is_not_cut_to_a_right_one(self) -> None:
        call = type_number(self.start(), "0100" + "2" * LONGEST_NUMBER)
        call, _ = step(FLOW, call, DigitPressed("#"))
        assert call.state is State.TYPING_NUMBER

    def test_step__place_taken_away_meanwhile_still_books(self) -> None:
        play_scenario(
            FLOW,
            self.start(),
            """
            place taken away | typing_number
            silence          | typing_number
            silence          | confirming_number
            key 1            | booking | register callback zh labour; wait 10
            """,
        )


class TestWait:
    def test_step__range_is_said_again_only_when_its_class_changes(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            """
            position 3/5_10  | holding
            silence          | holding    | wait 30
            position 2/3_5   | holding
            silence          | announcing | ask zh: ahead_1 wait_3_5; wait 60
            prompt ends      | holding
            position 2/5_10  | holding
            silence          | announcing | ask zh: wait_5_10; wait 60
            """,
        )

    def test_step__wait_that_becomes_long_brings_the_offer_of_a_call_back(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            """
            position 3/10_20! | holding
            silence           | announcing | ask zh: wait_10_20 callback_long; wait 60
            prompt ends       | holding
            silence           | holding    | wait 30
            """,
        )

    def test_step__unknown_wait_is_not_spoken_of(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            """
            position 2 | holding
            silence    | announcing | ask zh: ahead_1; wait 60
            """,
        )


@pytest.mark.parametrize("number", ["13800001234", "01088886666", "075588886666"])
def test_may_be_dialled__whole_mainland_numbers(number: str) -> None:
    assert may_be_dialled(number)


@pytest.mark.parametrize(
    "number", ["", "110", "12348", "12800001234", "0755888866", "1380000123", "8613800001234"]
)
def test_may_be_dialled__anything_else_is_refused(number: str) -> None:
    assert not may_be_dialled(number)


@pytest.mark.parametrize(
    ("number", "tail"),
    [("13800001234", "1234"), ("+8613800001234", "1234"), (None, ""), ("lixia", ""), ("110", "")],
)
def test_tail_of__last_digits_of_numbers_only(number: str | None, tail: str) -> None:
    assert tail_of(number) == tail


def test_read_telephone__one_is_yao() -> None:
    assert read_telephone("102") == ("number_yao", "number_0", "number_2")
