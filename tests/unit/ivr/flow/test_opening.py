"""From the ring to the queue: announcements, menus, and a hotline that is closed."""

from dataclasses import replace

import pytest

from ivr.flow.definition import Choice, FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import CallArrived
from ivr.flow.reasons import EndReason
from ivr.flow.states import incoming_call
from tests.unit.ivr.flow.definitions import LANGUAGE_QUESTION, TOPIC_QUESTION
from tests.unit.ivr.flow.scenario import PlayTable, play_scenario
from tests.unit.ivr.flow.ways import TO_CLOSED, TO_TOPICS

NARROWER = (Choice("1", "unpaid", "unpaid"), Choice("2", "fired", "fired"))


class TestMenuBelowAMenu:
    @pytest.fixture
    def flow(self, flow: FlowDefinition) -> FlowDefinition:
        """The same with a menu below the first topic."""
        first, *others = flow.topic_menu.choices
        choices = (replace(first, choices=NARROWER), *others)
        return replace(flow, topic_menu=replace(flow.topic_menu, choices=choices))

    def test_step__asks_once_more_and_repeats_what_it_asked(self, play: PlayTable) -> None:
        play(f"""{TO_TOPICS}
            key 1       | topic_menu | ask zh: unpaid fired any_topic; wait 60
            key *       | topic_menu | ask zh: unpaid fired any_topic; wait 60
            key 2       | enqueueing | topic fired; enqueue zh fired; loop zh: hold; wait 10
            """)

    def test_step__silence_keeps_the_wider_topic(self, play: PlayTable) -> None:
        play(f"""{TO_TOPICS}
            key 1       | topic_menu
            prompt ends | topic_menu
            silence     | enqueueing | topic labour; enqueue zh labour; loop zh: hold; wait 10
            """)


class TestMenus:
    def test_step__silence_leads_to_any_lawyer_in_mandarin(self, play: PlayTable) -> None:
        play(f"""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            prompt ends | language_menu | wait 4
            silence     | topic_menu    | language zh; ask zh: {TOPIC_QUESTION}; wait 60
            prompt ends | topic_menu    | wait 4
            silence     | enqueueing    | topic any; enqueue zh any; loop zh: hold; wait 10
            """)

    def test_step__unknown_keys_lead_to_any_lawyer(self, play: PlayTable) -> None:
        play(f"""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key 9       | language_menu | ask zh: once_more {LANGUAGE_QUESTION}; wait 60
            key #       | topic_menu    | language zh; ask zh: {TOPIC_QUESTION}; wait 60
            key 8       | topic_menu    | ask zh: once_more {TOPIC_QUESTION}; wait 60
            key 8       | enqueueing    | topic any; enqueue zh any; loop zh: hold; wait 10
            """)

    def test_step__star_repeats_without_counting(self, play: PlayTable) -> None:
        play(f"""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key *       | language_menu | ask zh: {LANGUAGE_QUESTION}; wait 60
            key *       | language_menu | ask zh: {LANGUAGE_QUESTION}; wait 60
            key 2       | topic_menu    | language bo; ask bo: {TOPIC_QUESTION}; wait 60
            key *       | topic_menu    | ask bo: {TOPIC_QUESTION}; wait 60
            key *       | topic_menu    | ask bo: {TOPIC_QUESTION}; wait 60
            key 5       | enqueueing
            """)

    def test_step__zero_goes_straight_to_a_person(self, play: PlayTable) -> None:
        play("""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key 0       | enqueueing | language zh;
            | topic any; enqueue zh any; loop zh: hold; wait 10
            """)

    def test_step__zero_in_the_topic_menu_keeps_the_language(self, play: PlayTable) -> None:
        play("""
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            key 4       | topic_menu
            key 0       | enqueueing    | topic any; enqueue ko any; loop ko: hold; wait 10
            """)

    def test_step__keys_during_the_notice_count_after_it(self, play: PlayTable) -> None:
        play("""
            arrives     | answering
            answered    | notice
            key 3       | notice     |
            key 2       | notice     |
            key 1       | notice     |
            prompt ends | enqueueing | language en;
            | topic family; enqueue en family; loop en: hold; wait 10
            """)

    def test_step__zero_during_the_notice_leaves_the_rest_out(self, play: PlayTable) -> None:
        # The second key must not ask for a call back in the queue.
        play("""
            arrives     | answering
            answered    | notice
            key 0       | notice
            key 1       | notice
            prompt ends | enqueueing
            """)

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


class TestClosed:
    def test_step__call_back_by_key(self, play: PlayTable) -> None:
        play("""
            arrives closed      | answering   | answer
            answered            | closed_menu | ask zh: closed offer; wait 60
            prompt ends         | closed_menu | wait 4
            key 1               | confirming_number
            key 1               | booking     | register callback zh any; wait 10
            callback registered | farewell    | say zh: booked; wait 60
            prompt ends         | ended       | hang up (callback_booked)
            """)

    def test_step__zero_hears_the_offer_again(self, play: PlayTable) -> None:
        play(f"""{TO_CLOSED}
            key 0   | closed_menu | ask zh: offer; wait 60
            silence | farewell    | say zh: closed_goodbye; wait 60
            silence | ended       | hang up (out_of_hours)
            """)

    def test_step__refused_call_back_says_so(self, play: PlayTable) -> None:
        play(f"""{TO_CLOSED}
            key 1            | confirming_number
            key 1            | booking
            callback refused | farewell | say zh: callback_failed; wait 60
            prompt ends      | ended    | hang up (out_of_hours)
            """)

    def test_step__hang_up_counts_as_a_call_out_of_hours(self, play: PlayTable) -> None:
        call = play(f"{TO_CLOSED}\n caller hangs up | ended |")
        assert call.end_reason is EndReason.OUT_OF_HOURS


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
