"""Whole calls as text tables: what happens | where the call is then | what is done about it."""

from dataclasses import replace

import pytest

from ivr.flow.actions import Play
from ivr.flow.busy import Busy
from ivr.flow.definition import Choice, FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import CallArrived, CallerHungUp, DigitPressed, Enqueued
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State, callback_call, incoming_call
from tests.unit.ivr.flow.scenario import play_scenario

LANGUAGES = "choose_language language_zh language_bo language_en language_ko"
TOPICS = "topic_labour topic_family topic_contracts topic_injury topic_legal_aid any_topic"

TO_TOPICS = """
    arrives     | answering
    answered    | notice
    prompt ends | language_menu
    key 1       | topic_menu
"""

TO_QUEUE = f"""{TO_TOPICS}
    key 1       | enqueueing
"""

TO_HOLDING = f"""{TO_QUEUE}
    enqueued 3  | announcing
    prompt ends | holding
"""

TO_TALK = f"""{TO_HOLDING}
    accepted     | connecting
    lawyer heard | connecting
    prompt ends  | talking
"""

TO_CLOSED = """
    arrives closed | answering
    answered       | closed_menu
"""


def test_step__consultation_from_first_ring_to_rating(flow: FlowDefinition) -> None:
    call = play_scenario(
        flow,
        incoming_call(),
        f"""
        arrives         | answering       | answer
        answered        | notice          | say zh: notice; wait 60
        prompt ends     | language_menu   | ask zh: {LANGUAGES}; wait 60
        prompt ends     | language_menu   | wait 4
        key 3           | topic_menu      | language en; ask en: {TOPICS}; wait 60
        key 1           | enqueueing      | topic labour; enqueue en labour; loop en: hold; wait 10
        enqueued 3      | announcing      | ask en: ahead_2 hint; wait 60
        position 2      | announcing      |
        prompt ends     | holding         | loop en: hold; wait 30
        silence         | announcing      | ask en: ahead_1; wait 60
        prompt ends     | holding         | loop en: hold; wait 30
        accepted        | connecting      | say en: connecting; wait 10
        prompt ends     | awaiting_lawyer | loop en: ringback; wait 10
        lawyer heard    | talking         | stop playing; record; bridge; open ticket
        key 5           | talking         |
        lawyer hangs up | rating_menu     | unbridge; stop recording; ask en: rate; wait 60
        prompt ends     | rating_menu     | wait 5
        key 1           | farewell        | rating 1; say en: thanks; wait 60
        prompt ends     | ended           | hang up (lawyer_hung_up)
        """,
    )
    assert call.rating == 1
    assert call.end_reason is EndReason.LAWYER_HUNG_UP


NARROWER = (Choice("1", "unpaid", "unpaid"), Choice("2", "fired", "fired"))


class TestMenuBelowAMenu:
    @pytest.fixture
    def deep(self, flow: FlowDefinition) -> FlowDefinition:
        """The same with a menu below the first topic."""
        first, *others = flow.topic_menu.choices
        choices = (replace(first, choices=NARROWER), *others)
        return replace(flow, topic_menu=replace(flow.topic_menu, choices=choices))

    def test_step__asks_once_more_and_repeats_what_it_asked(self, deep: FlowDefinition) -> None:
        play_scenario(
            deep,
            incoming_call(),
            f"""{TO_TOPICS}
            key 1       | topic_menu | ask zh: unpaid fired any_topic; wait 60
            key *       | topic_menu | ask zh: unpaid fired any_topic; wait 60
            key 2       | enqueueing | topic fired; enqueue zh fired; loop zh: hold; wait 10
            """,
        )

    def test_step__silence_keeps_the_wider_topic(self, deep: FlowDefinition) -> None:
        play_scenario(
            deep,
            incoming_call(),
            f"""{TO_TOPICS}
            key 1       | topic_menu
            prompt ends | topic_menu
            silence     | enqueueing | topic labour; enqueue zh labour; loop zh: hold; wait 10
            """,
        )


