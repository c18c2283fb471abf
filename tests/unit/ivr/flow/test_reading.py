import re
from dataclasses import fields

import pytest

from ivr.flow.definition import Waits
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.hours import ALWAYS_OPEN
from ivr.flow.prompts import Prompts
from ivr.flow.questions import District
from ivr.flow.reading import parse_definition, problems

PROMPTS = "\n".join(f'{each.name} = ["{each.name}"]' for each in fields(Prompts))

SMALL = f"""
default_language = "zh"
[language_menu]
choices = [{{ key = "1", language = "zh", prompt = "language_zh" }}]
[topic_menu]
[prompts]
{PROMPTS}
"""


def changed(old: str, new: str) -> str:
    """`SMALL` with one part replaced."""
    assert old in SMALL
    return SMALL.replace(old, new)


def test_parse_definition__fills_in_what_is_not_said() -> None:
    definition = parse_definition(SMALL)
    assert definition.waits == Waits()
    assert definition.callback_key == "1"
    assert definition.topic_menu.choices == ()
    assert set(definition.timetables) == {ALWAYS_OPEN}


def test_parse_definition__reads_everything() -> None:
    text = f"""
        callback_key = "7"
        queue_position_max = 3
        rating_attempts = 1
        {SMALL}
        [seconds]
        answer = 6
        comfort = 90.5
        [timetables.office]
        monday = ["09:00-18:00"]
    """
    definition = parse_definition(text.replace("[topic_menu]", '[topic_menu]\nintro = ["ask"]'))
    assert definition.callback_key == "7"
    assert definition.queue_position_max == 3
    assert definition.rating_attempts == 1
    assert (definition.waits.answer, definition.waits.comfort) == (6, 90.5)
    assert definition.topic_menu.intro == ("ask",)
    assert definition.timetable("office").name == "office"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = ", "not valid TOML"),
        ("colour = 1\n" + SMALL, "unknown key colour"),
        (changed('"zh"\n', '""\n'), "default_language must be a text"),
        (changed('default_language = "zh"', 'default_language = "ug"'), "no key in language_menu"),
        (changed("[topic_menu]", ""), "needs a table called topic_menu"),
        (changed("[topic_menu]", "[topic_menu]\nretries = 3"), "unknown key retries"),
        (changed("[topic_menu]", "[topic_menu]\nchoices = 3"), "choices must be tables"),
        (changed("[topic_menu]", "[topic_menu]\nchoices = [3]"), "choices must be tables"),
        (changed("[topic_menu]", "[topic_menu]\nattempts = 0"), "whole number"),
        (changed("[topic_menu]", "[topic_menu]\nattempts = true"), "whole number"),
        (changed("[topic_menu]", "[topic_menu]\nintro = 'ask'"), "list of prompt keys"),
        (changed("[topic_menu]", "[topic_menu]\nintro = [1]"), "list of prompt keys"),
        (changed('key = "1"', 'key = "0"'), "cannot be the key"),
        (changed('key = "1"', "key = 1"), "key must be a text"),
        (changed('key = "1"', 'key = "1", colour = 1'), "unknown key colour"),
        (changed('key = "1"', 'key = "1", choices = []'), "too deep"),
        (
            changed(
                'goodbye = ["goodbye"]',
                "",
            ),
            "goodbye must be a list",
        ),
        (changed('thanks = ["thanks"]', "thanks = []"), "thanks needs at least one"),
        (SMALL + "[seconds]\nanswer = 0", "answer must be between"),
        (SMALL + "[seconds]\nanswer = '4'", "answer must be between"),
        (SMALL + "[seconds]\nanswer = true", "answer must be between"),
        (SMALL + "[seconds]\nlunch = 4", "unknown key lunch"),
        (SMALL + "[timetables.24x7]", "always there"),
        (SMALL + "[timetables]\noffice = 3", "needs a table called office"),
    ],
)
def test_parse_definition__names_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(FlowDefinitionError, match=re.escape(complaint)):
        parse_definition(text)


@pytest.mark.parametrize(
    ("choices", "complaint"),
    [
        ([("1", "zh"), ("1", "en")], "two choices have the key 1"),
        ([("1", "zh"), ("2", "zh")], "two choices mean zh"),
        ([(str(n), f"x{n}") for n in range(1, 7)], "6 keys are more than 5"),
    ],
)
def test_parse_definition__menus_are_small_and_clear(
    choices: list[tuple[str, str]], complaint: str
) -> None:
    rows = ", ".join(f'{{ key = "{k}", language = "{v}", prompt = "p" }}' for k, v in choices)
    text = re.sub(r"choices = .*", f"choices = [{rows}]", SMALL)
    with pytest.raises(FlowDefinitionError, match=complaint):
        parse_definition(text)


SIX = ", ".join(f'{{ key = "{n}", topic = "t{n}", prompt = "p{n}" }}' for n in range(1, 7))
NESTED = (
    '{ key = "1", topic = "t1", prompt = "p1", '
    'choices = [{ key = "1", topic = "t11", prompt = "p11" }] }'
)


