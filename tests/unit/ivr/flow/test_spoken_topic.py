"""Callers who are asked to say in a few words what it is about."""

from dataclasses import replace

import pytest

from ivr.flow.actions import Listen
from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import DigitPressed, PromptFinished, WordsHeard
from ivr.flow.spoken import SpokenTopic
from ivr.flow.states import CallContext, State, incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

TOPICS = "topic_labour topic_family topic_contracts topic_injury topic_legal_aid any_topic"

TO_MENU = """
    arrives     | answering
    answered    | notice
    prompt ends | language_menu
"""

ASKED = f"""{TO_MENU}
    key 1       | spoken_topic | language zh; ask zh: spoken_topic; wait 60; listen zh
"""

AWAITED = f"""{ASKED}
    prompt ends | spoken_topic | wait 8
"""


@pytest.fixture
def aloud() -> FlowDefinition:
    flow = replace(make_flow(), refusal_key="7", emergency_key="9", elderly_key="6", info_key="8")
    return replace(flow, spoken_topic=SpokenTopic())


class TestWords:
    def test_step__certain_words_lead_to_the_queue_of_their_topic(
        self, aloud: FlowDefinition
    ) -> None:
        call = play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            says 老板拖欠我工资 | enqueueing | stop listening; topic labour; enqueue zh labour;
                                             | loop zh: hold; wait 10
            enqueued 1 | announcing | ask zh: spoken_understood next hint; wait 60
            """,
        )
        assert call.heard == ()

    def test_step__words_during_the_question_count_too(self, aloud: FlowDefinition) -> None:
        play_scenario(aloud, incoming_call(), f"{ASKED}\n says 我要离婚 | enqueueing")

    def test_step__a_matter_without_a_key_is_for_any_lawyer(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            says 被电信诈骗了 | enqueueing | stop listening; topic any; enqueue zh any;
                                           | loop zh: hold; wait 10
            enqueued 1 | announcing | ask zh: next hint; wait 60
            """,
        )

    def test_step__pieces_are_understood_together(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            says 嗯我想问一下 | spoken_topic | wait 3
            says 我老公要离婚 | enqueueing
            """,
        )

    def test_step__keys_after_three_pieces_that_tell_nothing(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            says 你好 | spoken_topic | wait 3
            says 喂   | spoken_topic | wait 3
            says 嗯   | topic_menu   | stop listening; ask zh: spoken_missed {TOPICS}; wait 60
            key 2     | enqueueing   | topic family; enqueue zh family; loop zh: hold; wait 10
            """,
        )

    def test_step__what_comes_while_we_speak_does_not_hurry_the_question(
        self, aloud: FlowDefinition
    ) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{ASKED}
            says 你好   | spoken_topic |
            prompt ends | spoken_topic | wait 8
            """,
        )

    def test_step__a_certainty_of_ones_own(self, aloud: FlowDefinition) -> None:
        strict = replace(aloud, spoken_topic=SpokenTopic(least_confidence=0.95))
        play_scenario(strict, incoming_call(), f"{AWAITED}\n says 老板拖欠我工资 | spoken_topic")


class TestDanger:
    @pytest.mark.parametrize("words", ["我不想活了", "他正在打我", "我女儿被他虐待"])
    def test_step__straight_to_a_person_and_first(self, aloud: FlowDefinition, words: str) -> None:
        call = play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            says {words} | enqueueing | stop listening; language zh; topic any;
                                      | enqueue zh any as emergency; loop zh: hold; wait 10
            enqueued 1   | announcing | ask zh: emergency next hint; wait 60
            """,
        )
        assert call.emergency


