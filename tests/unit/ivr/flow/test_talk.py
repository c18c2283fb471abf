"""Caller and lawyer find each other, lose each other, and talk."""

import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.states import callback_call
from tests.unit.ivr.flow.scenario import PlayTable, play_scenario
from tests.unit.ivr.flow.ways import TO_HOLDING, TO_TALK


class TestTalk:
    def test_step__lawyer_back_after_a_page_reload(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            lawyer lost     | lawyer_lost | unbridge; say zh: lawyer_lost; wait 20
            prompt ends     | lawyer_lost | loop zh: hold
            lawyer heard    | talking     | stop playing; bridge; open ticket
            lawyer hangs up | rating_menu | unbridge; stop recording; ask zh: rate; wait 60
            """)

    def test_step__lost_lawyer_gives_the_caller_the_head_of_the_queue(
        self, play: PlayTable
    ) -> None:
        play(f"""{TO_TALK}
            lawyer lost         | lawyer_lost
            prompt ends         | lawyer_lost
            silence             | enqueueing  | release lawyer (lawyer_lost);
            | enqueue zh labour at head; loop zh: hold; wait 10
            enqueued 1          | announcing  | ask zh: cut_off next hint; wait 60
            accepted by another | connecting
            lawyer heard        | connecting
            prompt ends         | talking     | stop playing; bridge; open ticket
            caller hangs up     | ended       | unbridge;
            | stop recording; release lawyer (caller_hung_up)
            """)

    def test_step__absent_lawyer_who_hangs_up_ends_the_talk(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            lawyer lost     | lawyer_lost
            lawyer hangs up | rating_menu | stop recording; ask zh: rate; wait 60
            """)

    def test_step__lawyer_without_audio_is_replaced(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            accepted    | connecting
            prompt ends | awaiting_lawyer
            silence     | enqueueing | release lawyer (lawyer_lost);
            | enqueue zh labour at head; loop zh: hold; wait 10
            """)

    @pytest.mark.parametrize("line", ["", "prompt ends | awaiting_lawyer"])
    def test_step__lawyer_gone_before_the_talk(self, play: PlayTable, line: str) -> None:
        play(f"""{TO_HOLDING}
            accepted        | connecting
            {line}
            lawyer hangs up | enqueueing | enqueue zh labour at head; loop zh: hold; wait 10
            """)

    def test_step__lost_end_of_the_prompt_does_not_hold_the_talk_up(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            accepted     | connecting
            lawyer heard | connecting
            silence      | talking
            """)
        play(f"""{TO_HOLDING}
            accepted     | connecting
            lawyer heard | connecting
            lawyer lost  | connecting
            silence      | enqueueing
            """)


class TestCallback:
    @pytest.fixture
    def play(self, flow: FlowDefinition) -> PlayTable:
        call = callback_call(language="ko", topic="labour", lawyer="user_1", leg="leg_1")
        return lambda table: play_scenario(flow, call, table)

    def test_step__citizen_answers(self, play: PlayTable) -> None:
        play("""
            lawyer heard    | dialling        |
            callee answers  | callback_notice | say ko: callback_notice; wait 60
            prompt ends     | talking         | stop playing; record; bridge; open ticket
            lawyer hangs up | rating_menu     | unbridge; stop recording; ask ko: rate; wait 60
            """)

    def test_step__lawyer_away_when_the_citizen_answers(self, play: PlayTable) -> None:
        play("""
            lawyer heard   | dialling
            lawyer lost    | dialling
            callee answers | callback_notice
            prompt ends    | awaiting_lawyer | loop ko: ringback; wait 10
            lawyer heard   | talking
            """)

    def test_step__lawyer_gone_during_the_notice(self, play: PlayTable) -> None:
        play("""
            callee answers  | callback_notice
            lawyer hangs up | callback_notice |
            lawyer heard    | callback_notice |
            prompt ends     | enqueueing      | enqueue ko labour at head; loop ko: hold; wait 10
            """)

    @pytest.mark.parametrize("reason", ["busy", "no_answer", "unreachable", "failed"])
    def test_step__citizen_not_reached(self, play: PlayTable, reason: str) -> None:
        outcome = f"callee_{reason}"
        play(f"callee {reason} | ended | release lawyer ({outcome}); hang up ({outcome})")

    def test_step__lawyer_gives_up_dialling(self, play: PlayTable) -> None:
        play("lawyer hangs up | ended | hang up (lawyer_hung_up)")