class TestMenus:
    def test_step__silence_leads_to_any_lawyer_in_mandarin(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            prompt ends | language_menu | wait 4
            silence     | topic_menu    | language zh; ask zh: {TOPICS}; wait 60
            prompt ends | topic_menu    | wait 4
            silence     | enqueueing    | topic any; enqueue zh any; loop zh: hold; wait 10
            """,
        )

    def test_step__unknown_keys_lead_to_any_lawyer(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key 9       | language_menu | ask zh: once_more {LANGUAGES}; wait 60
            key #       | topic_menu    | language zh; ask zh: {TOPICS}; wait 60
            key 8       | topic_menu    | ask zh: once_more {TOPICS}; wait 60
            key 8       | enqueueing    | topic any; enqueue zh any; loop zh: hold; wait 10
            """,
        )

    def test_step__star_repeats_without_counting(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key *       | language_menu | ask zh: {LANGUAGES}; wait 60
            key *       | language_menu | ask zh: {LANGUAGES}; wait 60
            key 2       | topic_menu    | language bo; ask bo: {TOPICS}; wait 60
            key *       | topic_menu    | ask bo: {TOPICS}; wait 60
            key *       | topic_menu    | ask bo: {TOPICS}; wait 60
            key 5       | enqueueing
            """,
        )

    def test_step__zero_goes_straight_to_a_person(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key 0       | enqueueing | language zh;
            | topic any; enqueue zh any; loop zh: hold; wait 10
            """,
        )

    def test_step__zero_in_the_topic_menu_keeps_the_language(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key 4       | topic_menu
            key 0       | enqueueing    | topic any; enqueue ko any; loop ko: hold; wait 10
            """,
        )

    def test_step__keys_during_the_notice_count_after_it(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            key 3       | notice     |
            key 2       | notice     |
            key 1       | notice     |
            prompt ends | enqueueing | language en;
            | topic family; enqueue en family; loop en: hold; wait 10
            """,
        )

    def test_step__zero_during_the_notice_leaves_the_rest_out(self, flow: FlowDefinition) -> None:
        # The second key must not ask for a call back in the queue.
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            key 0       | notice
            key 1       | notice
            prompt ends | enqueueing
            """,
        )

    def test_step__menus_without_a_choice_are_skipped(self, flow: FlowDefinition) -> None:
        flow = flow.with_languages(["zh"])
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            prompt ends | topic_menu
            """,
        )
        play_scenario(
            replace(flow, topic_menu=replace(flow.topic_menu, choices=())),
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            prompt ends | enqueueing | enqueue zh any; loop zh: hold; wait 10
            """,
        )


class TestQueue:
    @pytest.mark.parametrize(
        ("position", "prompt"),
        [(1, "next"), (2, "ahead_1"), (11, "ahead_10"), (12, "many_ahead"), (400, "many_ahead")],
    )
    def test_step__position_is_said(self, flow: FlowDefinition, position: int, prompt: str) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"{TO_QUEUE}\n enqueued {position} | announcing | ask zh: {prompt} hint; wait 60",
        )

    def test_step__position_is_said_only_when_it_changed(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            silence     | holding    | wait 30
            position 2  | holding    |
            silence     | announcing | ask zh: ahead_1; wait 60
            prompt ends | holding    | loop zh: hold; wait 30
            silence     | holding    | wait 30
            """,
        )

    def test_step__long_wait_gets_a_voice(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            silence     | holding
            silence     | holding
            silence     | holding
            silence     | announcing | ask zh: comfort ahead_2 hint; wait 60
            prompt ends | holding
            silence     | holding
            """,
        )

    def test_step__late_place_is_said_at_the_next_announcement(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_QUEUE}
            silence    | holding    | loop zh: hold; wait 30
            enqueued 2 | holding    |
            silence    | announcing | ask zh: ahead_1; wait 60
            """,
        )

    def test_step__place_never_confirmed_is_asked_for_again(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_QUEUE}
            silence    | holding    | loop zh: hold; wait 30
            silence    | holding    | enqueue zh labour; wait 30
            silence    | holding    | enqueue zh labour; wait 30
            silence    | holding    | enqueue zh labour; wait 30
            silence    | announcing | enqueue zh labour; ask zh: comfort hint; wait 60
            enqueued 2 | announcing |
            """,
        )

    def test_step__call_back_keeps_the_place(self, flow: FlowDefinition) -> None:
        call = play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            key 7               | holding  |
            key 1               | confirming_number
            key 1               | booking  | register callback zh labour; wait 10
            callback registered | farewell | say zh: booked; wait 60
            prompt ends         | ended    | hang up (callback_booked)
            """,
        )
        assert not call.queued

    def test_step__refused_call_back_keeps_the_caller_waiting(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            key 1               | confirming_number
            key 1               | booking
            position 2          | booking    |
            callback refused    | announcing | ask zh: no_callback; wait 60
            prompt ends         | holding
            # Written after all: the place has gone over to the call back.
            callback registered | farewell   | say zh: booked; wait 60
            """,
        )

    def test_step__slow_booking_keeps_the_caller_waiting(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_QUEUE}
            key 1      | confirming_number
            key 1      | booking
            enqueued 2 | booking
            silence    | announcing | ask zh: no_callback; wait 60
            """,
        )

    def test_step__lawyer_faster_than_the_booking(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            key 1            | confirming_number
            key 1            | booking
            accepted         | connecting | say zh: connecting; wait 10
            callback refused | connecting |
            """,
        )

    def test_step__place_taken_away_offers_a_call_back(self, flow: FlowDefinition) -> None:
        call = play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            place taken away | closed_menu | ask zh: queue_closed offer; wait 60
            key 1            | confirming_number
            key 1            | booking     | register callback zh labour; wait 10
            accepted         | booking     |
            silence          | farewell    | say zh: callback_failed; wait 60
            """,
        )
        assert call.end_reason is EndReason.QUEUE_CLOSED

    def test_step__place_taken_away_while_booking(self, flow: FlowDefinition) -> None:
        call = play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            key 1            | confirming_number
            key 1            | booking
            place taken away | booking  |
            callback refused | farewell | say zh: callback_failed; wait 60
            prompt ends      | ended    | hang up (queue_closed)
            """,
        )
        assert not call.queued


class TestClosed:
    def test_step__call_back_by_key(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives closed      | answering   | answer
            answered            | closed_menu | ask zh: closed offer; wait 60
            prompt ends         | closed_menu | wait 4
            key 1               | confirming_number
            key 1               | booking     | register callback zh any; wait 10
            callback registered | farewell    | say zh: booked; wait 60
            prompt ends         | ended       | hang up (callback_booked)
            """,
        )

    def test_step__zero_hears_the_offer_again(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_CLOSED}
            key 0   | closed_menu | ask zh: offer; wait 60
            silence | farewell    | say zh: closed_goodbye; wait 60
            silence | ended       | hang up (out_of_hours)
            """,
        )

    def test_step__refused_call_back_says_so(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_CLOSED}
            key 1            | confirming_number
            key 1            | booking
            callback refused | farewell | say zh: callback_failed; wait 60
            prompt ends      | ended    | hang up (out_of_hours)
            """,
        )

    def test_step__hang_up_counts_as_a_call_out_of_hours(self, flow: FlowDefinition) -> None:
        call = play_scenario(flow, incoming_call(), f"{TO_CLOSED}\n caller hangs up | ended |")
        assert call.end_reason is EndReason.OUT_OF_HOURS


