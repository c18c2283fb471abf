"""What callers hear and do while they wait."""

import pytest

from ivr.flow.actions import Play
from ivr.flow.busy import Busy
from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import Enqueued
from ivr.flow.reasons import EndReason
from tests.unit.ivr.flow.scenario import PlayTable, play_scenario
from tests.unit.ivr.flow.ways import TO_HOLDING, TO_QUEUE


class TestQueue:
    @pytest.mark.parametrize(
        ("position", "prompt"),
        [(1, "next"), (2, "ahead_1"), (11, "ahead_10"), (12, "many_ahead"), (400, "many_ahead")],
    )
    def test_step__position_is_said(self, play: PlayTable, position: int, prompt: str) -> None:
        play(f"{TO_QUEUE}\n enqueued {position} | announcing | ask zh: {prompt} hint; wait 60")

    def test_step__position_is_said_only_when_it_changed(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            silence     | holding    | wait 30
            position 2  | holding    |
            silence     | announcing | ask zh: ahead_1; wait 60
            prompt ends | holding    | loop zh: hold; wait 30
            silence     | holding    | wait 30
            """)

    def test_step__long_wait_gets_a_voice(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            silence     | holding
            silence     | holding
            silence     | holding
            silence     | announcing | ask zh: comfort ahead_2 hint; wait 60
            prompt ends | holding
            silence     | holding
            """)

    def test_step__star_says_place_and_choices_again(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            key *       | announcing | ask zh: ahead_2 hint; wait 60
            key *       | announcing | ask zh: ahead_2 hint; wait 60
            prompt ends | holding    | loop zh: hold; wait 30
            position 2  | holding    |
            key *       | announcing | ask zh: ahead_1 hint; wait 60
            prompt ends | holding    | loop zh: hold; wait 30
            silence     | holding    | wait 30
            """)

    def test_step__late_place_is_said_at_the_next_announcement(self, play: PlayTable) -> None:
        play(f"""{TO_QUEUE}
            silence    | holding    | loop zh: hold; wait 30
            enqueued 2 | holding    |
            silence    | announcing | ask zh: ahead_1; wait 60
            """)

    def test_step__place_never_confirmed_is_asked_for_again(self, play: PlayTable) -> None:
        play(f"""{TO_QUEUE}
            silence    | holding    | loop zh: hold; wait 30
            silence    | holding    | enqueue zh labour; wait 30
            silence    | holding    | enqueue zh labour; wait 30
            silence    | holding    | enqueue zh labour; wait 30
            silence    | announcing | enqueue zh labour; ask zh: comfort hint; wait 60
            enqueued 2 | announcing |
            """)

    def test_step__call_back_keeps_the_place(self, play: PlayTable) -> None:
        call = play(f"""{TO_HOLDING}
            key 7               | holding  |
            key 1               | confirming_number
            key 1               | booking  | register callback zh labour; wait 10
            callback registered | farewell | say zh: booked; wait 60
            prompt ends         | ended    | hang up (callback_booked)
            """)
        assert not call.queued

    def test_step__refused_call_back_keeps_the_caller_waiting(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            key 1               | confirming_number
            key 1               | booking
            position 2          | booking    |
            callback refused    | announcing | ask zh: no_callback; wait 60
            prompt ends         | holding
            # Written after all: the place has gone over to the call back.
            callback registered | farewell   | say zh: booked; wait 60
            """)

    def test_step__slow_booking_keeps_the_caller_waiting(self, play: PlayTable) -> None:
        play(f"""{TO_QUEUE}
            key 1      | confirming_number
            key 1      | booking
            enqueued 2 | booking
            silence    | announcing | ask zh: no_callback; wait 60
            """)

    def test_step__lawyer_faster_than_the_booking(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            key 1            | confirming_number
            key 1            | booking
            accepted         | connecting | say zh: connecting; wait 10
            callback refused | connecting |
            """)

    def test_step__place_taken_away_offers_a_call_back(self, play: PlayTable) -> None:
        call = play(f"""{TO_HOLDING}
            place taken away | closed_menu | ask zh: queue_closed offer; wait 60
            key 1            | confirming_number
            key 1            | booking     | register callback zh labour; wait 10
            accepted         | booking     |
            silence          | farewell    | say zh: callback_failed; wait 60
            """)
        assert call.end_reason is EndReason.QUEUE_CLOSED

    def test_step__place_taken_away_while_booking(self, play: PlayTable) -> None:
        call = play(f"""{TO_HOLDING}
            key 1            | confirming_number
            key 1            | booking
            place taken away | booking  |
            callback refused | farewell | say zh: callback_failed; wait 60
            prompt ends      | ended    | hang up (queue_closed)
            """)
        assert not call.queued


class TestBusy:
    @pytest.mark.parametrize(
        ("busy", "said"), [(Busy.LONG, "busy_long"), (Busy.UNSTAFFED, "busy_unstaffed")]
    )
    def test_step__says_so_and_offers_a_call_back_at_once(
        self, flow: FlowDefinition, play: PlayTable, busy: Busy, said: str
    ) -> None:
        call = play(TO_QUEUE)
        call, actions = step(flow, call, Enqueued(40, busy=busy))
        (played,) = [action for action in actions if isinstance(action, Play)]
        assert played.prompts == (said, "many_ahead", "busy_choice")
        play_scenario(flow, call, "key 0 | holding | loop zh: hold; wait 30")
        play_scenario(flow, call, "key 1 | confirming_number")
