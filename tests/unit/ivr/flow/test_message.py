"""Leaving a message instead of waiting: the call back is booked first, the message goes with it."""

from dataclasses import replace

import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import DigitPressed, Input, PositionChanged, RecordingRefused
from ivr.flow.states import CallContext, State, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import place_of, play_scenario

FLOW = replace(make_flow(), message_key="2", refusal_key="7")

TO_HOLDING = """
    arrives from 1234 | answering
    answered          | notice
    prompt ends       | language_menu
    key 1             | topic_menu
    key 1             | enqueueing
    enqueued 3/5_10   | announcing
    prompt ends       | holding
"""

TO_MESSAGE = """
    position 3/5_10*    | holding
    key 2               | booking
    callback registered | message_prompt
    prompt ends         | message
"""

GOODBYE = "say zh: message_kept; wait 60"


def hold(flow: FlowDefinition = FLOW, arrives: str = "arrives from 1234") -> CallContext:
    """A caller third in the queue, who has heard all there is so far."""
    script = TO_HOLDING.replace("arrives from 1234", arrives)
    return play_scenario(flow, incoming_call(), script)


class TestOffer:
    def test_step__each_offer_is_spoken_once_and_comes_again_as_a_hint_only(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            """
            position 3/5_10!   | holding
            silence            | announcing | ask zh: callback_long; wait 60
            prompt ends        | holding
            position 3/10_20!* | holding
            silence            | announcing | ask zh: wait_10_20 message_hint; wait 60
            prompt ends        | holding
            position 3/over_20!* | holding
            silence            | announcing | ask zh: wait_over_20; wait 60
            prompt ends        | holding
            silence            | holding
            silence            | holding
            silence            | holding
            silence            | announcing
            | | ask zh: comfort ahead_2 wait_over_20 hint message_hint; wait 60
            """,
        )

    def test_step__offers_come_where_nobody_knows_how_long_it_takes(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            """
            position 3/!* | holding
            silence       | announcing | ask zh: callback_long message_hint; wait 60
            """,
        )

    def test_step__at_entry_an_offer_takes_the_place_of_the_hint(self) -> None:
        play_scenario(
            FLOW,
            incoming_call(),
            TO_HOLDING.replace(
                "enqueued 3/5_10   | announcing", "enqueued 3/10_20! | announcing"
            ).replace(
                "| announcing\n",
                "| announcing | ask zh: ahead_2 wait_10_20 callback_long; wait 60\n",
            ),
        )

    @pytest.mark.parametrize("how", ["refused", "no key"])
    def test_step__not_for_whom_it_cannot_be(self, how: str) -> None:
        flow = replace(FLOW, message_key=None) if how == "no key" else FLOW
        call = hold(flow, "arrives from 1234")
        call = replace(call, refused=how == "refused")
        call, _ = step(flow, call, PositionChanged(*place_of("3/5_10*")))

        after, actions = step(flow, call, DigitPressed("2"))

        assert (after, actions) == (call, ())

    def test_step__not_before_the_wait_has_come_so_far(self) -> None:
        call = hold()
        assert step(FLOW, call, DigitPressed("2")) == (call, ())


class TestMessage:
    def test_step__is_recorded_after_the_tone_and_ended_by_a_key(self) -> None:
        play_scenario(
            FLOW,
            hold(),
            f"""
            position 3/5_10*    | holding
            key 2               | booking
            | | register callback zh labour with message; wait 10
            callback registered | message_prompt
            | | say zh: message_begin message_tone; wait 60
            key 5               | message_prompt
            prompt ends         | message  | record message; wait 120
            key #               | farewell | stop recording; {GOODBYE}
            prompt ends         | ended    | hang up (callback_booked)
            """,
        )

    def test_step__ends_with_its_time(self) -> None:
        call = play_scenario(FLOW, hold(), TO_MESSAGE)
        play_scenario(FLOW, call, f"silence | farewell | stop recording; {GOODBYE}")

    def test_step__whoever_hangs_up_has_been_written_down(self) -> None:
        call = play_scenario(FLOW, hold(), TO_MESSAGE)
        call = play_scenario(FLOW, call, "caller hangs up | ended | stop recording")
        assert str(call.end_reason) == "callback_booked"

    @pytest.mark.parametrize("event", [DigitPressed("7"), RecordingRefused(by="user_1")])
    def test_step__refusal_deletes_it_and_the_call_back_stays(self, event: Input) -> None:
        call = play_scenario(FLOW, hold(), TO_MESSAGE)
        call, actions = step(FLOW, call, event)

        names = [type(action).__name__ for action in actions]
        assert names == ["StopRecording", "RefuseRecording", "Play", "StartTimer"]
        assert (call.state, call.refused, call.recording) == (State.FAREWELL, True, False)

    def test_step__who_refuses_before_the_tone_is_not_recorded(self) -> None:
        call = play_scenario(FLOW, hold(), TO_MESSAGE.rsplit("prompt ends", 1)[0])
        play_scenario(
            FLOW,
            call,
            "key 7 | farewell | refuse recording (key); say zh: recording_refused booked; wait 60",
        )

    def test_step__a_lawyer_who_is_faster_comes_first(self) -> None:
        call = play_scenario(
            FLOW,
            hold(),
            """
            position 3/5_10* | holding
            key 2            | booking
            accepted         | connecting
            """,
        )
        assert call.leaving_message is False

    def test_step__a_call_back_that_cannot_be_booked_leaves_the_caller_in_the_queue(self) -> None:
        call = play_scenario(
            FLOW,
            hold(),
            """
            position 3/5_10*    | holding
            key 2               | booking
            callback refused    | announcing | ask zh: no_callback; wait 60
            callback registered | farewell   | say zh: booked; wait 60
            """,
        )
        assert call.leaving_message is False