@pytest.mark.parametrize(
    ("choices", "rule", "place"),
    [
        (SIX, "menu_too_long", ("topic_menu", "choices", 5)),
        (NESTED, "menu_too_deep", ("topic_menu", "choices", 0, "choices")),
    ],
)
def test_parse_definition__a_menu_rule_is_set_aside_by_its_name_only(
    choices: str, rule: str, place: tuple[str | int, ...]
) -> None:
    text = changed("[topic_menu]", f"[topic_menu]\nchoices = [{choices}]")
    with pytest.raises(FlowDefinitionError) as raised:
        parse_definition(text)
    assert (raised.value.rule, raised.value.path) == (rule, place)
    assert rule in raised.value.remedy

    definition = parse_definition(f'override = ["{rule}"]\n{text}')
    assert definition.overrides == {rule}
    assert definition.topic_menu.choices[0].value == "t1"


def test_parse_definition__two_levels_are_the_end() -> None:
    deep = NESTED.replace('"p11" }', '"p11", choices = [] }')
    text = changed("[topic_menu]", f"[topic_menu]\nchoices = [{deep}]")
    with pytest.raises(FlowDefinitionError, match="too deep"):
        parse_definition(f'override = ["menu_too_deep"]\n{text}')
    with pytest.raises(FlowDefinitionError, match="no rule anything"):
        parse_definition(f'override = ["anything"]\n{SMALL}')


def test_problems__one_of_each_section() -> None:
    text = changed('key = "1"', 'key = "0"') + "[seconds]\nlunch = 4"
    found = [(error.path, bool(error.remedy)) for error in problems(text)]
    assert found == [
        (("language_menu", "choices", 0, "key"), True),
        (("seconds", "lunch"), True),
    ]
    assert list(problems(SMALL)) == []
    (broken,) = problems("a = 1\nb =\n")
    assert broken.line == 2


@pytest.mark.parametrize(
    "name", ["refusal_key", "emergency_key", "elderly_key", "info_key", "message_key"]
)
def test_parse_definition__a_right_has_a_key_of_its_own(name: str) -> None:
    without = parse_definition(SMALL)
    assert getattr(without, name) is None
    assert getattr(parse_definition(f'{name} = "9"\n{SMALL}'), name) == "9"
    with pytest.raises(FlowDefinitionError, match=f"{name}: callback_key has the key 1 already"):
        parse_definition(f'{name} = "1"\ncallback_key = "1"\n{SMALL}')


def test_parse_definition__two_rights_cannot_share_a_key() -> None:
    with pytest.raises(FlowDefinitionError, match="has the key 9 already"):
        parse_definition(f'refusal_key = "9"\nemergency_key = "9"\n{SMALL}')


def test_parse_definition__message_key_works_in_the_queue_alone() -> None:
    assert parse_definition(f'message_key = "2"\n{SMALL}').message_key == "2"
    with pytest.raises(FlowDefinitionError, match="message_key: callback_key has the key 1"):
        parse_definition(f'message_key = "1"\n{SMALL}')
    with pytest.raises(FlowDefinitionError, match="message_key: refusal_key has the key 7"):
        parse_definition(f'message_key = "7"\nrefusal_key = "7"\n{SMALL}')


SPOKEN = f"""{SMALL}
[[topic_menu.choices]]
key = "1"
topic = "labour"
prompt = "labour"
[spoken_topic]
"""


def test_parse_definition__the_topic_is_asked_aloud_where_the_file_says_so() -> None:
    assert parse_definition(SPOKEN).spoken_topic is None
    spoken = parse_definition(
        f"""{SPOKEN}
        enabled = true
        languages = ["zh"]
        least_confidence = 0.8
        [spoken_topic.words]
        labour = ["包工头"]
        """
    ).spoken_topic
    assert spoken is not None
    assert (spoken.languages, spoken.least_confidence) == (("zh",), 0.8)
    assert spoken.words == {"labour": ("包工头",)}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ("enabled = 1", "enabled must be true or false"),
        ("least_confidence = 2", "least_confidence must be between 0 and 1"),
        ('languages = ["ko"]', "nothing is known of words in ko"),
        ("words = { family = [] }", "words has the unknown key family"),
        ("voice = 1", "spoken_topic has the unknown key voice"),
    ],
)
def test_parse_definition__what_cannot_be_asked_aloud(values: str, complaint: str) -> None:
    with pytest.raises(FlowDefinitionError, match=complaint):
        parse_definition(SPOKEN + values)


def test_parse_definition__districts() -> None:
    row = '[[districts]]\ncode = "110101"\nprompt = "dongcheng"\n'
    assert parse_definition(SMALL + row).districts == (District("110101", "dongcheng"),)
    with pytest.raises(FlowDefinitionError, match="two districts have the code 110101"):
        parse_definition(SMALL + row + row)
    with pytest.raises(FlowDefinitionError, match="a code has six digits"):
        parse_definition(SMALL + row.replace("110101", "1101"))
