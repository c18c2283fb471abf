"""The nearest legal-aid centre by a list that is read out, and information outside hours."""

from dataclasses import replace

import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.questions import District
from ivr.flow.reasons import EndReason
from ivr.flow.states import incoming_call
from tests.unit.ivr.flow.definitions import make_flow
from tests.unit.ivr.flow.scenario import play_scenario

TO_INFO = """
    arrives     | answering
    answered    | notice
    prompt ends | language_menu
    key 1       | topic_menu
    key 8       | info_menu
"""

FIRST = " ".join(f"d{number} press_{number}" for number in range(1, 6))
SECOND = " ".join(f"d{number} press_{number - 5}" for number in range(6, 11))
LISTED = f"""{TO_INFO}
    key 2 | info_district | ask zh: district_choose {FIRST} district_more; wait 60
"""

TO_CLOSED = """
    arrives closed | answering
    answered       | closed_menu | ask zh: closed offer info_key; wait 60
"""
CLOSED_INFO = f"""{TO_CLOSED}
    key 8 | info_menu | ask zh: info_menu; wait 60
"""


@pytest.fixture
def listed() -> FlowDefinition:
    districts = tuple(District(f"1101{number:02d}", f"d{number}") for number in range(1, 12))
    return replace(make_flow(), info_key="8", districts=districts)


class TestList:
    def test_step__a_key_chooses_the_district(self, listed: FlowDefinition) -> None:
        play_scenario(
            listed,
            incoming_call(),
            f"""{LISTED}
            prompt ends | info_district | wait 4
            key 5       | info_lookup   | look up centre zh 110105; loop zh: hold; wait 10
            found centre_found | info_telling
            """,
        )

    def test_step__more_pages_and_round_once(self, listed: FlowDefinition) -> None:
        play_scenario(
            listed,
            incoming_call(),
            f"""{LISTED}
            key # | info_district | ask zh: {SECOND} district_more; wait 60
            key # | info_district | ask zh: d11 press_1 district_more; wait 60
            key # | info_district | ask zh: {FIRST} district_more; wait 60
            key # | info_district
            key # | info_district
            key 1 | info_lookup   | look up centre zh 110111; loop zh: hold; wait 10
            """,
        )

    def test_step__who_has_heard_all_twice_is_for_a_person(self, listed: FlowDefinition) -> None:
        play_scenario(
            listed,
            incoming_call(),
            f"""{LISTED}
            key # | info_district
            key # | info_district
            key # | info_district
            key # | info_district
            key # | info_district
            key # | enqueueing
            """,
        )

    def test_step__keys_that_always_work_stand_for_no_district(
        self, listed: FlowDefinition
    ) -> None:
        flow = replace(listed, refusal_key="1", emergency_key="9", districts=listed.districts[:2])
        play_scenario(
            flow,
            replace(incoming_call(), language="zh"),
            """
            arrives     | answering
            answered    | notice
            prompt ends | language_menu
            silence     | topic_menu
            key 8       | info_menu
            key 2       | info_district | ask zh: district_choose d1 press_2 d2 press_3; wait 60
            key 9       | enqueueing
            """,
        )

    def test_step__unknown_keys_zero_and_silence(self, listed: FlowDefinition) -> None:
        one = replace(listed, districts=listed.districts[:1])
        asked = f"{TO_INFO}\n key 2 | info_district | ask zh: district_choose d1 press_1; wait 60"
        for line in ("key 0 | enqueueing", "silence | enqueueing", "key # | enqueueing"):
            play_scenario(one, incoming_call(), f"{asked}\n {line}")
        play_scenario(one, incoming_call(), f"{asked}\n key 5 | info_district\n key 5 | enqueueing")

    def test_prompt_keys__names_and_keys_of_the_list(self, listed: FlowDefinition) -> None:
        assert {"d1", "d11", "press_9"} <= set(listed.prompt_keys)
        assert "press_{key}" not in listed.prompt_keys


class TestOutsideHours:
    def test_step__what_can_be_known_without_a_person(self, listed: FlowDefinition) -> None:
        call = play_scenario(
            listed,
            incoming_call(),
            f"""{CLOSED_INFO}
            key 3              | info_lookup
            found hours_closed | info_telling | ask zh: hours_closed info_more; wait 60
            prompt ends        | info_telling | wait 4
            silence            | farewell     | say zh: goodbye; wait 60
            """,
        )
        assert call.end_reason is EndReason.INFORMED

    def test_step__nobody_is_promised(self, listed: FlowDefinition) -> None:
        for line in ("key 0", "silence"):
            call = play_scenario(
                listed,
                incoming_call(),
                f"""{CLOSED_INFO}
                {line} | closed_menu | ask zh: closed offer info_key; wait 60
                key 1  | confirming_number
                """,
            )
            assert call.end_reason is EndReason.OUT_OF_HOURS

    def test_step__emergency_is_told_where_help_is(self, listed: FlowDefinition) -> None:
        flow = replace(listed, emergency_key="9", elderly_key="6", refusal_key="7")
        play_scenario(
            flow,
            incoming_call(),
            f"""{TO_CLOSED}
            key 9 | closed_menu | ask zh: emergency_closed offer info_key; wait 60
            key 7 | closed_menu | refuse recording (key);
                                | ask zh: recording_refused offer info_key; wait 60
            key 8 | info_menu
            key 9 | info_menu   | ask zh: emergency_closed info_menu; wait 60
            key 6 | info_menu   | ask zh: info_menu; wait 60
            """,
        )

    def test_step__no_key_for_information_no_offer(self, listed: FlowDefinition) -> None:
        play_scenario(
            replace(listed, info_key=None),
            incoming_call(),
            """
            arrives closed | answering
            answered       | closed_menu | ask zh: closed offer; wait 60
            key 8          | closed_menu
            """,
        )
