"""What the linter says, on the smallest file that can be read."""

import json
import re
from collections.abc import Sequence
from dataclasses import MISSING, fields, replace
from pathlib import Path

import pytest

from hotline.flows.findings import FlowFinding, Severity, as_line
from ivr.flow.lint import lint
from ivr.flow.prompts import Prompts
from ivr.flow.reading import OVERRIDES, parse_definition
from ivr.flow.surroundings import Surroundings

ROOT = Path(__file__).parents[4]
FLOW = ROOT / "ivr" / "flow"
GROUPS = ROOT / "agent_console" / "web" / "src" / "locales" / "groups"

# Those that have a default have it: others of what the file lacks would be said to lie idle.
PROMPTS = "\n".join(
    f"{each.name} = {json.dumps([each.name] if each.default is MISSING else list(each.default))}"
    for each in fields(Prompts)
)
TEXT = f"""\
default_language = "zh"
[language_menu]
[[language_menu.choices]]
key = "1"
language = "zh"
prompt = "language_zh"
[[language_menu.choices]]
key = "2"
language = "bo"
prompt = "language_bo"
[topic_menu]
[[topic_menu.choices]]
key = "1"
topic = "labour"
prompt = "topic_labour"
[seconds]
answer = 4
[prompts]
{PROMPTS}
[timetables.office]
monday = ["09:00-18:00"]
"""
KEYS = frozenset(key.partition("@")[0] for key in parse_definition(TEXT).prompt_keys)
OFFICE_LINE = TEXT[: TEXT.index("[timetables")].count("\n") + 1
FINE = Surroundings(recorded={"zh": KEYS, "bo": KEYS})


