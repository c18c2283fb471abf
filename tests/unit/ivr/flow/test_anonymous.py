"""Callers whose number is withheld: one is asked for, and no empty promise is made."""

from dataclasses import replace

import pytest

from ivr.flow.actions import Play
from ivr.flow.busy import Busy
from ivr.flow.flow import step
from ivr.flow.inputs import DigitPressed, Enqueued
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

FLOW = replace(make_flow(), info_key="8", emergency_key="9", message_key="2")

TO_CLOSED = """
    arrives closed anonymous | answering
    answered                 | closed_menu | ask zh: closed offer info_key; wait 60
"""
TO_QUEUE = """
    arrives anonymous | answering
    answered          | notice
    prompt ends       | language_menu
    key 1             | topic_menu
    key 1             | enqueueing
    enqueued 3/5_10*  | announcing | ask zh: ahead_2 wait_5_10 hint message_hint; wait 60
"""
ASKED = "ask zh: number_hidden callback_type; wait 60"
DIGITS = "13900001234"
READ = " ".join(f"number_{'yao' if digit == '1' else digit}" for digit in DIGITS)
READ_OUT = f"callback_confirm_typed {READ}"


def type_number(call: CallContext, number: str = DIGITS) -> CallContext:
    """Presses the keys of a number."""
    for digit in number:
        call, _ = step(FLOW, call, DigitPressed(digit))
        assert call.state is State.TYPING_NUMBER
    return call


class TestOutsideHours:
    def test_step__a_number_is_asked_for_and_confirmed(self) -> None:
        call = play_scenario(
            FLOW,
            incoming_call(),
            f"{TO_CLOSED}\n key 1 | typing_number | {ASKED}\n prompt ends | typing_number | wait 8",
        )
        play_scenario(
            FLOW,
            type_number(call),
            f"""
            key # | confirming_number | ask zh: {READ_OUT} callback_confirm_closed; wait 60
            key 1 | booking           | register callback zh any to {DIGITS}; wait 10
            callback registered | farewell | say zh: booked; wait 60
            prompt ends         | ended    | hang up (callback_booked)
            """,
        )

    @pytest.mark.parametrize("number", ["", "110", "1390000123400"])
    def test_step__who_types_none_hears_the_offers_again(self, number: str) -> None:
        call = play_scenario(FLOW, incoming_call(), f"{TO_CLOSED}\n key 1 | typing_number")
        call = play_scenario(
            FLOW,
            type_number(call, number),
            "key # | typing_number | ask zh: callback_invalid callback_type; wait 60",
        )
        call = play_scenario(
            FLOW,
            type_number(call, number),
            """
            key #       | closed_menu | ask zh: callback_invalid offer info_key; wait 60
            silence     | farewell    | say zh: number_unknown; wait 60
            prompt ends | ended       | hang up (out_of_hours)
            """,
        )
        assert call.end_reason is EndReason.OUT_OF_HOURS

    def test_step__information_and_help_are_there_without_a_number(self) -> None:
        play_scenario(
            FLOW,
            incoming_call(),
            f"""{TO_CLOSED}
            key 9 | closed_menu | ask zh: emergency_closed offer info_key; wait 60
            key 8 | info_menu
            """,
        )

    def test_step__another_number_that_cannot_be_is_not_called_for_the_first(self) -> None:
        call = play_scenario(FLOW, incoming_call(), f"{TO_CLOSED}\n key 1 | typing_number")
        call = play_scenario(
            FLOW,
            type_number(call),
            """
            key #   | confirming_number
            key 2   | typing_number | ask zh: callback_type; wait 60
            silence | typing_number
            silence | closed_menu
            """,
        )
        assert call.wished == ""

    def test_step__silence_never_promises_anything(self) -> None:
        play_scenario(
            FLOW,
            incoming_call(),
            f"""{TO_CLOSED}
            silence | closed_menu | ask zh: offer info_key; wait 60
            silence | farewell    | say zh: number_unknown; wait 60
            """,
        )


class TestQueue:
    def test_step__a_number_is_asked_for_and_the_place_kept(self) -> None:
        call = play_scenario(FLOW, incoming_call(), f"{TO_QUEUE}\n key 1 | typing_number | {ASKED}")
        play_scenario(
            FLOW,
            type_number(call),
            f"""
            key # | confirming_number | ask zh: {READ_OUT} callback_confirm_keys; wait 60
            key 1 | booking           | register callback zh labour to {DIGITS}; wait 10
            """,
        )

    def test_step__who_types_none_waits_on(self) -> None:
        call = play_scenario(
            FLOW,
            incoming_call(),
            f"""{TO_QUEUE}
            key 1   | typing_number
            silence | typing_number
            silence | announcing | ask zh: no_callback; wait 60
            """,
        )
        assert (call.queued, call.position) == (True, 3)

    def test_step__a_message_needs_a_number_too(self) -> None:
        call = play_scenario(FLOW, incoming_call(), f"{TO_QUEUE}\n key 2 | typing_number | {ASKED}")
        call = play_scenario(
            FLOW,
            type_number(call),
            """
            key #               | confirming_number
            key 1               | booking
            callback registered | message_prompt
            """,
        )

    def test_step__no_number_no_message(self) -> None:
        call = play_scenario(
            FLOW,
            incoming_call(),
            f"{TO_QUEUE}\n key 2 | typing_number\n silence | typing_number\n silence | announcing",
        )
        assert not call.leaving_message

    def test_step__place_taken_away_offers_what_there_is(self) -> None:
        play_scenario(
            FLOW,
            incoming_call(),
            f"{TO_QUEUE}\n place taken away | closed_menu | "
            "ask zh: queue_closed offer info_key; wait 60",
        )

    def test_step__place_taken_away_while_the_number_is_typed(self) -> None:
        call = play_scenario(
            FLOW,
            incoming_call(),
            f"""{TO_QUEUE}
            key 1            | typing_number
            place taken away | typing_number |
            silence          | typing_number
            silence          | closed_menu
            """,
        )
        assert call.end_reason is EndReason.QUEUE_CLOSED

    def test_step__a_long_wait_is_offered_a_call_back_like_anybody(self) -> None:
        call = play_scenario(FLOW, incoming_call(), TO_QUEUE.rpartition("enqueued")[0])
        _, actions = step(FLOW, call, Enqueued(40, busy=Busy.UNSTAFFED))
        (played,) = [action for action in actions if isinstance(action, Play)]
        assert played.prompts == ("busy_unstaffed", "many_ahead", "busy_choice")
