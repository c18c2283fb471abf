"""Callers who refuse to be recorded, are in danger, are old, or are known."""

from dataclasses import replace

import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.states import State, callback_call, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

LANGUAGES = "choose_language language_zh language_bo language_en language_ko"
TOPICS = "topic_labour topic_family topic_contracts topic_injury topic_legal_aid any_topic"

TO_NOTICE = """
    arrives     | answering
    answered    | notice
"""

TO_MENU = f"""{TO_NOTICE}
    prompt ends | language_menu
"""

TO_HOLDING = f"""{TO_MENU}
    key 1       | topic_menu
    key 1       | enqueueing
    enqueued 3  | announcing
    prompt ends | holding
"""

TO_TALK = f"""{TO_HOLDING}
    accepted     | connecting
    lawyer heard | connecting
    prompt ends  | talking
"""


@pytest.fixture
def rights() -> FlowDefinition:
    return replace(make_flow(), refusal_key="7", emergency_key="9", elderly_key="6")


class TestRefusal:
    def test_key__in_the_notice_keeps_the_whole_call_unrecorded(
        self, rights: FlowDefinition
    ) -> None:
        call = play_scenario(
            rights,
            incoming_call(),
            f"""{TO_NOTICE}
            key 7           | notice        | refuse recording (key);
                                            | say zh: recording_refused; wait 60
            key 7           | notice        |
            prompt ends     | language_menu | ask zh: {LANGUAGES}; wait 60
            key 1           | topic_menu
            key 1           | enqueueing
            accepted        | connecting
            lawyer heard    | connecting
            prompt ends     | talking       | stop playing; bridge; open ticket
            hold            | on_hold       | unbridge; loop zh: hold
            consult p1      | on_hold       | lawyer hears ringback; reach p1 to consult
            answers p1      | on_hold       | lawyer hears None; mix
            join            | talking       | lawyer hears None; p1 is to join; stop playing;
                                            | bridge; open ticket
            refusal told    | talking       |
            lawyer hangs up | rating_menu   | unbridge; drop p1 (lawyer_hung_up); ask zh: rate;
                                            | wait 60
            """,
        )
        assert call.refused

    def test_key__in_a_menu_is_heard_and_the_question_asked_again(
        self, rights: FlowDefinition
    ) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_MENU}
            key 7 | language_menu | refuse recording (key); ask zh: recording_refused {LANGUAGES};
                                  | wait 60
            key 3 | topic_menu    | language en; ask en: {TOPICS}; wait 60
            key 7 | topic_menu    |
            """,
        )

    def test_key__in_the_queue_keeps_the_place(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_HOLDING}
            key 7       | announcing | refuse recording (key); ask zh: recording_refused; wait 60
            prompt ends | holding    | loop zh: hold; wait 30
            """,
        )

    def test_lawyer__stops_a_recording_that_runs(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_TALK}
            refusal told | talking     | stop recording; refuse recording (user_1)
            refusal told | talking     |
            pause        | talking     |
            lawyer lost  | lawyer_lost | unbridge; say zh: lawyer_lost; wait 20
            silence      | enqueueing  | release lawyer (lawyer_lost);
                                       | enqueue zh labour at head; loop zh: hold; wait 10
            enqueued 1   | announcing
            accepted by another | connecting
            lawyer heard | connecting
            prompt ends  | talking     | stop playing; bridge; open ticket
            """,
        )

    def test_lawyer__refusal_holds_for_the_colleague_who_takes_over(
        self, rights: FlowDefinition
    ) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_TALK}
            refusal told      | talking | stop recording; refuse recording (user_1)
            consult lawyer p1 | on_hold
            answers p1        | on_hold
            complete          | talking | stop playing; hand over to user_p1; bridge; open ticket
            """,
        )

    def test_key__while_we_call_back(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            callback_call(language="zh", topic=None, lawyer="user_1", leg="leg_1"),
            """
            lawyer heard   | dialling
            callee answers | callback_notice | say zh: callback_notice; wait 60
            key 1          | callback_notice |
            key 7          | callback_notice | refuse recording (key);
                                             | say zh: recording_refused; wait 60
            prompt ends    | talking         | stop playing; bridge; open ticket
            """,
        )

    def test_key__means_nothing_where_the_file_names_none(self, flow: FlowDefinition) -> None:
        call = play_scenario(flow, incoming_call(), f"{TO_NOTICE}\nkey 7 | notice |")
        assert not call.refused