class TestTalk:
    def test_step__lawyer_back_after_a_page_reload(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            lawyer lost     | lawyer_lost | unbridge; say zh: lawyer_lost; wait 20
            prompt ends     | lawyer_lost | loop zh: hold
            lawyer heard    | talking     | stop playing; bridge; open ticket
            lawyer hangs up | rating_menu | unbridge; stop recording; ask zh: rate; wait 60
            """,
        )

    def test_step__lost_lawyer_gives_the_caller_the_head_of_the_queue(
        self, flow: FlowDefinition
    ) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
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
            """,
        )

    def test_step__absent_lawyer_who_hangs_up_ends_the_talk(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            lawyer lost     | lawyer_lost
            lawyer hangs up | rating_menu | stop recording; ask zh: rate; wait 60
            """,
        )

    def test_step__lawyer_without_audio_is_replaced(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            accepted    | connecting
            prompt ends | awaiting_lawyer
            silence     | enqueueing | release lawyer (lawyer_lost);
            | enqueue zh labour at head; loop zh: hold; wait 10
            """,
        )

    @pytest.mark.parametrize("line", ["", "prompt ends | awaiting_lawyer"])
    def test_step__lawyer_gone_before_the_talk(self, flow: FlowDefinition, line: str) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            accepted        | connecting
            {line}
            lawyer hangs up | enqueueing | enqueue zh labour at head; loop zh: hold; wait 10
            """,
        )

    def test_step__lost_end_of_the_prompt_does_not_hold_the_talk_up(
        self, flow: FlowDefinition
    ) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            accepted     | connecting
            lawyer heard | connecting
            silence      | talking
            """,
        )
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            accepted     | connecting
            lawyer heard | connecting
            lawyer lost  | connecting
            silence      | enqueueing
            """,
        )


class TestCallback:
    @pytest.fixture
    def call(self) -> CallContext:
        return callback_call(language="ko", topic="labour", lawyer="user_1", leg="leg_1")

    def test_step__citizen_answers(self, flow: FlowDefinition, call: CallContext) -> None:
        play_scenario(
            flow,
            call,
            """
            lawyer heard    | dialling        |
            callee answers  | callback_notice | say ko: callback_notice; wait 60
            prompt ends     | talking         | stop playing; record; bridge; open ticket
            lawyer hangs up | rating_menu     | unbridge; stop recording; ask ko: rate; wait 60
            """,
        )

    def test_step__lawyer_away_when_the_citizen_answers(
        self, flow: FlowDefinition, call: CallContext
    ) -> None:
        play_scenario(
            flow,
            call,
            """
            lawyer heard   | dialling
            lawyer lost    | dialling
            callee answers | callback_notice
            prompt ends    | awaiting_lawyer | loop ko: ringback; wait 10
            lawyer heard   | talking
            """,
        )

    def test_step__lawyer_gone_during_the_notice(
        self, flow: FlowDefinition, call: CallContext
    ) -> None:
        play_scenario(
            flow,
            call,
            """
            callee answers  | callback_notice
            lawyer hangs up | callback_notice |
            lawyer heard    | callback_notice |
            prompt ends     | enqueueing      | enqueue ko labour at head; loop ko: hold; wait 10
            """,
        )

    @pytest.mark.parametrize("reason", ["busy", "no_answer", "unreachable", "failed"])
    def test_step__citizen_not_reached(
        self, flow: FlowDefinition, call: CallContext, reason: str
    ) -> None:
        outcome = f"callee_{reason}"
        play_scenario(
            flow,
            call,
            f"callee {reason} | ended | release lawyer ({outcome}); hang up ({outcome})",
        )

    def test_step__lawyer_gives_up_dialling(self, flow: FlowDefinition, call: CallContext) -> None:
        play_scenario(flow, call, "lawyer hangs up | ended | hang up (lawyer_hung_up)")


class TestRating:
    def test_step__silence_means_no_rating(self, flow: FlowDefinition) -> None:
        call = play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            lawyer hangs up | rating_menu
            prompt ends     | rating_menu | wait 5
            silence         | rating_menu | ask zh: rate_again; wait 60
            prompt ends     | rating_menu | wait 5
            silence         | farewell    | say zh: goodbye; wait 60
            key 1           | farewell    |
            prompt ends     | ended       | hang up (lawyer_hung_up)
            """,
        )
        assert call.rating is None

    def test_step__other_keys_ask_again(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            lawyer hangs up | rating_menu
            key *           | rating_menu | ask zh: rate; wait 60
            key 9           | rating_menu | ask zh: rate_again; wait 60
            key 4           | farewell    | rating 4; say zh: thanks; wait 60
            """,
        )

    def test_step__hang_up_instead_of_a_rating(self, flow: FlowDefinition) -> None:
        call = play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            lawyer hangs up | rating_menu
            caller hangs up | ended |
            """,
        )
        assert call.end_reason is EndReason.LAWYER_HUNG_UP


