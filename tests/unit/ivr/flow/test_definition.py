import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.hours import ALWAYS_OPEN


def test_with_languages__keeps_the_keys(flow: FlowDefinition) -> None:
    menu = flow.with_languages(["en", "zh"]).language_menu
    assert [(each.key, each.value) for each in menu.choices] == [("1", "zh"), ("3", "en")]


@pytest.mark.parametrize(
    ("languages", "complaint"), [(["zh", "ug"], "no key for ug"), (["en"], "default language zh")]
)
def test_with_languages__refuses_what_cannot_be(
    flow: FlowDefinition, languages: list[str], complaint: str
) -> None:
    with pytest.raises(FlowDefinitionError, match=complaint):
        flow.with_languages(languages)


def test_timetable__by_name(flow: FlowDefinition) -> None:
    assert flow.timetable(ALWAYS_OPEN).name == ALWAYS_OPEN
    with pytest.raises(FlowDefinitionError, match="no timetable called night; there are: 24x7"):
        flow.timetable("night")


def test_prompt_keys__names_each_once_with_numbers_filled_in(flow: FlowDefinition) -> None:
    keys = flow.prompt_keys
    assert len(keys) == len(set(keys))
    assert {"ahead_1", "ahead_10", "topic_labour", "once_more", "hold"} <= set(keys)
    assert "ahead_11" not in keys
    assert not any("{" in key for key in keys)