class TestEmergency:
    def test_key__in_the_notice_says_that_it_is_recorded(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_NOTICE}
            key 9       | notice     | say zh: emergency recording_brief; wait 60
            key 9       | notice     |
            prompt ends | enqueueing | language zh; topic any; enqueue zh any as emergency;
                                     | loop zh: hold; wait 10
            enqueued 1  | announcing | ask zh: next hint; wait 60
            """,
        )

    def test_key__in_the_notice_of_one_who_refused(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_NOTICE}
            key 7 | notice
            key 9 | notice | say zh: emergency; wait 60
            """,
        )

    @pytest.mark.parametrize("to_menu", [TO_MENU, f"{TO_MENU}\nkey 1 | topic_menu"])
    def test_key__in_a_menu_leads_straight_to_a_person(
        self, rights: FlowDefinition, to_menu: str
    ) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{to_menu}
            key 9        | enqueueing | language zh; topic any; enqueue zh any as emergency;
                                      | loop zh: hold; wait 10
            enqueued 1   | announcing | ask zh: emergency next hint; wait 60
            """,
        )

    def test_key__in_the_queue_hurries_the_place_once(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_HOLDING}
            key 9      | announcing | hurry place; ask zh: emergency; wait 60
            key 9      | announcing |
            position 1 | announcing
            """,
        )


class TestStraightToAPerson:
    def test_key__of_the_elderly(self, rights: FlowDefinition) -> None:
        call = play_scenario(
            rights,
            incoming_call(),
            f"""{TO_MENU}
            key 6 | enqueueing | language zh; topic any; enqueue zh any as elderly; loop zh: hold;
                               | wait 10
            """,
        )
        assert call.slow

    def test_key__of_the_elderly_in_the_notice(self, rights: FlowDefinition) -> None:
        play_scenario(
            rights,
            incoming_call(),
            f"""{TO_NOTICE}
            key 6       | notice     |
            prompt ends | enqueueing | language zh; topic any; enqueue zh any as elderly;
                                     | loop zh: hold; wait 10
            """,
        )

    def test_known__goes_on_with_language_and_topic_of_before(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives                | answering
            answered               | notice
            returning caller known | notice     |
            prompt ends            | enqueueing | language en; topic family; enqueue en family;
                                                | loop en: hold; wait 10
            """,
        )

    def test_known__chooses_by_keys_pressed_in_the_notice(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            """
            arrives                | answering
            returning caller known | answering
            answered               | notice
            key 1                  | notice
            key 2                  | notice
            prompt ends            | enqueueing
            """,
        )

    def test_known__too_late_changes_nothing(self, flow: FlowDefinition) -> None:
        play_scenario(flow, incoming_call(), f"{TO_MENU}\nreturning caller known | language_menu |")

    def test_language__of_last_time_is_meant_by_silence(self, flow: FlowDefinition) -> None:
        play_scenario(
            flow,
            incoming_call(),
            f"""
            English caller known | new
            {TO_MENU}
            prompt ends | language_menu
            silence     | topic_menu | language en; ask en: {TOPICS}; wait 60
            """,
        )

    def test_language__that_the_menu_does_not_offer_is_not_taken(
        self, flow: FlowDefinition
    ) -> None:
        call = play_scenario(flow, incoming_call(), "Klingon caller known | new |")
        assert call.language == "zh"
        assert call.state is State.NEW