class TestEnd:
    def test_step__caller_leaves_the_queue(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"{TO_HOLDING}\n caller hangs up | ended | leave queue (caller_hung_up)",
        )

    def test_step__supervisor_ends_a_talk(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            supervisor ends | ended | unbridge;
            | stop recording; release lawyer (supervisor); hang up (supervisor)
            """,
        )

    def test_step__dead_engine_ends_the_call(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            engine fails | ended | keep caller zh labour;
            | leave queue (engine_failed); hang up (engine_failed)
            """,
        )

    def test_step__system_cuts_a_talk_off_and_calls_back(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            system ends | ended | keep caller zh labour; unbridge;
            | stop recording; release lawyer (system); hang up (system)
            """,
        )

    def test_step__line_that_dies_in_mid_talk_is_called_back(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            caller falls silent | ended | keep caller zh labour; unbridge;
            | stop recording; release lawyer (caller_lost); hang up (caller_lost)
            """,
        )

    def test_step__line_that_dies_in_the_queue_is_for_the_queue_to_keep(
        self, flow: FlowDefinition
    ) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_HOLDING}
            caller falls silent | ended | leave queue (caller_lost); hang up (caller_lost)
            """,
        )

    def test_step__caller_who_was_served_is_not_called_back(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_TALK}
            lawyer hangs up | rating_menu
            system ends | ended | hang up (lawyer_hung_up)
            """,
        )

    def test_step__withheld_number_cannot_be_called_back(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """arrives anonymous | answering
            answered | notice
            engine fails | ended | hang up (engine_failed)
            """,
        )

    @pytest.mark.parametrize("happens", ["engine fails", "supervisor ends"])
    def test_step__call_not_yet_answered_is_rejected(
        self, flow: FlowDefinition, happens: str
    ) -> None:
        play_scenario(flow, incoming_call(), f"{happens} | ended | reject 503")