class TestNotHeard:
    def test_step__silence_leads_to_the_keys(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            silence | topic_menu | stop listening; ask zh: spoken_missed {TOPICS}; wait 60
            says 离婚 | topic_menu |
            """,
        )

    def test_step__no_recogniser_leads_to_the_keys_without_a_word(
        self, aloud: FlowDefinition
    ) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"{ASKED}\n nobody listens | topic_menu | stop listening; ask zh: {TOPICS}; wait 60",
        )

    def test_step__a_question_whose_end_is_lost_ends_all_the_same(
        self, aloud: FlowDefinition
    ) -> None:
        play_scenario(aloud, incoming_call(), f"{ASKED}\n silence | topic_menu")

    def test_step__the_caller_hangs_up(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud, incoming_call(), f"{AWAITED}\n caller hangs up | ended | stop listening"
        )


class TestKeys:
    @pytest.mark.parametrize("asked", [ASKED, AWAITED])
    def test_press__zero_works_at_any_time(self, aloud: FlowDefinition, asked: str) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{asked}
            key 0 | enqueueing | stop listening; topic any; enqueue zh any; loop zh: hold; wait 10
            """,
        )

    def test_press__a_key_of_the_menu_chooses(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{ASKED}
            key 3 | enqueueing | stop listening; topic contracts; enqueue zh contracts;
                               | loop zh: hold; wait 10
            """,
        )

    def test_press__an_unknown_key_leads_to_the_menu(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{ASKED}
            key # | topic_menu | stop listening; ask zh: once_more {TOPICS}; wait 60
            """,
        )

    def test_press__emergency_elderly_and_information(self, aloud: FlowDefinition) -> None:
        for key, state in (("9", "enqueueing"), ("6", "enqueueing"), ("8", "info_menu")):
            play_scenario(aloud, incoming_call(), f"{ASKED}\n key {key} | {state}")

    def test_press__who_refuses_to_be_recorded_is_heard_no_more(
        self, aloud: FlowDefinition
    ) -> None:
        call = play_scenario(
            aloud,
            incoming_call(),
            f"""{ASKED}
            key 7 | topic_menu | stop listening; refuse recording (key);
                               | ask zh: recording_refused {TOPICS}; wait 60
            """,
        )
        assert call.refused

    def test_press__star_asks_again_and_goes_on_listening(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            f"""{AWAITED}
            key *       | spoken_topic | ask zh: spoken_topic; wait 60
            prompt ends | spoken_topic | wait 8
            says 离婚   | enqueueing
            """,
        )


class TestWhoIsAsked:
    def test_step__once_in_a_call(self, aloud: FlowDefinition) -> None:
        call = replace(incoming_call(), asked_aloud=True)
        play_scenario(aloud, call, f"{TO_MENU}\n key 1 | topic_menu")

    def test_step__nobody_who_refused_before(self, aloud: FlowDefinition) -> None:
        play_scenario(
            aloud,
            incoming_call(),
            """
            arrives     | answering
            answered    | notice
            key 7       | notice
            prompt ends | language_menu
            key 1       | topic_menu
            """,
        )

    def test_step__only_in_languages_that_are_understood(self, aloud: FlowDefinition) -> None:
        play_scenario(aloud, incoming_call(), f"{TO_MENU}\n key 2 | topic_menu")
        play_scenario(aloud, incoming_call(), f"{TO_MENU}\n key 3 | spoken_topic")

    def test_step__silence_in_the_language_menu(self, aloud: FlowDefinition) -> None:
        play_scenario(aloud, incoming_call(), f"{TO_MENU}\n silence | spoken_topic")

    def test_type_ahead__both_keys_need_no_question(self, aloud: FlowDefinition) -> None:
        call = play_scenario(
            aloud, incoming_call(), "arrives | answering\n answered | notice\n key 1 | notice"
        )
        asked, _ = step(aloud, call, PromptFinished(call.play))
        assert asked.state is State.SPOKEN_TOPIC

        call, _ = step(aloud, call, DigitPressed("2"))
        chosen, actions = step(aloud, call, PromptFinished(call.play))
        assert chosen.state is State.ENQUEUEING
        assert not any(isinstance(each, Listen) for each in actions)

    def test_step__off_by_default(self) -> None:
        play_scenario(make_flow(), incoming_call(), f"{TO_MENU}\n key 1 | topic_menu")


def test_repr__words_are_not_shown() -> None:
    words = "老板拖欠我工资"
    assert words not in repr(WordsHeard(words))
    assert words not in repr(CallContext(heard=(words,)))