def changed(old: str, new: str) -> str:
    """`TEXT` with one part replaced."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def told(findings: Sequence[FlowFinding]) -> list[tuple[str, Severity, int | None]]:
    """What tests compare: the sentences are for people."""
    return [(each.rule, each.severity, each.line) for each in findings]


def test_lint__says_nothing_of_a_file_that_fits() -> None:
    assert lint(TEXT, FINE) == []


def test_lint__names_every_broken_section_with_line_and_remedy() -> None:
    text = changed('key = "1"', 'key = "0"').replace("answer = 4", "answers = 4")
    findings = lint(text, FINE)
    assert told(findings) == [
        ("schema", Severity.ERROR, 4),
        ("schema", Severity.ERROR, 17),
    ]
    assert findings[1].place == "seconds.answers"
    assert all(finding.remedy for finding in findings)
    assert as_line(findings[0]).startswith("error: line 4: '0' cannot be the key")


def test_lint__text_that_is_no_toml_has_its_line() -> None:
    assert told(lint("a = 1\nb =\n", FINE)) == [("schema", Severity.ERROR, 2)]


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (
            replace(FINE, languages=["zh", "ug"]),
            [
                ("language_unknown", Severity.ERROR, 2),
                ("choice_unreachable", Severity.NOTE, 7),
            ],
        ),
        (
            replace(FINE, languages=["bo"]),
            [
                ("default_language_closed", Severity.ERROR, 1),
                ("choice_unreachable", Severity.NOTE, 3),
            ],
        ),
        (
            replace(FINE, hours="night"),
            [
                ("timetable_missing", Severity.ERROR, None),
                ("timetable_unused", Severity.NOTE, OFFICE_LINE),
            ],
        ),
        (replace(FINE, hours="24x7", in_force="office"), []),
        (
            replace(FINE, hours="office", in_force="winter"),
            [
                ("timetable_gone", Severity.ERROR, None),
                ("timetable_unused", Severity.NOTE, OFFICE_LINE),
            ],
        ),
        (
            replace(FINE, recorded={"zh": KEYS, "any": {"hold"}}),
            [("prompt_falls_back", Severity.WARNING, 7)],
        ),
        (
            replace(FINE, recorded={"zh": KEYS - {"thanks"}, "bo": KEYS}),
            [("prompt_missing", Severity.ERROR, 18)],
        ),
        (
            replace(FINE, served_topics={"family"}),
            [("topic_unserved", Severity.WARNING, 12)],
        ),
        (replace(FINE, served_topics={"*"}), []),
        (
            replace(FINE, texts={"topic_labour": {"zh": "劳动，请按数字二。"}, "idle": {}}),
            [
                ("key_not_said", Severity.WARNING, 12),
                ("prompt_unnamed", Severity.NOTE, 18),
            ],
        ),
    ],
)
def test_lint__what_does_not_fit_its_surroundings(
    around: Surroundings, expected: list[tuple[str, Severity, int | None]]
) -> None:
    assert told(lint(TEXT, around)) == expected


@pytest.mark.parametrize(("seconds", "is_odd"), [("1.5", True), ("2", False), ("16", True)])
def test_lint__waits_out_of_range(seconds: str, is_odd: bool) -> None:
    findings = lint(changed("answer = 4", f"answer = {seconds}"), FINE)
    assert told(findings) == [("wait_out_of_range", Severity.WARNING, 17)] * is_odd


def test_lint__menu_too_long_is_an_error_until_it_is_set_aside() -> None:
    more = "".join(
        f'[[topic_menu.choices]]\nkey = "{n}"\ntopic = "t{n}"\nprompt = "thanks"\n'
        for n in range(2, 7)
    )
    text = changed("[seconds]", f"{more}[seconds]")
    assert told(lint(text, FINE)) == [("menu_too_long", Severity.ERROR, 32)]
    assert told(lint('override = ["menu_too_long"]\n' + text, FINE)) == [
        ("menu_too_long", Severity.WARNING, 1)
    ]


class TestAnnouncedKeys:
    """Choices count, and the keys that the prompts around them name."""

    def around(self, **intro: str) -> Surroundings:
        return replace(FINE, texts={"thanks": intro})

    def text(self, *, keys: int) -> str:
        """A menu of topics with so many choices, and a prompt before them."""
        more = "".join(
            f'[[topic_menu.choices]]\nkey = "{n}"\ntopic = "t{n}"\nprompt = "thanks"\n'
            for n in range(2, keys + 1)
        )
        return TEXT.replace("[topic_menu]", '[topic_menu]\nintro = ["thanks@zh"]').replace(
            "[seconds]", f"{more}[seconds]"
        )

    @pytest.mark.parametrize(
        ("keys", "said", "is_long"),
        [
            (5, {"zh": "人工请按数字零，再听请按星号键。"}, False),
            (4, {"zh": "查询请按数字八。"}, False),
            (5, {"zh": "查询请按数字八。"}, True),
            (5, {"en": "For information, press eight."}, True),
            (4, {"zh": "查询请按数字八。", "en": "For information, press eight."}, False),
            (5, {"en": "Press any key."}, False),
            (5, {"ko": "8"}, False),
        ],
    )
    def test_lint__zero_and_star_are_not_counted(
        self, keys: int, said: dict[str, str], is_long: bool
    ) -> None:
        around = self.around(**said)
        text = self.text(keys=keys)

        found = [each for each in lint(text, around) if each.rule == "menu_too_long"]

        assert [(each.severity, each.place) for each in found] == [
            (Severity.ERROR, "topic_menu")
        ] * is_long
        aside = lint('override = ["menu_too_long"]\n' + text, around)
        expected = "menu_too_long" if is_long else "override_unneeded"
        assert aside[0].rule == expected
        assert aside[0].severity is Severity.WARNING


class TestIdle:
    """Keys and prompts that lead nowhere."""

    @pytest.mark.parametrize(
        ("may_leave", "is_said"), [(False, True), (True, False), (None, False)]
    )
    def test_lint__message_key_while_the_rules_say_never(
        self, may_leave: bool | None, is_said: bool
    ) -> None:
        around = replace(FINE, may_leave_message=may_leave)
        expected = [("message_unreachable", Severity.NOTE, 1)] * is_said
        assert told(lint('message_key = "2"\n' + TEXT, around)) == expected
        assert lint(TEXT, around) == []

    def test_lint__keys_of_the_information_menu_that_mean_something_else(self) -> None:
        text = 'info_key = "8"\nelderly_key = "3"\nemergency_key = "9"\n' + TEXT
        assert told(lint(text, FINE)) == [("info_unreachable", Severity.WARNING, 2)]

    @pytest.mark.parametrize(
        ("name", "needed"),
        [
            ("message_begin", 'message_key = "2"'),
            ("info_more", 'info_key = "8"'),
            ("emergency", 'emergency_key = "9"'),
            ("spoken_topic", "[spoken_topic]\nenabled = true"),
        ],
    )
    def test_lint__own_prompts_of_what_the_flow_does_not_have(self, name: str, needed: str) -> None:
        (line,) = (line for line in TEXT.splitlines() if line.startswith(f"{name} = "))
        text = TEXT.replace(line, f'{name} = ["thanks"]')
        (finding,) = lint(text, FINE)
        assert (finding.rule, finding.severity, finding.place) == (
            "prompt_idle",
            Severity.NOTE,
            f"prompts.{name}",
        )
        there = f"{needed}\n{text}" if "[" not in needed else f"{text}{needed}\n"
        assert lint(there, FINE) == []

    def test_lint__key_of_a_menu_below_that_works_everywhere(self) -> None:
        below = '[[topic_menu.choices.choices]]\nkey = "9"\ntopic = "wages"\nprompt = "thanks"\n'
        text = changed("[seconds]", f"{below}[seconds]")
        text = f'override = ["menu_too_deep"]\nemergency_key = "9"\n{text}'
        findings = lint(text, FINE)
        assert [(each.code, each.values["other"]) for each in findings] == [
            ("schema_key_taken", "topic_menu")
        ]


def test_lint__rule_set_aside_without_need() -> None:
    findings = lint('override = ["menu_too_deep"]\n' + TEXT, FINE)
    assert told(findings) == [("override_unneeded", Severity.WARNING, 1)]


class TestDistricts:
    LISTED = TEXT + '[[districts]]\ncode = "510104"\nprompt = "district_jinjiang"\n'
    PRESSED = frozenset(key for key in parse_definition(LISTED).prompt_keys)
    LINE = TEXT.count("\n")

    def test_lint__a_name_without_audio_is_an_error_at_its_line(self) -> None:
        around = Surroundings(recorded={"zh": self.PRESSED - {"district_jinjiang"}}, languages=())
        (finding,) = (each for each in lint(self.LISTED, around) if each.rule == "prompt_missing")
        assert (finding.severity, finding.line) == (Severity.ERROR, self.LINE + 3)
        assert "district_jinjiang" in finding.text

    def test_lint__a_name_that_one_language_lacks_is_heard_in_the_default_one(self) -> None:
        around = Surroundings(
            recorded={"zh": self.PRESSED, "bo": self.PRESSED - {"district_jinjiang"}}
        )
        (finding,) = lint(self.LISTED, around)
        assert finding.rule == "prompt_falls_back"
        assert "district_jinjiang" in finding.text

    @pytest.mark.parametrize(
        ("regions", "expected"),
        [
            (None, []),
            ({"510104"}, []),
            ({"510100"}, []),
            ({"510000"}, []),
            ({"510104", "510105"}, [("centre_nameless", Severity.WARNING, LINE + 1)]),
            (set(), [("district_unserved", Severity.NOTE, LINE + 1)]),
        ],
    )
    def test_lint__centres_that_nobody_can_choose_and_districts_without_one(
        self, regions: set[str] | None, expected: list[tuple[str, Severity, int | None]]
    ) -> None:
        recorded = {"zh": self.PRESSED, "bo": self.PRESSED}
        around = Surroundings(recorded=recorded, centre_regions=regions)
        assert told(lint(self.LISTED, around)) == expected


def test_code__names_the_sentence_and_values_what_stands_in_it() -> None:
    (unknown,) = lint(changed("answer = 4", "answers = 4"), FINE)
    assert (unknown.code, unknown.values["key"]) == ("schema_unknown", "answers")

    (odd,) = lint(changed("answer = 4", "answer = 16"), FINE)
    assert (odd.code, odd.values["seconds"]) == ("wait_out_of_range", "16")

    (aside,) = lint('override = ["menu_too_deep"]\n' + TEXT, FINE)
    assert (aside.code, aside.values) == ("override_unneeded", {"name": "menu_too_deep"})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_code__the_page_has_words_for_every_one(language: str) -> None:
    words = json.loads((GROUPS / f"flowFinding.{language}.json").read_text(encoding="utf-8"))
    source = "".join(path.read_text(encoding="utf-8") for path in FLOW.glob("*.py"))
    codes = {f"schema_{case}" for case in re.findall(r'case="(\w+)"', source)}
    codes = codes - {"schema_set_aside"} | set(re.findall(r'FlowFinding\(\s*"(\w+)"', source))
    codes |= {f"{rule}{case}" for rule in OVERRIDES for case in ("", "_set_aside")}
    assert set(words) == codes