class TestStale:
    def test_step__timer_of_an_earlier_wait_falls_flat(self, flow: FlowDefinition) -> None:
        call = play_scenario(flow, incoming_call(), TO_QUEUE)
        play_scenario(flow, call, f"stale timer {call.visit - 1} | enqueueing |")

    def test_step__end_of_an_earlier_prompt_falls_flat(self, flow: FlowDefinition) -> None:
        call = play_scenario(flow, incoming_call(), f"{TO_QUEUE}\n enqueued 1 | announcing")
        play_scenario(flow, call, f"stale prompt {call.play - 1} | announcing |")

    def test_step__nothing_happens_after_the_end(self, flow: FlowDefinition) -> None:
        ended = CallContext(state=State.ENDED)
        for event in (CallerHungUp(), DigitPressed("1")):
            assert step(flow, ended, event) == (ended, ())


ARRIVES = CallArrived(open=True, number_known=True, before=("flood@zh",), after=("strike@zh",))


class TestAnnouncements:
    def test_step__are_said_round_the_notice(self, flow: FlowDefinition) -> None:
        call, _ = step(flow, incoming_call(), ARRIVES)
        play_scenario(flow, call, "answered | notice | say zh: flood@zh notice strike@zh; wait 60")

    def test_step__are_said_outside_hours_too(self, flow: FlowDefinition) -> None:
        call, _ = step(flow, incoming_call(), replace(ARRIVES, open=False))
        play_scenario(
            flow,
            call,
            "answered | closed_menu | ask zh: flood@zh strike@zh closed offer; wait 60",
        )


class TestBusy:
    @pytest.mark.parametrize(
        ("busy", "said"), [(Busy.LONG, "busy_long"), (Busy.UNSTAFFED, "busy_unstaffed")]
    )
    def test_step__says_so_and_offers_a_call_back_at_once(
        self, flow: FlowDefinition, busy: Busy, said: str
    ) -> None:
        call = play_scenario(flow, incoming_call(), TO_QUEUE)
        call, actions = step(flow, call, Enqueued(40, busy=busy))
        (played,) = [action for action in actions if isinstance(action, Play)]
        assert played.prompts == (said, "many_ahead", "busy_choice")
        play_scenario(flow, call, "key 0 | holding | loop zh: hold; wait 30")
        play_scenario(flow, call, "key 1 | confirming_number")
